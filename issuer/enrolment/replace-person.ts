import { recordAudit } from '../../shared/server/audit.ts';
import type { Actor } from '../issuance/index.ts';
import type { EnrolmentDeps, Trx } from './deps.ts';
import { replaceActive } from './store.ts';

/**
 * One person, one active digital ID: before another becomes the person's, the application that gave the present one
 * gives nothing any more, what was offered is withdrawn and what was issued is revoked, with an audit entry for each.
 */
export async function replacePerson(
  trx: Trx,
  personRef: string,
  { deps, by, now }: { readonly deps: EnrolmentDeps; readonly by: Actor; readonly now: number },
): Promise<void> {
  const { issuances, lifecycle, offers, identityConfigurationIds } = deps;
  const record = (action: string, object: string) =>
    recordAudit(trx, {
      at: now,
      actor: by.id,
      role: by.role,
      action,
      object,
      outcome: 'done',
      ...(by.requestId !== undefined && { requestId: by.requestId }),
    });
  for (const id of await replaceActive(trx, personRef, now)) await record('application.replace', id);
  await offers.cancelOpenOf(trx, personRef, identityConfigurationIds, by);
  for (const id of await issuances.findLive(trx, personRef, identityConfigurationIds)) {
    await issuances.recordOfficialAct(trx, id, 'revoke', now);
    await lifecycle.revokeAll(trx, await issuances.findStatusRefs(trx, id));
    await record('credential.revoke', id);
  }
}
