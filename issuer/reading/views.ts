/** The ways a photo may be looked at: each place the card may be, each way up; and what is judged of the photo itself. */
import { emblemWindow, portraitWindow } from './layout.ts';
import { decodePhoto, locateCard } from './locate-card.ts';
import {
  burntShare,
  isRed,
  leastCardWidth,
  leastPortraitContrast,
  leastSharpness,
  mostBurnt,
  sharpnessOf,
  tileContrast,
} from './quality.ts';
import { type FlatCard, straighten, turnRound } from './straighten.ts';
import type { Orientation, PhotoQuality } from './types.ts';

export interface View {
  readonly card: FlatCard;
  readonly orientation: Orientation;
  /** In the photo, pixels. */
  readonly cardWidth: number;
}

/** The likeliest first: the best shape, as it lay; empty: nothing in the photo is shaped like a card. */
export async function viewsOf(bytes: Uint8Array): Promise<View[]> {
  const photo = await decodePhoto(bytes);
  const views: View[] = [];
  for (const { quad, cardWidth, turn } of await locateCard(photo)) {
    const card = straighten(photo, quad);
    if (card === undefined) continue;
    views.push({ card, orientation: turn, cardWidth });
    views.push({ card: turnRound(card), orientation: turn === 0 ? 180 : 90, cardWidth });
  }
  return views;
}

/** A blurred card still has somebody's portrait where it belongs; a sheet of paper has not. */
export const hasPortrait = ({ card }: View): boolean => tileContrast(card, portraitWindow) > leastPortraitContrast;

export const hasEmblem = ({ card }: View): boolean => isRed(card, emblemWindow);

export function judge(view: View, found: { readonly isCard: boolean; readonly isOtherSide: boolean }): PhotoQuality {
  const sharpness = sharpnessOf(view.card);
  const burnt = burntShare(view.card);
  const blur = sharpness < leastSharpness;
  const tooSmall = view.cardWidth < leastCardWidth;
  return {
    blur,
    glare: burnt > mostBurnt,
    tooSmall,
    notACard: !found.isCard && !found.isOtherSide,
    wrongSide: found.isOtherSide,
    scores: { sharpness: round(sharpness), burnt: round(burnt), cardWidth: Math.round(view.cardWidth) },
  };
}

export const nothingFound: PhotoQuality = {
  blur: false,
  glare: false,
  tooSmall: false,
  notACard: true,
  wrongSide: false,
  scores: { sharpness: 0, burnt: 0, cardWidth: 0 },
};

const round = (value: number): number => Math.round(value * 1000) / 1000;
