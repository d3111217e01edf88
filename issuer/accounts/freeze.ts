import type { Kysely } from 'kysely';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { IssuerTables } from '../tables.ts';
import { type AccountRow, holdIssuance, markFrozen, markOpen, releaseHolds } from './account-store.ts';
import type { AccountCredentials, Act } from './credentials.ts';
import type { AccountTables, FreezeReason } from './tables.ts';

type Trx = Kysely<IssuerTables>;

/** The half that always works: every valid credential of the person is suspended now, and none is issued until later. */
export async function freezeAccount(
  trx: Trx,
  account: AccountRow,
  freeze: { readonly reason: FreezeReason; readonly by: Act },
  credentials: AccountCredentials,
): Promise<void> {
  const { by } = freeze;
  const isNew = await markFrozen(trx, account.id, freeze.reason, by.at);
  const personRef = account.person_ref;
  for (const { issuanceId } of personRef === null ? [] : await credentials.live(trx, personRef, by.at)) {
    if (await credentials.change(trx, issuanceId, 'suspend', by)) await holdIssuance(trx, account.id, issuanceId);
  }
  if (isNew) await recordAudit(trx, { ...by, action: 'account.freeze', object: account.id, outcome: 'done' });
}

/**
 * Resumes what the freeze suspended and nothing else. `passkeySince`: when the passkey of this session was made; one
 * made since the freeze may be the very thing it was for. Refused: `conflict` (not frozen), `forbidden`.
 */
export async function unfreezeAccount(
  trx: Trx,
  account: AccountRow,
  unfreeze: { readonly passkeySince: number; readonly by: Act },
  credentials: AccountCredentials,
): Promise<void> {
  const { by } = unfreeze;
  if (account.frozen_at !== null && unfreeze.passkeySince >= account.frozen_at) throw new HufuError('forbidden');
  if (!(await markOpen(trx, account.id))) throw new HufuError('conflict');
  // Whoever is not the person any more (another account proved itself since) gives nothing back to life.
  const personRef = account.person_ref;
  const own = personRef === null ? [] : await credentials.live(trx, personRef, by.at);
  const held = new Set(await releaseHolds(trx, account.id));
  for (const { issuanceId } of own) if (held.has(issuanceId)) await credentials.change(trx, issuanceId, 'resume', by);
  await recordAudit(trx, { ...by, action: 'account.unfreeze', object: account.id, outcome: 'done' });
}

/**
 * Whether the person froze what they have: then nothing new is issued to them either. One UPDATE that changes nothing
 * but holds the account until the transaction ends, so that no freeze slips in between the question and the issuance.
 */
export async function isFrozen(trx: Kysely<AccountTables>, personRef: string): Promise<boolean> {
  const row = await trx
    .updateTable('holder_account')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('person_ref', '=', personRef)
    .returning('state')
    .executeTakeFirst();
  return row?.state === 'frozen';
}
