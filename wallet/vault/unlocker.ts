import * as z from 'zod/mini';
import { passkeyEvidence } from './assertion.ts';
import type { Grade, VaultHeader } from './header.ts';

/** What is kept of a gesture. A passphrase leaves nothing that could be checked later, and the record says so. */
export const gestureEvidence = z.discriminatedUnion('kind', [
  passkeyEvidence,
  z.strictObject({ kind: z.literal('passphrase') }),
]);
export type GestureEvidence = z.infer<typeof gestureEvidence>;

/**
 * What stands between a person and the keys: a passkey, or the weaker passphrase. Refusals: `passkey_missing` (no
 * passkeys here), `passkey_prf` (a passkey that cannot derive keys), `passkey_cancelled`, `passkey_invalid`,
 * `passphrase_wrong`. None of them falls back to anything by itself.
 */
export interface Unlocker {
  readonly grade: Grade;
  /** Makes what will unlock; the header to keep and the records key. */
  enrol(): Promise<{ readonly header: VaultHeader; readonly recordsKey: CryptoKey }>;
  unlock(header: VaultHeader): Promise<CryptoKey>;
  /** One act of the person over `challenge` (32 bytes): the holder keys' key for this act, and the proof of the act. */
  gesture(
    header: VaultHeader,
    challenge: Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly holderKey: CryptoKey; readonly evidence: GestureEvidence }>;
}
