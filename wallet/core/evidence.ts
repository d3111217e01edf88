import { HufuError } from '../../shared/errors.ts';
import { verifyAssertion } from '../vault/index.ts';
import type { Shown } from './activity.ts';
import { showingChallenge } from './answer.ts';
import type { WalletPorts } from './ports.ts';

/**
 * Checks a showing in the log again: that the passkey of this vault was touched, by a recognised person, over exactly
 * this request and these claims. It proves the gesture to the holder, to nobody else. Refused with `passkey_invalid`;
 * `passkey_missing` where a passphrase stood for the passkey, which proves nothing.
 */
export async function verifyShown(
  entry: Shown,
  ports: Pick<WalletPorts, 'vault' | 'crypto' | 'origin'>,
): Promise<void> {
  const { header } = ports.vault;
  const { evidence } = entry;
  if (evidence.kind !== 'passkey' || header?.grade !== 'passkey') throw new HufuError('passkey_missing');
  if (ports.crypto.sha256Base64url(entry.requestObject) !== entry.requestHash) {
    throw new HufuError('passkey_invalid', { at: 'request' });
  }
  const challenge = showingChallenge(entry.requestObject, entry.chosen, ports);
  await verifyAssertion(evidence, { ...header, challenge, origin: ports.origin, hasher: ports.crypto });
}
