/**
 * The examination of what was sent: taken by one statement so that one process does it at a time, and due again when
 * that process dies. The facts are collected outside any transaction; findings and what follows from them are written
 * in one, conditional on the version that was examined. A register that is down or odd leaves the application where it
 * is, to be asked again ever more slowly: nobody is approved or refused by a silence.
 */
import { recordAudit } from '../../shared/server/audit.ts';
import { type Finding, runChecks } from './checks/index.ts';
import { collectCase } from './collect-case.ts';
import { decideApplication } from './decide.ts';
import { type EnrolmentDeps, systemActor, type Trx } from './deps.ts';
import { judge, type Outcome } from './outcome-table.ts';
import { type ApplicationRow, moveRow, putFindings, takeExamination } from './store.ts';

/** How long one examination may take before another process may try. */
const leaseSeconds = 120;
const firstWait = 30;
const longestWait = 1800;

/** Examines one application that is due, this one if it is named; its id, or undefined when there was none. */
export async function examineNext(deps: EnrolmentDeps, id?: string): Promise<string | undefined> {
  const { db, clock } = deps;
  const now = clock.now();
  const due = { now, until: now + leaseSeconds, ...(id !== undefined && { id }) };
  const row = await db.transaction((trx) => takeExamination(trx, due));
  if (row === undefined) return undefined;
  const facts = await collectCase(row, deps);
  const findings = runChecks(facts);
  const outcome = judge(findings, deps.table);
  const personRef = facts.register.kind === 'found' ? facts.register.ref : null;
  await db.transaction((trx) => conclude(trx, { row, findings, outcome, personRef }, deps));
  return row.id;
}

interface Conclusion {
  readonly row: ApplicationRow;
  readonly findings: readonly Finding[];
  readonly outcome: Outcome;
  readonly personRef: string | null;
}

async function conclude(
  trx: Trx,
  { row, findings, outcome, personRef }: Conclusion,
  deps: EnrolmentDeps,
): Promise<void> {
  const now = deps.clock.now();
  const from = { id: row.id, version: row.version, states: ['sent'] } as const;
  const record = (kind: 'done' | 'failed') =>
    recordAudit(trx, {
      at: now,
      actor: systemActor.id,
      role: systemActor.role,
      action: 'application.examine',
      object: row.id,
      outcome: kind,
      ...(kind === 'failed' && { reason: 'unavailable' as const }),
    });

  if (outcome.outcome === 'wait') {
    const wait = Math.min(longestWait, firstWait * 2 ** Math.min(row.examine_tries - 1, 10));
    if ((await moveRow(trx, from, { examine_at: now + wait })) === undefined) return;
    await putFindings(trx, row.id, findings, now);
    await record('failed');
    return;
  }
  const isReview = outcome.outcome === 'review';
  const change = isReview
    ? ({ state: 'review', reason: outcome.reason, priority: outcome.priority ? 1 : 0 } as const)
    : {};
  // Whoever came before us has examined it, or the applicant is gone: their word stands.
  const moved = await moveRow(trx, from, { ...change, person_ref: personRef, examine_at: null });
  if (moved === undefined) return;
  await putFindings(trx, row.id, findings, now);
  await record('done');
  if (isReview) return;
  const { outcome: decision, reason } = outcome;
  const request = { applicationId: row.id, version: moved.version, decision, reason, by: systemActor };
  await decideApplication(trx, request, { deps, from: 'sent' });
}
