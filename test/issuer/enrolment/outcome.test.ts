import { expect, it } from 'vitest';
import type { CheckResult } from '../../../issuer/enrolment/index.ts';
import { type CheckName, checkNames, defaultOutcomeTable, parseOutcomeTable } from '../../../issuer/enrolment/index.ts';
import { judge } from '../../../issuer/enrolment/outcome-table.ts';

type Changes = Partial<Record<CheckName, CheckResult | readonly [CheckResult, string]>>;

/** Everything passed, a certified face service included, except what is named. */
function findings(changes: Changes = {}) {
  return checkNames.map((name) => {
    const change = changes[name] ?? (name === 'counter.code' ? 'not-done' : 'pass');
    const [result, reason] = typeof change === 'string' ? [change, 'ok'] : change;
    return { name, result, reason, ruleVersion: '1' };
  });
}
const judged = (changes?: Changes, table = defaultOutcomeTable) => judge(findings(changes), table);

it('all passed with a certified service is approved; so is a counter code without a face', () => {
  expect(judged()).toEqual({ outcome: 'approve', reason: 'checks_passed' });
  const counter = { 'counter.code': 'pass', 'face.challenge': 'not-done', 'face.match': 'not-done' } as const;
  expect(judged({ ...counter, 'face.liveness': 'not-done' })).toEqual({
    outcome: 'approve',
    reason: 'counter_confirmed',
  });
});

it.each(checkNames)('a doubt about %s is a person’s to settle', (name) => {
  expect(judged({ [name]: 'doubt' })).toMatchObject({ outcome: 'review' });
  expect(judged({ [name]: 'fail' }).outcome).not.toBe('approve');
});

it.each(['face.challenge', 'face.match', 'face.liveness'] as const)(
  'without %s there is no approval by machine',
  (name) => {
    expect(judged({ [name]: 'not-done' })).toEqual({ outcome: 'review', reason: 'person_decides', priority: false });
  },
);

it('a machine refuses what cannot be true, and nothing else', () => {
  const refused = checkNames.filter((name) => judged({ [name]: 'fail' }).outcome === 'refuse');
  expect(refused.sort()).toEqual(['number.check-digit', 'number.date', 'number.region', 'validity.current']);
});

it('a register that has not answered decides nothing, whatever else was found', () => {
  for (const reason of ['down', 'odd']) {
    expect(judged({ 'register.person': ['not-done', reason], 'validity.current': 'fail' })).toEqual({
      outcome: 'wait',
    });
  }
  expect(judged({ 'register.person': ['not-done', 'other_kind_of_number'] })).toMatchObject({ outcome: 'review' });
});

it('an authority changes the table: what it refuses, what comes first', () => {
  const text = JSON.stringify({
    version: 'city-7',
    rows: [
      { outcome: 'refuse', reason: 'applicant_deceased', when: { checks: ['register.alive'], results: ['fail'] } },
    ],
    approve: { passed: [], reason: 'checks_passed' },
    otherwise: { outcome: 'review', reason: 'person_decides' },
  });
  const table = parseOutcomeTable(text);
  expect(judged({ 'register.alive': 'fail' }, table)).toEqual({ outcome: 'refuse', reason: 'applicant_deceased' });
  expect(judged({ 'card.quality': 'doubt' }, table)).toMatchObject({ outcome: 'approve' });
});

it('no table takes the floor away: a photographed card makes nobody somebody', () => {
  const lax = parseOutcomeTable(
    JSON.stringify({
      version: 'lax',
      rows: [],
      approve: { passed: [], reason: 'checks_passed' },
      otherwise: { outcome: 'review', reason: 'person_decides' },
    }),
  );
  expect(judged({}, lax).outcome).toBe('approve');
  const floor = checkNames.filter((name) => judged({ [name]: 'doubt' }, lax).outcome !== 'approve');
  expect(floor).toEqual([
    'card.pair',
    'validity.current',
    'number.check-digit',
    'number.date',
    'number.sex',
    'number.birthdate',
    'face.challenge',
    'face.match',
    'face.liveness',
    'register.person',
    'register.name',
    'register.alive',
    'register.card',
    'duplicate.application',
  ]);
});

it.each([
  ['no check of that name', { when: { checks: ['face.score'], results: ['fail'] } }],
  ['no such result', { when: { checks: ['*'], results: ['maybe'] } }],
  ['a reason that is no refusal', { reason: 'person_decides' }],
  ['an outcome that approves by row', { outcome: 'approve' }],
  ['an unknown member', { score: 0.9 }],
])('a table with %s is no table', (_what, change) => {
  const row = { outcome: 'refuse', reason: 'card_expired', when: { checks: ['*'], results: ['fail'] } };
  const rest = {
    version: 'x',
    approve: { passed: ['*'], reason: 'checks_passed' },
    otherwise: defaultOutcomeTable.otherwise,
  };
  expect(parseOutcomeTable(JSON.stringify({ ...rest, rows: [row] })).version).toBe('x');
  expect(() => parseOutcomeTable(JSON.stringify({ ...rest, rows: [{ ...row, ...change }] }))).toThrow('shape');
});
