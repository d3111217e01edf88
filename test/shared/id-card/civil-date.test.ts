import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOn, civilDateAt, endOfCivilDate, isCivilDate } from '../../../shared/id-card/index.ts';

/** Another way to the same answer: lay out the anniversaries one by one with the calendar of the platform. */
function ageByAnniversaries(birthdate: string, now: number): number | undefined {
  const [year = 0, month = 0, day = 0] = birthdate.split('-').map(Number);
  const midnight = (y: number) => Date.UTC(y, month - 1, day) / 1000 - 8 * 3600;
  if (midnight(year) > now) return undefined;
  let age = 0;
  // Date.UTC turns 29 February of a common year into 1 March.
  while (midnight(year + age + 1) <= now) age += 1;
  return age;
}

describe('civil dates in UTC+8', () => {
  it('the day begins at 16:00 UTC', () => {
    expect(civilDateAt(Date.UTC(2026, 10, 21, 15, 59, 59) / 1000)).toBe('2026-11-21');
    expect(civilDateAt(Date.UTC(2026, 10, 21, 16, 0, 0) / 1000)).toBe('2026-11-22');
    expect(civilDateAt(Date.UTC(2027, 11, 31, 16) / 1000)).toBe('2028-01-01');
  });

  it('the last second of a date belongs to it, the next one does not', () => {
    const end = endOfCivilDate('2028-02-29');
    expect(civilDateAt(end)).toBe('2028-02-29');
    expect(civilDateAt(end + 1)).toBe('2028-03-01');
  });

  it.each([
    '1979-02-30',
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-04-31',
    '1899-12-31',
    '2024-1-1',
    '',
  ])('refuses %s', (text) => {
    expect(isCivilDate(text)).toBe(false);
    expect(() => ageOn(text, '2026-01-01')).toThrow(TypeError);
  });
  it.each(['2024-02-29', '2000-02-29', '1900-01-01', '2024-12-31'])('reads %s', (text) => {
    expect(isCivilDate(text)).toBe(true);
  });
});

describe('the age rule', () => {
  it.each([
    ['birthday today', '2008-11-22', '2026-11-22', 18],
    ['birthday tomorrow', '2008-11-23', '2026-11-22', 17],
    ['born 29 February, 28 February of a common year', '2008-02-29', '2026-02-28', 17],
    ['born 29 February, 1 March of a common year', '2008-02-29', '2026-03-01', 18],
    ['born 29 February, in a leap year', '2008-02-29', '2028-02-29', 20],
    ['born 29 February, the day before in a leap year', '2008-02-29', '2028-02-28', 19],
    ['born today', '2026-11-22', '2026-11-22', 0],
    ['born in the future', '2026-11-23', '2026-11-22', undefined],
  ])('nc-090 %s', (_name, birthdate, date, age) => {
    expect(ageOn(birthdate, date)).toBe(age);
  });

  it('nc-090 the same instant is another age on either side of midnight in UTC+8', () => {
    const midnight = Date.UTC(2026, 10, 21, 16) / 1000;
    expect(ageOn('2008-11-22', civilDateAt(midnight - 1))).toBe(17);
    expect(ageOn('2008-11-22', civilDateAt(midnight))).toBe(18);
  });

  it('nc-090 10,000 generated cases, half of them at an edge, agree with counting anniversaries', () => {
    const days = fc.integer({ min: 0, max: 45_000 });
    const birth = fc.oneof(
      days.map((day) => civilDateAt(Date.UTC(1905, 0, 1) / 1000 + day * 86_400)),
      fc.integer({ min: 0, max: 30 }).map((n) => `${1904 + 4 * n}-02-29`),
    );
    const years = fc.integer({ min: 0, max: 120 });
    const seconds = fc.oneof(
      fc.constantFrom(-86_400, -1, 0, 1, 86_399),
      fc.integer({ min: -40_000_000, max: 40_000_000 }),
    );
    let wrong = 0;
    fc.assert(
      fc.property(birth, years, seconds, (birthdate, age, shift) => {
        const [year = 0, month = 0, day = 0] = birthdate.split('-').map(Number);
        const now = Date.UTC(year + age, month - 1, day) / 1000 - 8 * 3600 + shift;
        if (ageOn(birthdate, civilDateAt(now)) !== ageByAnniversaries(birthdate, now)) wrong += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(wrong).toBe(0);
  });
});
