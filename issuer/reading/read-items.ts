/** From the recogniser's characters to what a card can carry. Nothing is completed or corrected except to the 56 groups. */
import { checkCharacter, ethnicGroupName, isCivilDate } from '../../shared/id-card/index.ts';

const groupNames = Array.from(
  { length: 56 },
  (_, at) => ethnicGroupName(String(at + 1).padStart(2, '0'), 'zh-Hans') ?? '',
);

/** Every character the name of a group is written with. */
export const groupCharacters = [...new Set(groupNames.join(''))].join('');

/** Han characters and the dot of transcribed names. */
export const hanOnly = (text: string): string => text.replace(/[^\p{Script=Han}·]/gu, '');

/** Also the Latin letters and digits of house numbers. */
export const addressOnly = (text: string): string => text.replace(/[^\p{Script=Han}A-Z0-9-]/gu, '');

/** Exactly eighteen characters, the right check character, a day that exists: GB 11643. */
export function isWholeNumber(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text) || !isCivilDate(birthdateIn(text))) return false;
  return checkCharacter(text.slice(0, 17)) === text[17];
}

/** Digits 7 to 14; on a foreigner's card (9...) 8 to 15 with the same meaning: proofing reads resident cards only. */
export function birthdateIn(number: string): string {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
}

export function sexIn(number: string): string {
  return Number(number[16]) % 2 === 1 ? '男' : '女';
}

/** The group whose name is nearest, when at least a third of it is right; `exact`: it was read letter by letter. */
export function nearestGroup(text: string): { readonly name: string; readonly exact: boolean } {
  let best = { name: '', share: 1 };
  for (const name of groupNames) {
    const share = text === '' ? 1 : editDistance(text, name) / Math.max([...name].length, [...text].length);
    if (share < best.share) best = { name, share };
  }
  return best.share <= 0.67 ? { name: best.name, exact: best.share === 0 } : { name: '', exact: false };
}

function editDistance(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, x] of a.entries()) {
    const row = [i + 1];
    for (const [j, y] of b.entries()) {
      row.push(Math.min((row[j] ?? 0) + 1, (previous[j + 1] ?? 0) + 1, (previous[j] ?? 0) + (x === y ? 0 : 1)));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** Three crops of digits to a date; empty when there is no such day. */
export function dateOf(year: string, month: string, day: string): string {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCivilDate(date) ? date : '';
}

export interface Validity {
  readonly from: string;
  readonly until: string;
}

/** `2014.06.05-2034.06.05`, its separators read or not; the second date missing where 长期 is printed. */
export function validityOf(digits: string): Validity {
  const found = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})(?:[.-]*(\d{4})[.-]?(\d{2})[.-]?(\d{2}))?/.exec(digits);
  if (found === null) return { from: '', until: '' };
  const [, y1 = '', m1 = '', d1 = '', y2 = '', m2 = '', d2 = ''] = found;
  return { from: dateOf(y1, m1, d1), until: dateOf(y2, m2, d2) };
}

/** Cards are given for 5, 10 or 20 years to the day; 29 February may end on the 28th or on 1 March. */
export function isCardPeriod({ from, until }: Validity): boolean {
  const years = Number(until.slice(0, 4)) - Number(from.slice(0, 4));
  if (years !== 5 && years !== 10 && years !== 20) return false;
  return from.slice(4) === until.slice(4) || (from.endsWith('-02-29') && /-(02-28|03-01)$/.test(until));
}
