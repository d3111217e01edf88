/**
 * From findings to what happens next, by a table that an authority may read and replace (docs/proofing.md). The table
 * is searched from the top and the first row that fits decides; approval needs everything that `approve` names. What
 * `floor` demands no table can take away: a photographed card makes nobody somebody.
 */
import * as z from 'zod';
import { parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import type { Finding } from './checks/index.ts';
import { type CheckName, checkNames } from './checks/index.ts';
import { approveReasons, refuseReasons, reviewReasons } from './reasons.ts';

const result = z.enum(['pass', 'fail', 'doubt', 'not-done']);
/** A check by name, or all of a family: `register.*`, `*`. */
const pattern = z
  .string()
  .refine((text) => checkNames.some((name) => name === text) || families().has(text), 'no such check');
const when = z.strictObject({ checks: z.array(pattern).min(1), results: z.array(result).min(1) });

const row = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('refuse'), reason: z.enum(refuseReasons), when }),
  z.strictObject({
    outcome: z.literal('review'),
    reason: z.enum(reviewReasons),
    priority: z.boolean().default(false),
    when,
  }),
]);

export const outcomeTable = z.strictObject({
  /** Named beside every outcome; a change of the table is a new version. */
  version: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/),
  rows: z.array(row).max(100),
  /** Without a person: all of these have passed. The floor is demanded besides. */
  approve: z.strictObject({ passed: z.array(pattern), reason: z.enum(approveReasons) }),
  otherwise: z.strictObject({ outcome: z.literal('review'), reason: z.enum(reviewReasons) }),
});

export type OutcomeTable = Readonly<z.output<typeof outcomeTable>>;

export type Outcome =
  | { readonly outcome: 'approve' | 'refuse'; readonly reason: string }
  | { readonly outcome: 'review'; readonly reason: string; readonly priority: boolean }
  /** The register has not answered: nothing is decided, it will be asked again. */
  | { readonly outcome: 'wait' };

/** Refused: `shape` and the codes of JSON. */
export function parseOutcomeTable(text: string): OutcomeTable {
  return parseShape(outcomeTable, parseJsonObject(text), 'outcome_table');
}

/** Without a person, never without these. */
const floor: readonly CheckName[] = [
  'card.pair',
  'number.check-digit',
  'number.date',
  'number.sex',
  'number.birthdate',
  'validity.current',
  'register.person',
  'register.name',
  'register.alive',
  'register.card',
  'duplicate.application',
];
/** And never without one of these: a certified face service for both questions, or a person at a counter. */
const assurances: readonly (readonly CheckName[])[] = [
  ['face.challenge', 'face.match', 'face.liveness'],
  ['counter.code'],
];

export function judge(findings: readonly Finding[], table: OutcomeTable): Outcome {
  const results = new Map(findings.map((finding) => [finding.name, finding]));
  const register = results.get('register.person');
  if (register?.result === 'not-done' && (register.reason === 'down' || register.reason === 'odd')) {
    return { outcome: 'wait' };
  }
  const row = table.rows.find((candidate) =>
    findings.some(
      ({ name, result: found }) => candidate.when.results.includes(found) && fits(candidate.when.checks, name),
    ),
  );
  if (row?.outcome === 'refuse') return { outcome: 'refuse', reason: row.reason };
  if (row?.outcome === 'review') return { outcome: 'review', reason: row.reason, priority: row.priority };
  const passed = (name: string) => results.get(name)?.result === 'pass';
  const asked = findings.filter(({ name }) => fits(table.approve.passed, name));
  const isSure = assurances.some((checks) => checks.every(passed));
  if (isSure && floor.every(passed) && asked.every(({ name }) => passed(name))) {
    return { outcome: 'approve', reason: passed('counter.code') ? 'counter_confirmed' : table.approve.reason };
  }
  return { outcome: 'review', reason: table.otherwise.reason, priority: false };
}

function fits(patterns: readonly string[], name: string): boolean {
  return patterns.some(
    (text) => text === '*' || text === name || (text.endsWith('.*') && name.startsWith(text.slice(0, -1))),
  );
}

function families(): ReadonlySet<string> {
  return new Set(['*', ...checkNames.map((name) => `${name.split('.')[0] ?? ''}.*`)]);
}
