import type { Kysely } from 'kysely';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Actor, Issuances } from '../issuance/index.ts';
import type { Lifecycle, StatusAct } from '../lifecycle/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { ActReason } from './reasons.ts';
import { putAct } from './store.ts';

export interface OfficialAct {
  readonly issuanceId: string;
  readonly act: StatusAct;
  readonly reason: ActReason;
  readonly actor: Actor;
  readonly now: number;
}

/**
 * Suspends, resumes or revokes all copies of one issuance, in the caller's transaction, with its reason and its audit
 * entry. Refused: `credential_unknown`, `credential_revoked` (final), `credential_state` (nothing to suspend or resume).
 */
export async function actOnIssuance(
  trx: Kysely<IssuerTables>,
  { issuanceId, act, reason, actor, now }: OfficialAct,
  rooms: { readonly issuances: Issuances; readonly lifecycle: Lifecycle },
): Promise<void> {
  await rooms.issuances.recordOfficialAct(trx, issuanceId, act, now);
  await rooms.lifecycle.changeStatuses(trx, await rooms.issuances.findStatusRefs(trx, issuanceId), act);
  await putAct(trx, { issuance_id: issuanceId, act, reason, actor: actor.id, at: now });
  await recordAudit(trx, {
    at: now,
    actor: actor.id,
    role: actor.role,
    action: `credential.${act}`,
    object: issuanceId,
    outcome: 'done',
    ...(actor.requestId !== undefined && { requestId: actor.requestId }),
  });
}
