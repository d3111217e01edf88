/** One way to look at a refusal of the verifier: the answer, and everything it left behind. */
import { expect } from 'vitest';
import type { Code } from '../../shared/errors.ts';
import type { Answer, TestVerifier } from './verifier.ts';

export interface ExpectedRefusal {
  readonly reason: Code;
  /** Calls the verifier made while judging; none unless said. */
  readonly outbound?: number;
  /** How the request stands afterwards: refused for good unless said. */
  readonly leaves?: 'refused' | 'untouched' | 'open';
}

export interface Traces {
  readonly counts: Record<string, number>;
  readonly audit: number;
  readonly outbound: number;
}

export async function traces(world: TestVerifier): Promise<Traces> {
  return { counts: await world.counts(), audit: (await world.audit()).length, outbound: world.outbound.length };
}

/** `action reason` of the audit entries since then. */
export async function auditSince(world: TestVerifier, before: Traces): Promise<readonly string[]> {
  return (await world.audit()).slice(before.audit).map((entry) => `${entry.action} ${entry.reason ?? entry.outcome}`);
}

/**
 * Runs `act`, an answer that must be refused, and checks: one uniform 400, nothing of the presentation stored, the
 * link's secrets given up where the answer counted as one, the calls that went out, one audit entry with the reason.
 */
export async function expectRefusedAnswer(
  world: TestVerifier,
  requestId: string,
  act: () => Promise<Answer>,
  expected: ExpectedRefusal,
): Promise<void> {
  const before = await traces(world);
  const answer = await act();
  const after = await traces(world);
  const { reason, outbound = 0, leaves = 'refused' } = expected;

  expect({ status: answer.status, json: answer.json }).toEqual({
    status: 400,
    json: { error: 'invalid_request', error_description: 'The response was not accepted.' },
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await auditSince(world, before)).toEqual([
    `${reason === 'replay' ? 'present.replay' : 'present.refuse'} ${reason}`,
  ]);
  const secretsGone = leaves === 'refused' ? { data_key: (before.counts.data_key ?? 0) - 1 } : {};
  expect(after.counts).toEqual({ ...before.counts, ...secretsGone });
  expect(after.outbound - before.outbound).toBe(outbound);
  if (leaves === 'untouched') return;
  const row = await world.db.kysely
    .selectFrom('presentation_request')
    .select(['status', 'reason', 'result'])
    .where('id', '=', requestId)
    .executeTakeFirst();
  expect(row).toEqual(
    leaves === 'refused' ? { status: 'refused', reason, result: null } : { status: 'open', reason: null, result: null },
  );
}
