import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { codeOf } from '../../../shared/errors.ts';
import { checkCharacter, createIdCard } from '../../../shared/id-card/index.ts';

const now = Date.UTC(2026, 10, 22, 4) / 1000;
const card = createIdCard({ clock: fixedClock(now) });
const demo = createIdCard({ clock: fixedClock(now), demoRegion: true });
const official = '11010519491231002X';

function withCheck(digits: string): string {
  return digits + checkCharacter(digits);
}
function refusal(text: string, reader = card): string {
  try {
    reader.parseIdNumber(text);
  } catch (error) {
    return codeOf(error);
  }
  return 'accepted';
}

describe('the resident identity number (GB 11643)', () => {
  it('reads the sample of the standard', () => {
    expect(card.parseIdNumber(official)).toEqual({
      kind: 'resident',
      number: official,
      birthdate: '1949-12-31',
      sex: 2,
      regionCode: '110105',
    });
    expect(card.parseResidentNumber(official)).toBe(official);
  });

  it.each([
    ['810000199408230021', 'residence-permit', '1994-08-23', 2, '810000'],
    ['830000199201300022', 'residence-permit', '1992-01-30', 2, '830000'],
    ['911124198108030024', 'permanent-residence', '1981-08-03', 2, undefined],
    ['932682198501010017', 'permanent-residence', '1985-01-01', 1, undefined],
  ] as const)('recognises %s as %s, which is no identity card', (number, kind, birthdate, sex, regionCode) => {
    expect(card.parseIdNumber(number)).toEqual({ kind, number, birthdate, sex, regionCode });
    expect(() => card.parseResidentNumber(number)).toThrow('id_kind');
  });

  it.each([
    ['lower-case x', '11010519491231002x', 'id_format'],
    ['15-digit form', '110105491231002', 'id_format'],
    ['full-width digits', '１１０１０５１９４９１２３１００２Ｘ', 'id_format'],
    ['one full-width digit', '1101051949123100２X', 'id_format'],
    ['Arabic-Indic digits', '١١٠١٠٥19491231002X', 'id_format'],
    ['leading space', ' 11010519491231002X', 'id_format'],
    ['inner space', '110105 19491231 002X', 'id_format'],
    ['trailing newline', '11010519491231002X\n', 'id_format'],
    ['NUL', '11010519491231002X\0', 'id_format'],
    ['NUL inside', '110105\u000019491231002', 'id_format'],
    ['Cyrillic look-alike of X', '11010519491231002Х', 'id_format'],
    ['empty', '', 'id_format'],
    ['100 kB', '1'.repeat(100_000), 'id_format'],
    ['wrong check digit', '110105194912310021', 'id_check_digit'],
    ['30 February', withCheck('11010519790230002'), 'id_date'],
    ['29 February of a common year', withCheck('11010519000229002'), 'id_date'],
    ['month 13', withCheck('11010519491331002'), 'id_date'],
    ['day 0', withCheck('11010519491200002'), 'id_date'],
    ['before 1900', withCheck('11010518991231002'), 'id_date'],
    ['tomorrow', withCheck('11010520261123002'), 'id_date'],
    ['unknown province', withCheck('16010519491231002'), 'id_region'],
    ['province 00', withCheck('00010519491231002'), 'id_region'],
    ['another code under 83', withCheck('83000119920130002'), 'id_region'],
    ['a foreign number of an unknown province', withCheck('91612419810803002'), 'id_region'],
    ['a foreign number without country', withCheck('91100019810803002'), 'id_region'],
  ])('nc-066 refuses %s', (_name, text, code) => {
    expect(refusal(text)).toBe(code);
  });

  it('nc-066 refuses an age over 130, and reads 130', () => {
    const number = withCheck('11010519100602002');
    const lastDayAt130 = createIdCard({ clock: fixedClock(Date.UTC(2041, 5, 1) / 1000) });
    expect(refusal(number, lastDayAt130)).toBe('accepted');
    const turns131 = createIdCard({ clock: fixedClock(Date.UTC(2041, 5, 2) / 1000) });
    expect(refusal(number, turns131)).toBe('id_date');
  });

  it('a birth date of today (UTC+8) is read, also when UTC is still on the day before', () => {
    const justAfterMidnight = createIdCard({ clock: fixedClock(Date.UTC(2026, 10, 21, 16, 0, 0) / 1000) });
    expect(refusal(withCheck('11010520261122002'), justAfterMidnight)).toBe('accepted');
    const justBefore = createIdCard({ clock: fixedClock(Date.UTC(2026, 10, 21, 15, 59, 59) / 1000) });
    expect(refusal(withCheck('11010520261122002'), justBefore)).toBe('id_date');
  });

  it('the county that does not exist is read in the demo alone', () => {
    const synthetic = withCheck('33019919960312412');
    expect(refusal(synthetic, demo)).toBe('accepted');
    expect(refusal(synthetic)).toBe('id_region');
    expect(refusal(withCheck('33010619960312412'))).toBe('accepted');
  });

  it.each([
    ['330106', true, true],
    ['339999', true, true],
    ['330199', false, true],
    ['990101', false, false],
    ['33010', false, false],
    ['3301060', false, false],
    ['33010６', false, false],
  ])('region code %s: real %s, demo %s', (code, real, inDemo) => {
    expect(card.isRegionCode(code)).toBe(real);
    expect(demo.isRegionCode(code)).toBe(inDemo);
  });

  it('finds every single substitution and every neighbouring swap of different digits', () => {
    const number = withCheck('33010619960312412');
    for (let at = 0; at < 17; at += 1) {
      for (const digit of '0123456789') {
        if (digit === number.charAt(at)) continue;
        expect(refusal(number.slice(0, at) + digit + number.slice(at + 1))).not.toBe('accepted');
      }
      if (at < 16 && number.charAt(at) !== number.charAt(at + 1)) {
        const swapped = number.slice(0, at) + number.charAt(at + 1) + number.charAt(at) + number.slice(at + 2);
        expect(refusal(swapped)).not.toBe('accepted');
      }
    }
  });
});
