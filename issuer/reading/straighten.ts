/** A card cut out of a photo and made flat: 1284 by 810 pixels, 15 to the millimetre, whichever way it lay. */
import { homographyBetween, type Quad } from './geometry.ts';
import type { Photo } from './locate-card.ts';

export const cardWidth = 1284;
export const cardHeight = 810;

/** RGB pixels of the flat card. */
export interface FlatCard {
  readonly pixels: Uint8Array;
}

/** Bilinear; what the quad leaves outside the photo repeats its border. Undefined for a quad that is no quad. */
export function straighten(photo: Photo, quad: Quad): FlatCard | undefined {
  const card: Quad = [
    [0, 0],
    [cardWidth, 0],
    [cardWidth, cardHeight],
    [0, cardHeight],
  ];
  const map = homographyBetween(card, quad);
  if (map === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = map;
  const { pixels: from, width, height } = photo;
  const pixels = new Uint8Array(cardWidth * cardHeight * 3);
  const row = width * 3;
  const fillRow = (y: number) => {
    let out = y * cardWidth * 3;
    for (let x = 0; x < cardWidth; x += 1) {
      const w = g * x + h * y + 1;
      const px = Math.max(0, Math.min(width - 1.01, (a * x + b * y + c) / w));
      const py = Math.max(0, Math.min(height - 1.01, (d * x + e * y + f) / w));
      const left = Math.floor(px);
      const top = Math.floor(py);
      const fx = px - left;
      const fy = py - top;
      let at = top * row + left * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = (from[at] ?? 0) * (1 - fx) + (from[at + 3] ?? 0) * fx;
        const lower = (from[at + row] ?? 0) * (1 - fx) + (from[at + row + 3] ?? 0) * fx;
        pixels[out] = upper * (1 - fy) + lower * fy;
        out += 1;
        at += 1;
      }
    }
  };
  // A call per row: the compiler does better with many calls than with one long loop.
  for (let y = 0; y < cardHeight; y += 1) fillRow(y);
  return { pixels };
}

/** The same card upside down. */
export function turnRound({ pixels }: FlatCard): FlatCard {
  const turned = new Uint8Array(pixels.length);
  for (let from = 0, to = pixels.length - 3; from < pixels.length; from += 3, to -= 3) {
    for (let channel = 0; channel < 3; channel += 1) turned[to + channel] = pixels[from + channel] ?? 0;
  }
  return { pixels: turned };
}
