import * as z from 'zod/mini';
import { credentialOffer } from '../../shared/oid4vci/index.ts';
import type { Entry, Records } from '../vault/index.ts';
import type { WalletPorts } from './ports.ts';

/**
 * A receipt under way, kept sealed from before the code is redeemed: a crash or a reload between token and storing
 * must not cost the person the card. The issuer lets the same DPoP key repeat its requests for ten minutes, and that
 * key lies in the vault under the receipt's id.
 */
const receipt = z.object({
  kind: z.literal('receipt'),
  at: z.int(),
  offer: credentialOffer,
  txCode: z.optional(z.string()),
});

/** A notification the issuer has not acknowledged yet. The card is stored already: this is only telling. */
const notification = z.object({
  kind: z.literal('notification'),
  at: z.int(),
  /** Whose DPoP key to use. */
  receiptId: z.string(),
  endpoint: z.string(),
  accessToken: z.string(),
  notificationId: z.string(),
  event: z.enum(['credential_accepted', 'credential_failure', 'credential_deleted']),
});

export const pending = z.discriminatedUnion('kind', [receipt, notification]);
export type Pending = z.output<typeof pending>;
export type PendingReceipt = z.output<typeof receipt>;
export type PendingNotification = z.output<typeof notification>;
export const pendingKind = { store: 'pending', schema: pending };

/** How long an issuer lets the same key come back. */
export const resumeSeconds = 600;

/** Receipts that can still be taken up again. */
export async function listResumable(
  ports: Pick<WalletPorts, 'vault' | 'clock'>,
): Promise<readonly Entry<PendingReceipt>[]> {
  const entries = await ports.vault.records.list(pendingKind);
  return entries.flatMap(({ id, value }) =>
    value.kind === 'receipt' && value.at > ports.clock.now() - resumeSeconds ? [{ id, value }] : [],
  );
}

/** Removes what can no longer be finished, with its DPoP key. */
export async function sweepPending(ports: Pick<WalletPorts, 'vault' | 'clock'>): Promise<void> {
  const { records, keys } = ports.vault;
  const entries = await records.list(pendingKind);
  const old = entries.filter(({ value }) => value.at <= ports.clock.now() - resumeSeconds);
  if (old.length === 0) return;
  await records.change((draft) => {
    for (const { id } of old) draft.remove(pendingKind, id);
  });
  const kept = new Set(entries.filter((entry) => !old.includes(entry)).map(keyIdOf));
  for (const id of new Set(old.map(keyIdOf))) if (!kept.has(id)) await keys.removeKey(id);
}

function keyIdOf({ id, value }: Entry<Pending>): string {
  return value.kind === 'notification' ? value.receiptId : id;
}

export async function putPending(records: Records, id: string, value: Pending): Promise<void> {
  await records.change((draft) => draft.put(pendingKind, id, value));
}
