import type { JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { signJwt, type UnverifiedJwt, verifyJwt } from '../jwt/index.ts';
import type { Crypto, MaybePromise, PublicJwk, Signer } from '../keys/index.ts';
import { checkIssuerMetadata, type IssuerMetadata } from './metadata.ts';

const typ = 'openidvci-issuer-metadata+jwt';

/** Issuer metadata as a signed JWT (OpenID4VCI 1.0 12.2.3): the whole document as claims, `sub` the issuer. */
export function signIssuerMetadata(
  metadata: IssuerMetadata,
  options: { readonly now: number; readonly lifetimeSeconds: number; readonly header: JsonObject },
  signer: Signer,
): Promise<string> {
  const { now, lifetimeSeconds, header } = options;
  const claims = {
    iss: metadata.credential_issuer,
    sub: metadata.credential_issuer,
    iat: now,
    exp: now + lifetimeSeconds,
  };
  return signJwt({ ...header, typ }, { ...(metadata as unknown as JsonObject), ...claims }, signer);
}

/**
 * Verifies signed issuer metadata; `key` establishes trust in the signer and refuses otherwise (12.2.3).
 * Refused as `verifyJwt` refuses, `iss_mismatch` for another subject, `metadata_invalid` as `checkIssuerMetadata`.
 */
export async function verifyIssuerMetadata(
  token: string,
  options: {
    readonly crypto: Crypto;
    readonly key: (jwt: UnverifiedJwt) => MaybePromise<PublicJwk>;
    readonly expectedIssuer: string;
    readonly now: number;
  },
): Promise<IssuerMetadata> {
  const { payload } = await verifyJwt(token, {
    crypto: options.crypto,
    key: options.key,
    expectedTyp: typ,
    algs: ['ES256', 'EdDSA', 'Ed25519'],
    now: options.now,
    exp: 'optional',
    maxBytes: 262_144,
    maxAge: 86_400 * 31,
  });
  if (payload.sub !== options.expectedIssuer) throw new HufuError('iss_mismatch', { at: 'metadata.sub' });
  return checkIssuerMetadata(payload, options.expectedIssuer);
}
