import type { Signer } from '../keys/index.ts';
import { baseContext, basePresentationType, libraryIssuer, loadLibrary } from './library.ts';

/** As long as a key-binding JWT is fresh. */
const lifetime = 300;

export interface CreateVpJwtOptions {
  readonly vcJwt: string;
  /** The subject of the credential; `kid` is the DID URL of the signer's key (`did:jwk:...#0`). */
  readonly holder: { readonly did: string; readonly kid: string; readonly signer: Signer };
  /** The verifier's `client_id`, prefix included. */
  readonly aud: string;
  readonly nonce: string;
  readonly now: number;
}

/** A presentation of one credential for one verifier and one request (VCDM 1.1 6.3.1, OpenID4VP 1.0 B.1.3.2). */
export async function createVpJwt({ vcJwt, holder, aud, nonce, now }: CreateVpJwtOptions): Promise<string> {
  const { createVerifiablePresentationJwt } = await loadLibrary();
  return createVerifiablePresentationJwt(
    {
      vp: { '@context': [baseContext], type: [basePresentationType], verifiableCredential: [vcJwt] },
      // The library's own `domain` option would make this an array, which could name a second verifier.
      aud,
      nonce,
      iat: now,
      nbf: now,
      exp: now + lifetime,
    },
    libraryIssuer(holder.did, holder.signer),
    { header: { typ: 'JWT', kid: holder.kid } },
  );
}
