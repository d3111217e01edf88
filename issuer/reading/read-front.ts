/** The front: six items and the portrait. The way up is the one in which the number is a number. */
import sharp from 'sharp';
import { type CropOptions, cropItem, type Window } from './crop.ts';
import { frontWindows as at, portraitWindow, scales } from './layout.ts';
import {
  addressOnly,
  birthdateIn,
  dateOf,
  groupCharacters,
  hanOnly,
  isWholeNumber,
  nearestGroup,
  sexIn,
} from './read-items.ts';
import type { Layout, Recognised, Recogniser } from './recogniser.ts';
import { cardHeight, cardWidth, type FlatCard } from './straighten.ts';
import type { FrontReading, ReadField } from './types.ts';
import { hasEmblem, hasPortrait, judge, nothingFound, type View, viewsOf } from './views.ts';

export interface Recognisers {
  readonly text: Recogniser;
  readonly digits: Recogniser;
}

const unread: Recognised = { text: '', spaced: '', confidence: 0 };
const decimal = '0123456789';

export async function readFront(photo: Uint8Array, by: Recognisers): Promise<FrontReading> {
  const views = await viewsOf(photo);
  const [first] = views;
  if (first === undefined) return { quality: nothingFound, fields: {}, orientation: 0 };
  // Begun before it is known that this is the way up: it nearly always is, and the other recogniser would stand idle.
  const begun = readRest(first.card, by);
  const { view, number } = await findNumber(views, first, by);
  const rest = view === first ? await begun : await readRest(view.card, by);
  const isOtherSide = !isWholeNumber(number.text) && views.some(hasEmblem);
  const isRead = !isOtherSide && number.text.length >= 12;
  return {
    quality: judge(view, { isCard: isRead || views.some(hasPortrait), isOtherSide }),
    fields: isRead ? weigh(number, rest) : {},
    ...(isWholeNumber(number.text) && { portrait: await cutPortrait(view.card) }),
    orientation: view.orientation,
  };
}

/** Ordinary crops in every view first, then once more another channel, softened and larger. */
async function findNumber(views: readonly View[], first: View, by: Recognisers) {
  let best: { readonly view: View; readonly number: Recognised } = { view: first, number: unread };
  const off = (text: string) => Math.abs(text.length - 18);
  const tries: readonly CropOptions[] = [
    { scale: scales.digits, lines: 'one' },
    { scale: scales.digits * 1.25, lines: 'one', channel: 'green', soften: 1.2 },
  ];
  for (const options of tries) {
    for (const view of views) {
      const number = await readItem(view.card, at.number, by.digits, options, `${decimal}X`);
      if (isWholeNumber(number.text)) return { view, number };
      if (off(number.text) < off(best.number.text)) best = { view, number };
    }
  }
  return best;
}

interface Rest {
  readonly name: Recognised;
  readonly sex: Recognised;
  readonly ethnicity: Recognised;
  readonly birth: readonly [Recognised, Recognised, Recognised];
  readonly address: Recognised;
}

async function readRest(card: FlatCard, { text, digits }: Recognisers): Promise<Rest> {
  const line = (scale: number): CropOptions => ({ scale, lines: 'one' });
  const [name, sex, ethnicity, address, year, month, day] = await Promise.all([
    readItem(card, at.name, text, line(scales.name)),
    readItem(card, at.sex, text, line(scales.row), '男女'),
    readItem(card, at.ethnicity, text, line(scales.small), groupCharacters),
    readItem(card, at.address, text, { scale: scales.address, lines: 'all' }),
    readItem(card, at.year, digits, line(scales.row), decimal),
    readItem(card, at.month, digits, line(scales.row), decimal),
    readItem(card, at.day, digits, line(scales.row), decimal),
  ]);
  return { name, sex, ethnicity, address, birth: [year, month, day] };
}

/**
 * Now and then the recogniser finds no line where there plainly is one: an empty answer is asked again, with smaller
 * and larger letters, then without looking for lines at all.
 */
export async function readItem(
  card: FlatCard,
  window: Window,
  by: Recogniser,
  options: CropOptions,
  allow?: string,
): Promise<Recognised> {
  const allowed = allow === undefined ? {} : { allow };
  const tries: readonly (readonly [Layout, number])[] =
    options.lines === 'all'
      ? [['block', 1]]
      : [
          ['line', 1],
          ['line', 0.8],
          ['line', 1.5],
          ['raw', 1],
        ];
  for (const [layout, factor] of tries) {
    const { png, extent } = await cropItem(card, window, { ...options, scale: options.scale * factor });
    if (extent === 0) return unread;
    const read = await by.read(png, { layout, ...allowed });
    if (read.text !== '') return read;
  }
  return unread;
}

/** A number is sure when birth date and sex were read to the same effect: a check character alone passes by chance. */
function weigh(number: Recognised, rest: Rest): FrontReading['fields'] {
  const isWhole = isWholeNumber(number.text);
  const [year, month, day] = rest.birth;
  const birthdate = dateOf(year.text, month.text, day.text);
  const sameBirth = isWhole && birthdate === birthdateIn(number.text);
  const sex = /[男女]/u.exec(rest.sex.text)?.[0] ?? '';
  const sameSex = isWhole && sex === sexIn(number.text);
  const group = nearestGroup(hanOnly(rest.ethnicity.text));
  const name = hanOnly(rest.name.text);
  const address = addressOnly(rest.address.text);
  return {
    number: field(number.text, number, !(sameBirth && sameSex)),
    birthdate: field(birthdate, year, !sameBirth),
    sex: field(sex, rest.sex, !sameSex),
    ethnicity: field(group.name, rest.ethnicity, !group.exact || rest.ethnicity.confidence < 0.6),
    name: field(name, rest.name, [...name].length < 2 || rest.name.confidence < 0.93),
    address: field(address, rest.address, [...address].length < 6 || rest.address.confidence < 0.8),
  };
}

export function field(text: string, { confidence }: Recognised, doubtful: boolean): ReadField {
  return { text, confidence: text === '' ? 0 : confidence, doubtful: doubtful || text === '' };
}

async function cutPortrait({ pixels }: FlatCard): Promise<Uint8Array> {
  const left = Math.round(portraitWindow.left * cardWidth);
  const top = Math.round(portraitWindow.top * cardHeight);
  const cut = await sharp(pixels, { raw: { width: cardWidth, height: cardHeight, channels: 3 } })
    .extract({
      left,
      top,
      width: Math.round(portraitWindow.right * cardWidth) - left,
      height: Math.round(portraitWindow.bottom * cardHeight) - top,
    })
    .jpeg({ quality: 85 })
    .toBuffer();
  return new Uint8Array(cut);
}
