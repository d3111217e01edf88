import { describe, expect, it } from 'vitest';
import { type Case, runChecks } from '../../../issuer/enrolment/checks/index.ts';
import type { CheckName } from '../../../issuer/enrolment/index.ts';

const quality = { blur: false, glare: false, tooSmall: false, notACard: false, wrongSide: false };
const field = (text: string, doubtful = false) => ({ text, confidence: 0.9, doubtful });

const honest: Case = {
  today: '2026-11-22',
  typed: {
    name: '林一舟',
    sex: 1,
    ethnicity: '01',
    birthdate: '1996-03-10',
    address: '浙江省杭州市西湖区望江路 12 号',
    number: '33019919960310412X',
    authority: '杭州市公安局西湖分局',
    valid_from: '2022-04-18',
    valid_until: '2042-04-18',
  },
  number: { kind: 'resident', number: '33019919960310412X', birthdate: '1996-03-10', sex: 1, regionCode: '330199' },
  isKnownCounty: true,
  front: 'a',
  back: 'b',
  readFront: {
    quality,
    fields: { name: field('林一舟'), birthdate: field('1996-03-10'), number: field('33019919960310412X') },
  },
  readBack: { quality, fields: { validFrom: field('2022-04-18'), validUntil: field('2042-04-18') } },
  face: { way: 'person', challenge: undefined, match: { kind: 'off' }, liveness: { kind: 'off' } },
  register: { kind: 'unknown' },
  duplicates: { underWay: false, holder: 'none' },
  counterCode: 'none',
};

function found(name: CheckName, facts: Case): string {
  const finding = runChecks(facts).find((one) => one.name === name);
  return `${finding?.result} ${finding?.reason}`;
}
const typed = (change: Partial<Case['typed']>): Case => ({ ...honest, typed: { ...honest.typed, ...change } });
const front = (change: object): Case => ({
  ...honest,
  readFront: { quality, fields: { ...honest.readFront?.fields, ...change } },
});

describe('card', () => {
  it.each<[string, Case, string]>([
    ['honest', honest, 'pass ok'],
    ['no back', { ...honest, back: undefined }, 'fail side_missing'],
    ['one photo for both', { ...honest, back: 'a' }, 'fail same_photo'],
    ['not read', { ...honest, readBack: undefined }, 'not-done not_read'],
    [
      'wrong side',
      { ...honest, readFront: { quality: { ...quality, wrongSide: true }, fields: {} } },
      'fail wrong_side',
    ],
    ['no card', { ...honest, readFront: { quality: { ...quality, notACard: true }, fields: {} } }, 'doubt not_a_card'],
    ['authority of elsewhere', typed({ authority: '示例市公安局' }), 'doubt authority_elsewhere'],
  ])('pair: %s', (_what, facts, expected) => expect(found('card.pair', facts)).toBe(expected));

  it.each(['blur', 'glare', 'tooSmall'] as const)('quality: %s', (flag) => {
    const facts = { ...honest, readBack: { quality: { ...quality, [flag]: true }, fields: {} } };
    expect(found('card.quality', facts)).toBe(`doubt ${flag === 'tooSmall' ? 'too_small' : flag}`);
    expect(found('card.quality', honest)).toBe('pass ok');
  });

  it.each([
    ['2042-04-18', '2022-04-18', 'pass ok'],
    ['long-term', '2022-04-18', 'pass ok'],
    ['2026-11-22', '2016-11-22', 'pass ok'],
    ['2026-11-21', '2016-11-21', 'fail expired'],
    ['2046-11-23', '2026-11-23', 'fail not_begun'],
    ['2022-04-18', '2022-04-18', 'fail ends_before_it_begins'],
  ])('validity until %s from %s: %s', (valid_until, valid_from, expected) => {
    expect(found('validity.current', typed({ valid_until, valid_from }))).toBe(expected);
  });

  const born = (birthdate: string): Case['number'] => ({ ...(honest.number as object), birthdate }) as Case['number'];
  it.each([
    ['2010-05-01', '2026-04-30', '2031-04-30', 'pass ok'],
    ['2010-05-01', '2026-05-01', '2036-05-01', 'pass ok'],
    ['2010-05-01', '2026-05-01', '2031-05-01', 'doubt unusual_term'],
    ['2000-05-01', '2026-04-30', '2036-04-30', 'pass ok'],
    ['2000-05-01', '2026-05-01', '2046-05-01', 'pass ok'],
    ['1980-05-01', '2026-04-30', '2046-04-30', 'pass ok'],
    ['1980-05-01', '2026-05-01', 'long-term', 'pass ok'],
    ['1980-05-01', '2026-05-01', '2046-05-01', 'doubt unusual_term'],
    ['2000-05-01', '2026-05-01', 'long-term', 'doubt unusual_term'],
    ['1996-03-10', '2024-02-29', '2044-02-29', 'pass ok'],
    ['2005-03-10', '2024-02-29', '2034-03-01', 'pass ok'],
    ['2005-03-10', '2024-02-29', '2034-02-28', 'pass ok'],
    ['2005-03-10', '2024-02-28', '2034-03-01', 'doubt unusual_term'],
    ['2026-05-02', '2026-05-01', '2031-05-01', 'fail before_birth'],
  ])('term: born %s, from %s until %s: %s', (birthdate, valid_from, valid_until, expected) => {
    expect(found('validity.term', { ...typed({ valid_from, valid_until }), number: born(birthdate) })).toBe(expected);
  });
});

describe('number', () => {
  it.each([
    ['id_check_digit', 'number.check-digit', 'fail id_check_digit'],
    ['id_format', 'number.check-digit', 'fail id_format'],
    ['id_date', 'number.date', 'fail id_date'],
    ['id_region', 'number.region', 'fail wrong_province'],
  ] as const)('%s', (refused, name, expected) => {
    expect(found(name, { ...honest, number: { refused } })).toBe(expected);
    expect(found(name, honest)).toBe('pass ok');
    expect(found('number.sex', { ...honest, number: { refused } })).toBe('not-done not_said');
  });

  it('sex and birth date agree with the number', () => {
    expect(found('number.sex', honest)).toBe('pass ok');
    expect(found('number.sex', typed({ sex: 2 }))).toBe('fail sex_differs');
    expect(found('number.birthdate', honest)).toBe('pass ok');
    expect(found('number.birthdate', typed({ birthdate: '1996-03-11' }))).toBe('fail birthdate_differs');
  });

  it('an unknown county is a doubt', () => {
    expect(found('number.region', { ...honest, isKnownCounty: false })).toBe('doubt unknown_county');
  });
});

describe('typed against read', () => {
  it.each([
    ['typed.number', honest, 'pass ok'],
    ['typed.number', front({ number: field('330199195210010175') }), 'doubt corrected'],
    ['typed.number', front({ number: field('330199195210010175', true) }), 'not-done not_read'],
    ['typed.number', front({ number: field('3301991996031O412X') }), 'not-done not_read'],
    ['typed.dates', honest, 'pass ok'],
    ['typed.dates', front({ birthdate: field('1996年3月10日') }), 'pass ok'],
    ['typed.dates', front({ birthdate: field('1996-03-11') }), 'doubt corrected'],
    ['typed.dates', front({ birthdate: field('1996-03-11', true) }), 'not-done not_read'],
    ['typed.name', honest, 'pass ok'],
    ['typed.name', front({ name: field('林一丹') }), 'pass corrected'],
    ['typed.name', front({ name: field('木一丹') }), 'doubt corrected'],
    ['typed.name', front({ name: field('木一丹', true) }), 'pass corrected'],
    ['typed.name', front({ name: field('') }), 'not-done not_read'],
  ] as const)('%s %#: %s', (name, facts, expected) => expect(found(name, facts)).toBe(expected));
});

describe('services and standing', () => {
  const answered = (answer: 'yes' | 'no' | 'unsure', certified: boolean): Case => {
    const match = { kind: 'answered', answer, service: 's', certified } as const;
    return { ...honest, face: { ...honest.face, match } };
  };
  it.each([
    [answered('yes', true), 'pass service_confirmed'],
    [answered('no', true), 'fail service_refused'],
    [answered('unsure', true), 'doubt service_unsure'],
    [answered('yes', false), 'not-done person_compares'],
    [answered('unsure', false), 'not-done person_compares'],
    [answered('no', false), 'doubt hint_against'],
    [honest, 'not-done person_compares'],
  ] as const)('what is not certified may lower trust and never raises it %#', (facts, expected) => {
    expect(found('face.match', facts)).toBe(expected);
  });

  it('a counter code is good for its number only', () => {
    expect(found('counter.code', { ...honest, counterCode: 'used' })).toBe('pass seen_at_counter');
    expect(found('counter.code', { ...honest, counterCode: 'other-number' })).toBe('fail code_of_another_number');
  });

  it('a person with a digital ID on another account is a doubt; on this one it is replaced', () => {
    const holder = (kind: Case['duplicates']['holder']): Case => ({
      ...honest,
      duplicates: { underWay: false, holder: kind },
    });
    expect(found('duplicate.holder', holder('other-account'))).toBe('doubt other_account');
    expect(found('duplicate.holder', holder('same-account'))).toBe('pass replacement');
  });
});
