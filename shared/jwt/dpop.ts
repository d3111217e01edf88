import { encodeBase64url, type JsonObject } from '../encoding/index.ts';
import type { Crypto, Signer } from '../keys/index.ts';
import { signJwt } from './sign.ts';

export interface DpopOptions {
  readonly htm: string;
  /** The address of the request; query and fragment are left out here (RFC 9449 4.2). */
  readonly htu: string;
  /** base64url(SHA-256(access token)): needed whenever an access token goes along. */
  readonly ath?: string;
  /** As the server gave it in `DPoP-Nonce`. */
  readonly nonce?: string;
  readonly now: number;
  readonly crypto: Crypto;
}

/** A DPoP proof (RFC 9449 4.2), good for one request. */
export function createDpop(options: DpopOptions, signer: Signer): Promise<string> {
  const { kty, crv, x, y } = signer.publicJwk;
  const address = new URL(options.htu);
  const payload: JsonObject = {
    jti: encodeBase64url(options.crypto.randomBytes(16)),
    htm: options.htm,
    htu: `${address.origin}${address.pathname}`,
    iat: options.now,
    ...(options.ath === undefined ? {} : { ath: options.ath }),
    ...(options.nonce === undefined ? {} : { nonce: options.nonce }),
  };
  return signJwt({ typ: 'dpop+jwt', jwk: y === undefined ? { kty, crv, x } : { kty, crv, x, y } }, payload, signer);
}
