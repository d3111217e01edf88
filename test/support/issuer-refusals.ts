/** One way to look at a refusal of the issuer: the answer, and everything it left behind. */
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Answer } from './issuance-client.ts';
import type { TestIssuer } from './issuer.ts';

const tables = [
  'offer',
  'issuance',
  'issued_copy',
  'status_list',
  'status_entry',
  'oauth_record',
  'used_once',
  'person',
  'data_key',
] as const;
export type Counted = (typeof tables)[number];

export async function countRows(world: TestIssuer): Promise<Record<Counted, number>> {
  const counts = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
        world.db.kysely,
      );
      return [table, Number(rows[0]?.count)] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<Counted, number>;
}

export interface ExpectedRefusal {
  readonly status: number;
  readonly error: string;
  /** Rows more than before; nothing unless said. */
  readonly rows?: Partial<Record<Counted, number>>;
  /** `action reason` of the audit entries, in order. */
  readonly audit: readonly string[];
}

/** Runs `act` and checks the answer, the rows and the audit entries it left. Refusals are OAuth errors in JSON, never stored. */
export async function expectRefused(
  world: TestIssuer,
  act: () => Promise<Answer>,
  expected: ExpectedRefusal,
): Promise<Answer> {
  const before = await countRows(world);
  const seen = (await world.audit()).length;
  const answer = await act();
  const after = await countRows(world);
  const entries = (await world.audit()).slice(seen);
  const delta = Object.fromEntries(
    tables.flatMap((name) => (after[name] === before[name] ? [] : [[name, after[name] - before[name]]])),
  );
  expect({ status: answer.status, error: answer.json.error }).toEqual({
    status: expected.status,
    error: expected.error,
  });
  expect(Object.keys(answer.json).sort()).toEqual(['error', 'error_description']);
  expect(answer.json.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(delta).toEqual(expected.rows ?? {});
  expect(entries.map((entry) => `${entry.action} ${entry.reason ?? entry.outcome}`)).toEqual(expected.audit);
  return answer;
}
