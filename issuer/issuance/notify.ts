import type { Clock } from '../../shared/clock.ts';
import { parseJson, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { type NotificationRequest, notificationRequest } from '../../shared/oid4vci/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import type { RequestHead } from '../../shared/server/routes.ts';
import { type CheckAccess, takeOnce } from '../authorization/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import type { IssuerTables } from '../tables.ts';
import { acceptSet, findHeldSet, findRefs, giveBackSet, type IssuanceRow } from './issuance-store.ts';
import { notificationHashOf } from './issue-credential.ts';
import { completeIfAllFinal } from './offer-store.ts';

export interface NotifyDeps {
  readonly issuer: string;
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly checkAccess: CheckAccess;
  readonly lifecycle: Pick<Lifecycle, 'allocateStatusIndices' | 'revokeAll'>;
}

/**
 * What became of a set (OpenID4VCI 1.0 11). `credential_accepted` ends the time in which the wallet may ask again;
 * `credential_failure` and `credential_deleted` revoke the set for good. Repetitions change nothing. Refused: as the
 * access check, `notification_request` (form, unknown event), `replay`, and `notification_id` for an id that is unknown, of another holder, or of a set that was
 * replaced: whoever kept the replaced copies must learn that they are not good.
 */
export function createNotify(
  deps: NotifyDeps,
): (call: {
  readonly head: Pick<RequestHead, 'header' | 'method' | 'requestId'>;
  readonly body: string;
}) => Promise<void> {
  const { issuer, db, clock, crypto } = deps;
  const endpoint = `${issuer}/notification`;

  return async ({ head, body }) => {
    const access = await deps.checkAccess(head, endpoint);
    const { notification_id: id, event } = read(body);
    const now = clock.now();
    await db.transaction(async (trx) => {
      if ((await takeOnce(trx, [access.use])) !== undefined) throw new HufuError('replay', { at: 'dpop.jti' });
      const held = { notificationHash: notificationHashOf(id, crypto), offerId: access.offerId };
      const accepted = event === 'credential_accepted';
      const changed = accepted ? await acceptSet(trx, held, now) : await giveBackSet(trx, held, event, now);
      if (changed === undefined) return checkKnown(await findHeldSet(trx, held));
      if (!accepted) await deps.lifecycle.revokeAll(trx, await findRefs(trx, changed));
      await completeIfAllFinal(trx, access.offerId, now);
      const audit = { at: now, actor: 'holder', role: 'holder', object: changed, requestId: head.requestId };
      await recordAudit(trx, { ...audit, action: actions[event], outcome: 'done' });
    });
  };
}

/** A repetition changes nothing; what was never this holder's, or was replaced, is refused. */
function checkKnown(set: IssuanceRow | undefined): void {
  if (set === undefined || set.end_reason === 'superseded') throw new HufuError('notification_id');
}

function read(body: string): NotificationRequest {
  try {
    return parseShape(notificationRequest, parseJson(body));
  } catch (cause) {
    throw new HufuError('notification_request', { at: 'body', cause });
  }
}

const actions = {
  credential_accepted: 'issuance.accept',
  credential_failure: 'issuance.fail',
  credential_deleted: 'issuance.delete',
} as const;
