/**
 * The one place where an application ends or goes back. Everything a decision means is written in the caller's
 * transaction: the state (one conditional statement with the version that was seen), the audit entry, the data keys of
 * photos and of what was typed and read, the account's person, the former digital ID. There is no half of it.
 */
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { type Actor, applicantSeconds, type EnrolmentDeps, type Trx } from './deps.ts';
import { forgetEvidence } from './evidence-store.ts';
import { type Decision, isReasonOf } from './reasons.ts';
import { replacePerson } from './replace-person.ts';
import { forgetFields, forgotten, sealField } from './sealed-fields.ts';
import { type ApplicationRow, findApplication, findFindings, moveRow } from './store.ts';
import type { ApplicationState } from './tables.ts';

export interface DecisionRequest {
  readonly applicationId: string;
  /** Of the application as it was looked at. */
  readonly version: number;
  readonly decision: Decision;
  /** Of the list that belongs to the decision (reasons.ts). */
  readonly reason: string;
  /** To the applicant, at most 500 characters; sealed. */
  readonly note?: string;
  readonly by: Actor;
}

const states = { approve: 'approved', refuse: 'refused', ask: 'asked' } as const satisfies Record<
  Decision,
  ApplicationState
>;
const maxNote = 500;

/**
 * `from`: a person decides what is in review, the examination what was sent. Refused: `application_unknown`,
 * `application_state` (not there any more, or another version), `shape` (reason or note), `person_unknown` (approval
 * without the register's answer: nobody is approved whom the register does not know).
 */
export async function decideApplication(
  trx: Trx,
  request: DecisionRequest,
  options: { readonly deps: EnrolmentDeps; readonly from: 'sent' | 'review' },
): Promise<void> {
  const { applicationId: id, decision, reason, note, by } = request;
  const { deps, from } = options;
  if (!isReasonOf(decision, reason)) throw new HufuError('shape', { at: 'reason' });
  if (note !== undefined && (note === '' || [...note].length > maxNote)) throw new HufuError('shape', { at: 'note' });
  const now = deps.clock.now();
  const before = await findApplication(trx, id);
  if (before === undefined) throw new HufuError('application_unknown');
  if (before.state !== from || before.version !== request.version) throw new HufuError('application_state');

  if (decision === 'approve') await approvePerson(trx, before, { deps, by, now });
  const isFinal = decision !== 'ask';
  if (isFinal) {
    await forgetFields(trx, deps.envelope, id);
    await forgetEvidence(trx, deps.envelope, { applicationId: id });
  }
  const sealedNote = note === undefined ? null : await sealField(trx, deps.envelope, id, 'note', note);
  const moved = await moveRow(
    trx,
    { id, version: request.version, states: [from] },
    {
      ...(isFinal ? forgotten : { expires_at: now + applicantSeconds }),
      ...(isFinal && { decided_at: now, decided_by: by.id }),
      state: states[decision],
      reason,
      note: sealedNote,
      examine_at: null,
      claimed_by: null,
      claimed_until: null,
    },
  );
  if (moved === undefined) throw new HufuError('application_state');
  await recordAudit(trx, {
    at: now,
    actor: by.id,
    role: by.role,
    action: `application.${decision}`,
    object: id,
    outcome: 'done',
    ...(by.requestId !== undefined && { requestId: by.requestId }),
  });
}

/** The register's person becomes the account's; whatever digital ID they had before ends. */
async function approvePerson(
  trx: Trx,
  row: ApplicationRow,
  { deps, by, now }: { readonly deps: EnrolmentDeps; readonly by: Actor; readonly now: number },
): Promise<void> {
  const asked = (await findFindings(trx, row.id)).find(({ name }) => name === 'register.person');
  if (row.person_ref === null || asked?.result !== 'pass') throw new HufuError('person_unknown');
  await replacePerson(trx, row.person_ref, { deps, by, now });
  await deps.bindPerson(trx, row.account_id, row.person_ref);
}
