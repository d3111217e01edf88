import * as z from 'zod/mini';
import { decodeBase64url, encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import {
  type Crypto,
  type PublicJwk,
  parsePublicJwk,
  type Signer,
  thumbprint,
  webSigner,
} from '../../shared/keys/index.ts';
import { type Gesture, lengthPrefixed } from '../vault/index.ts';

const publicJwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });

/** A holder key as it is kept: wrapped under the key that only a gesture yields, and its public half. */
export const sealedHolderKey = z.object({ publicJwk, iv: z.string(), wrapped: z.string() });
export type SealedHolderKey = z.output<typeof sealedHolderKey>;

const p256 = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * Makes one holder key. It is born extractable because only so can it be wrapped; it is wrapped at once, never used in
 * that form, and the plain copy is gone when this returns.
 */
export async function createHolderKey(gesture: Gesture, crypto: Crypto): Promise<SealedHolderKey> {
  const pair = await globalThis.crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
  const exported = await globalThis.crypto.subtle.exportKey('jwk', pair.publicKey);
  const { x, y } = parsePublicJwk({ kty: exported.kty, crv: exported.crv, x: exported.x, y: exported.y });
  if (y === undefined) throw new TypeError('P-256 key expected');
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  const iv = crypto.randomBytes(12);
  const algorithm = { name: 'AES-GCM', iv, additionalData: context(jwk, crypto) };
  const wrapped = await globalThis.crypto.subtle.wrapKey('pkcs8', pair.privateKey, gesture.holderKey, algorithm);
  return { publicJwk: jwk, iv: encodeBase64url(iv), wrapped: encodeBase64url(new Uint8Array(wrapped)) };
}

/** The key for as long as one act lasts, not extractable. `integrity` where it is not the key it is kept as. */
export async function openHolderKey(sealed: SealedHolderKey, gesture: Gesture, crypto: Crypto): Promise<Signer> {
  const algorithm = {
    name: 'AES-GCM',
    iv: decodeBase64url(sealed.iv),
    additionalData: context(sealed.publicJwk, crypto),
  };
  const wrapped = decodeBase64url(sealed.wrapped);
  try {
    const key = await globalThis.crypto.subtle.unwrapKey('pkcs8', wrapped, gesture.holderKey, algorithm, p256, false, [
      'sign',
    ]);
    return webSigner(key, sealed.publicJwk);
  } catch (cause) {
    throw new HufuError('integrity', { at: 'holder_key', cause });
  }
}

/** Binds the wrapped half to the public one: another copy's key does not open in its place. */
function context(jwk: PublicJwk, crypto: Crypto): Uint8Array<ArrayBuffer> {
  return lengthPrefixed(['hufu holder key 1', thumbprint(jwk, crypto)]);
}
