import { isJsonObject, type Json, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { parseJwt, type UnverifiedJwt, verifyJwt } from '../jwt/index.ts';
import type { Alg, Crypto, MaybePromise, PublicJwk } from '../keys/index.ts';
import { checkCredential } from './credential.ts';
import { baseCredentialType } from './library.ts';

export interface VerifyVcJwtOptions {
  readonly crypto: Crypto;
  readonly now: number;
  readonly skew?: number;
  /** ES256 unless said. */
  readonly algs?: readonly Alg[];
  /** The key the issuer is trusted with, found without believing the header: `IssuerTrust.keyFor`. */
  readonly issuerKey: (jwt: UnverifiedJwt) => MaybePromise<PublicJwk>;
  /** How the credential must be able to end: by `exp`, or by `exp` or a Token Status List entry. */
  readonly validity: 'exp-required' | 'exp-or-status';
  /** Types that it must have, all of them. */
  readonly expectedTypes?: readonly string[];
}

/** A credential whose issuer, dates and statements hold. Its status is still to be asked for (`payload.status`). */
export interface VerifiedVc {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  /** What DCQL paths start from (OpenID4VP 1.0 B.1.1), `credentialSubject` included. */
  readonly vc: JsonObject;
  readonly issuer: string;
  readonly subject: string;
  /** With `VerifiableCredential`. */
  readonly types: readonly string[];
}

/**
 * Verifies a W3C credential in JWT form (VCDM 1.1 6.3.1). Refused: what `parseJwt`, `verifyJwt` (`typ` must be `JWT`)
 * and `issuerKey` refuse, `sig_invalid`, what `checkCredential` refuses, `vct_mismatch`.
 */
export async function verifyVcJwt(token: string, options: VerifyVcJwtOptions): Promise<VerifiedVc> {
  const { crypto, now, skew, algs = ['ES256'], issuerKey, validity, expectedTypes = [] } = options;
  // 1. The token: kind, algorithm, trusted key, signature, registered times. A missing `exp` is judged with all dates.
  const { header, payload } = await verifyJwt(parseJwt(token, { at: 'credential' }), {
    crypto,
    key: issuerKey,
    expectedTyp: 'JWT',
    algs,
    now,
    ...(skew === undefined ? {} : { skew }),
    exp: 'optional',
    at: 'credential',
  });

  // 2. The credential.
  const mayLackExp = validity === 'exp-or-status' && hasStatusList(payload);
  const { iss, sub, vc } = await checkCredential(payload, { now, ...(skew === undefined ? {} : { skew }), mayLackExp });

  // 3. It is of the kind that was asked for.
  if (!expectedTypes.every((type) => vc.type.includes(type))) throw new HufuError('vct_mismatch', { at: 'vc.type' });
  return { header, payload, vc: objectOf(payload.vc), issuer: iss, subject: sub, types: vc.type };
}

/**
 * What a credential claims to be, without `VerifiableCredential`: to ask whether its issuer may say so. Empty when it
 * claims nothing readable, which no issuer is trusted with.
 */
export function unverifiedTypes(jwt: UnverifiedJwt): string[] {
  const type = isJsonObject(jwt.payload.vc) ? jwt.payload.vc.type : undefined;
  if (!Array.isArray(type) || !type.every((entry) => typeof entry === 'string')) return [];
  return type.filter((entry) => entry !== baseCredentialType);
}

/** For the compiler: `checkCredential` has seen that it is one. */
function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function hasStatusList({ status }: JsonObject): boolean {
  return isJsonObject(status) && isJsonObject(status.status_list);
}
