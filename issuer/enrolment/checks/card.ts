/** The card: its photos, and whether what stands on it fits together (proofing.md 3.1 to 3.3). */
import { ageOn } from '../../../shared/id-card/index.ts';
import { longTermWord } from '../fields.ts';
import type { KeptQuality } from '../stored-reading.ts';
import { type Case, doubt, fail, notDone, pass, rule } from './case.ts';

const pair = rule('card.pair', '1', ({ front, back, readFront, readBack, typed }) => {
  if (front === undefined || back === undefined) return fail('side_missing');
  if (front === back) return fail('same_photo');
  if (readFront === undefined || readBack === undefined) return notDone('not_read');
  const sides = [readFront.quality, readBack.quality];
  if (sides.some((side) => side.wrongSide)) return fail('wrong_side');
  if (sides.some((side) => side.notACard)) return doubt('not_a_card');
  // The office that issues a card is the one of the address on it.
  const authority = typed.authority ?? '';
  const address = typed.address ?? '';
  if (!placesOf(authority).every((place) => address.includes(place))) return doubt('authority_elsewhere');
  return pass();
});

const quality = rule('card.quality', '1', ({ readFront, readBack }) => {
  if (readFront === undefined || readBack === undefined) return notDone('not_read');
  const fault = faultOf(readFront.quality) ?? faultOf(readBack.quality);
  return fault === undefined ? pass() : doubt(fault);
});

const current = rule('validity.current', '1', ({ typed, today }) => {
  const { valid_from: from, valid_until: until } = typed;
  if (from === undefined || until === undefined) return notDone('not_said');
  if (from > today) return fail('not_begun');
  if (until === longTermWord) return pass();
  if (until <= from) return fail('ends_before_it_begins');
  return until < today ? fail('expired') : pass();
});

/** Residents: 5, 10 or 20 years or for good, by the age at issue. Permits: 5 or 10 years. */
const term = rule('validity.term', '1', (facts) => {
  const { typed, number } = facts;
  const { valid_from: from, valid_until: until } = typed;
  if (from === undefined || until === undefined) return notDone('not_said');
  if ('refused' in number) return notDone('number_refused');
  const age = number.birthdate > from ? undefined : ageOn(number.birthdate, from);
  if (age === undefined) return fail('before_birth');
  const years = yearsBetween(from, until);
  const expected = number.kind === 'resident' ? [termAt(age)] : [5, 10];
  return years !== undefined && expected.includes(years) ? pass() : doubt('unusual_term');
});

export const cardRules = [pair, quality, current, term] as const;

function faultOf(found: KeptQuality): string | undefined {
  if (found.tooSmall) return 'too_small';
  if (found.blur) return 'blur';
  return found.glare ? 'glare' : undefined;
}

/** `杭州市公安局西湖分局` names 杭州市 and 西湖. */
function placesOf(authority: Case['typed']['authority'] & string): readonly string[] {
  return authority.split(/公安局|公安|分局/u).filter((place) => place !== '');
}

function termAt(age: number): number {
  if (age < 16) return 5;
  if (age < 26) return 10;
  return age < 46 ? 20 : Number.POSITIVE_INFINITY;
}

/** Whole years from one date to the same day of another year; what ends on 28 February or 1 March may have begun on the 29th. */
function yearsBetween(from: string, until: string): number | undefined {
  if (until === longTermWord) return Number.POSITIVE_INFINITY;
  const isSameDay = from.slice(5) === until.slice(5) || (from.endsWith('-02-29') && /-(?:02-28|03-01)$/.test(until));
  return isSameDay ? Number(until.slice(0, 4)) - Number(from.slice(0, 4)) : undefined;
}
