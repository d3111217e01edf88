import { HufuError } from '../../shared/errors.ts';
import { parsePublicJwk, type Signer, webSigner } from '../../shared/keys/index.ts';
import type { Vault } from '../vault/index.ts';

const p256 = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * A key for one receipt's conversation with its issuer, never extractable and apart from the holder keys: it needs no
 * gesture, so that an interrupted receipt can be taken up again, and shows nothing but that the same wallet is back.
 */
export async function createDpopKey(id: string, vault: Vault): Promise<Signer> {
  const pair = await crypto.subtle.generateKey(p256, false, ['sign', 'verify']);
  await vault.keys.putKey(id, pair);
  return signerOf(pair);
}

/** The key of a receipt that was begun earlier; `grant_invalid` where it is gone, since no other key may go on with it. */
export async function openDpopKey(id: string, vault: Vault): Promise<Signer> {
  const pair = await vault.keys.findKey(id);
  if (pair === undefined) throw new HufuError('grant_invalid', { at: 'dpop_key' });
  return signerOf(pair);
}

async function signerOf(pair: CryptoKeyPair): Promise<Signer> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return webSigner(pair.privateKey, parsePublicJwk({ kty, crv, x, y }));
}
