/** Sending: from the applicant to us, once, whole. */
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { findAccount } from '../accounts/index.ts';
import type { Applicant } from './applicant-acts.ts';
import { noticeVersion } from './applicant-acts.ts';
import type { EnrolmentDeps, Trx } from './deps.ts';
import { type EvidenceFacts, findEvidence } from './evidence-store.ts';
import { maxFaceAttempts } from './face-challenge.ts';
import { findAnswered } from './face-store.ts';
import { missingFields } from './fields.ts';
import { openFields } from './sealed-fields.ts';
import { type ApplicationRow, findCurrent, moveRow } from './store.ts';

/** What has to be done before sending, in the order in which it is asked: `notice`, `front`, `back`, `fields.*`, `face`. */
export async function findMissing(
  db: Trx,
  row: ApplicationRow,
  deps: Pick<EnrolmentDeps, 'envelope' | 'idCard'>,
): Promise<readonly string[]> {
  const evidence = await findEvidence(db, row.id);
  const has = (kind: EvidenceFacts['kind']) => evidence.some((one) => one.kind === kind);
  const { typed } = await openFields(db, deps.envelope, row);
  const answered = row.face_way === 'camera' ? await findAnswered(db, row.id) : undefined;
  const isCaptured = answered?.result === 'pass' || answered?.result === 'doubt';
  const isFaceDone = row.face_way !== 'camera' || isCaptured || row.face_attempts >= maxFaceAttempts;
  return [
    ...(row.notice_version === noticeVersion && row.face_way !== null ? [] : ['notice']),
    ...(has('front') ? [] : ['front']),
    ...(has('back') ? [] : ['back']),
    ...missingFields(typed, deps.idCard).map((name) => `fields.${name}`),
    ...(isFaceDone ? [] : ['face']),
  ];
}

/**
 * The id of what was sent, also for whoever sends again: a second send finds it sent and changes nothing.
 * Refused: `application_incomplete` (with the first thing that is missing), `application_unknown`, `forbidden` (the
 * account is frozen).
 */
export function sendApplication(by: Applicant, deps: EnrolmentDeps): Promise<string> {
  const { db, clock, envelope } = deps;
  return db.transaction(async (trx) => {
    const now = clock.now();
    const row = await findCurrent(trx, by.accountId, now);
    if (row === undefined || row.state === 'withdrawn') throw new HufuError('application_unknown');
    if (row.state !== 'draft' && row.state !== 'asked') return row.id;
    // Whoever froze the account fears that somebody else is at it.
    if ((await findAccount(trx, by.accountId))?.state !== 'open') throw new HufuError('forbidden', { at: 'account' });
    const [missing] = await findMissing(trx, row, deps);
    if (missing !== undefined) throw new HufuError('application_incomplete', { at: missing });
    const { typed } = await openFields(trx, envelope, row);
    const moved = await moveRow(
      trx,
      { id: row.id, version: row.version, states: ['draft', 'asked'] },
      {
        state: 'sent',
        sent_at: now,
        examine_at: now,
        examine_tries: 0,
        reason: null,
        number_index: envelope.blindIndex('cn-id', typed.number ?? ''),
        person_ref: null,
      },
    );
    // Somebody was first between our look and our move: an edit in another window, or the same send.
    if (moved === undefined) throw new HufuError('application_state');
    await recordAudit(trx, {
      at: now,
      actor: by.accountId,
      role: 'holder',
      action: 'application.send',
      object: row.id,
      outcome: 'done',
      requestId: by.requestId,
    });
    return row.id;
  });
}
