import type { HeldCredential } from '../../shared/dcql/index.ts';
import type { DidKeys } from '../../shared/did/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { type IssuerPartCache, verifySdJwt } from '../../shared/sd-jwt/index.ts';
import { readStatusReference, type StatusReference } from '../../shared/status-list/index.ts';
import type { IssuerTrust, TrustedIssuer, TrustedKey } from '../../shared/trust/index.ts';
import { unverifiedTypes, verifyVpJwt } from '../../shared/vc-jwt/index.ts';

export interface FormatPorts {
  readonly crypto: Crypto;
  readonly trust: IssuerTrust;
  readonly dids: DidKeys;
  /** Signatures of issuers over credentials seen before. */
  readonly seen: IssuerPartCache;
}

/** To whom and for which request a presentation must have been made. */
export interface ExpectedBinding {
  /** The full client identifier, prefix included (OpenID4VP 1.0 5.9.3). */
  readonly clientId: string;
  readonly nonce: string;
  readonly now: number;
  /** The types asked for (`vct_values`), for formats whose credentials have one type each. */
  readonly vctValues: readonly string[];
  /** Where in the vp_token: `vp_token.resident_sd[0]`. */
  readonly at: string;
}

/** A credential whose issuer, integrity, times and holder were checked. Status and query were not. */
export interface VerifiedCredential {
  readonly held: HeldCredential;
  readonly issuer: TrustedIssuer;
  readonly alg: string;
  readonly status: StatusReference | undefined;
}

type VerifyFormat = (
  presentation: string,
  expected: ExpectedBinding,
  ports: FormatPorts,
) => Promise<VerifiedCredential>;

/**
 * SD-JWT VC with key binding: OpenID4VP 1.0 B.3, RFC 9901 7.3. What is asked for is the exact `vct`: type metadata is
 * not fetched, so a type that extends an asked one does not answer for it.
 */
const verifySdJwtVc: VerifyFormat = async (presentation, expected, ports) => {
  let trusted: TrustedKey | undefined;
  const verified = await verifySdJwt(presentation, {
    crypto: ports.crypto,
    now: expected.now,
    issuerKey: async (jwt) => {
      trusted = await ports.trust.keyFor(jwt, typeof jwt.payload.vct === 'string' ? jwt.payload.vct : []);
      return trusted.key;
    },
    keyBinding: { expectedAud: expected.clientId, expectedNonce: expected.nonce },
    validity: 'exp-or-status',
    expectedVct: expected.vctValues,
    seen: ports.seen,
    at: expected.at,
  });
  // We never ask for a transaction: an agreement to one is not for us to take along (OpenID4VP 1.0 8.4, B.3.3.1).
  if (verified.transactionDataHashes !== undefined || verified.transactionDataHashesAlg !== undefined) {
    throw new HufuError('transaction_data', { at: `${expected.at}.kb` });
  }
  if (trusted === undefined) throw new TypeError('a signature was verified without asking for its key');
  const { payload, header } = verified;
  return {
    held: {
      id: verified.credentialHash,
      format: 'dc+sd-jwt',
      types: [String(payload.vct)],
      claims: payload,
      authorityKeyIds: trusted.authorityKeyIds,
      holderBound: verified.holderKey !== undefined,
    },
    issuer: trusted.issuer,
    alg: String(header.alg),
    status: readStatusReference(payload),
  };
};

/** W3C VC-JWT in a presentation signed by its subject: OpenID4VP 1.0 B.1. */
const verifyVcJwtVp: VerifyFormat = async (presentation, expected, ports) => {
  let trusted: TrustedKey | undefined;
  const { credential } = await verifyVpJwt(presentation, {
    crypto: ports.crypto,
    dids: ports.dids,
    now: expected.now,
    expectedAud: expected.clientId,
    expectedNonce: expected.nonce,
    issuerKey: async (jwt) => {
      trusted = await ports.trust.keyFor(jwt, unverifiedTypes(jwt));
      return trusted.key;
    },
    validity: 'exp-or-status',
  });
  if (trusted === undefined) throw new TypeError('a signature was verified without asking for its key');
  return {
    held: {
      id: ports.crypto.sha256Base64url(JSON.stringify(credential.payload)),
      format: 'jwt_vc_json',
      types: credential.types,
      claims: credential.vc,
      authorityKeyIds: trusted.authorityKeyIds,
      holderBound: true,
    },
    issuer: trusted.issuer,
    alg: String(credential.header.alg),
    status: readStatusReference(credential.payload),
  };
};

export const formats: Readonly<Record<HeldCredential['format'], VerifyFormat>> = {
  'dc+sd-jwt': verifySdJwtVc,
  jwt_vc_json: verifyVcJwtVp,
};

export function knownFormat(format: string | undefined): HeldCredential['format'] | undefined {
  return format === 'dc+sd-jwt' || format === 'jwt_vc_json' ? format : undefined;
}
