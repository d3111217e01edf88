import type { Place } from '../claims-path.ts';
import type { JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { checkTimes, defaultSkew, type UnverifiedJwt, verifyJwt } from '../jwt/index.ts';
import type { Alg, Crypto, MaybePromise, PublicJwk } from '../keys/index.ts';
import { type IssuerPartCache, rememberSignatures } from './issuer-part-cache.ts';
import { type ExpectedKeyBinding, type KeyBinding, verifyKeyBinding } from './key-binding.ts';
import { isJwtShaped, parseSdJwt, type SdJwtLimits } from './parse.ts';
import { processDisclosures } from './process.ts';
import { checkCredentialRules, hasStatusList } from './vc.ts';

export interface VerifySdJwtOptions {
  readonly crypto: Crypto;
  /** Epoch seconds. */
  readonly now: number;
  /** Seconds; 60 unless said. */
  readonly skew?: number;
  /** `dc+sd-jwt` unless said. */
  readonly expectedTyp?: string;
  /** Of the issuer and the holder; every algorithm we have unless said. */
  readonly algs?: readonly Alg[];
  /** The key trusted for this issuer and this type, or a refusal; asked each time. */
  readonly issuerKey: (jwt: UnverifiedJwt) => MaybePromise<PublicJwk>;
  /**
   * The reader's policy, never read off the input (RFC 9901 7.3 step 1). `none-at-issuance` is for a wallet that
   * receives a credential, and for a query that waived holder binding.
   */
  readonly keyBinding: ExpectedKeyBinding | 'none-at-issuance';
  /** How the credential must be able to end: `exp`, or `exp` and a status entry in any combination. */
  readonly validity: 'exp-required' | 'exp-or-status';
  /** The types asked for. */
  readonly expectedVct?: readonly string[];
  readonly limits?: SdJwtLimits;
  /** Saves the issuer's signature check of a credential seen before; nothing else is skipped. */
  readonly seen?: IssuerPartCache;
  readonly at?: string;
}

declare const verified: unique symbol;

/** Evidence: issuer, integrity, times and holder binding were checked. Status and type rules were not. */
export interface VerifiedSdJwt {
  readonly header: JsonObject;
  /** Processed: disclosed claims in their places, no trace of digests. Objects have no prototype. */
  readonly payload: JsonObject;
  /** From `cnf`; always there if key binding was asked for. */
  readonly holderKey: PublicJwk | undefined;
  /** Where in `payload` the disclosed claims are. */
  readonly disclosedPaths: readonly Place[];
  readonly transactionDataHashes: readonly string[] | undefined;
  readonly transactionDataHashesAlg: string | undefined;
  /** Names the credential, whatever was disclosed of it: base64url SHA-256 over the issuer's signing input. */
  readonly credentialHash: string;
  readonly [verified]: true;
}

const allAlgs: readonly Alg[] = ['ES256', 'EdDSA', 'Ed25519'];

/**
 * Verifies an SD-JWT VC or its presentation: RFC 9901 7.1 and 7.3, SD-JWT VC 3.2 and 3.4. Refused: `kb_missing`,
 * `kb_unexpected`, what `parseSdJwt`, `verifyJwt`, `processDisclosures`, `checkCredentialRules`, `checkTimes` and
 * `verifyKeyBinding` refuse, and whatever `issuerKey` throws. Status is checked afterwards, by whoever can ask.
 */
export async function verifySdJwt(text: string, options: VerifySdJwtOptions): Promise<VerifiedSdJwt> {
  const { crypto, now, skew = defaultSkew, algs = allAlgs, keyBinding, at = 'sd_jwt' } = options;
  const expectedBinding = keyBinding === 'none-at-issuance' ? undefined : keyBinding;

  // 1. Holder binding is there if and only if it was asked for (RFC 9901 7.3 steps 1 and 2).
  if (expectedBinding !== undefined && !endsInJwt(text)) throw new HufuError('kb_missing', { at });
  // 2. Form and size (7.1 step 1).
  const sdJwt = parseSdJwt(text, options.limits, at);
  if (expectedBinding === undefined && sdJwt.kbJwt !== undefined) throw new HufuError('kb_unexpected', { at });

  // 3. The issuer's signature, by a key trusted for it (7.1 step 2).
  const { header } = await verifyJwt(sdJwt.jwt, {
    crypto: options.seen === undefined ? crypto : rememberSignatures(crypto, options.seen),
    key: options.issuerKey,
    expectedTyp: options.expectedTyp ?? 'dc+sd-jwt',
    algs,
    now,
    skew,
    exp: 'optional',
    at,
  });

  // 4. Every disclosure has its place, and no digest has two (7.1 steps 3 to 5).
  const { payload, places, hashName } = processDisclosures(sdJwt, crypto, at);

  // 5. The rules for credentials, and the times as they are after disclosure (7.1 step 6, SD-JWT VC 3.2.2).
  const holderKey = checkCredentialRules(payload, { at, expectedVct: options.expectedVct });
  const mayLackExp = options.validity === 'exp-or-status' && hasStatusList(payload);
  checkTimes(payload, { now, skew, exp: mayLackExp ? 'optional' : 'required', at });

  // 6. The holder's signature over this very presentation (7.3 step 4).
  let binding: KeyBinding | undefined;
  if (expectedBinding !== undefined) {
    const { kbJwt, issuerSigned } = sdJwt;
    if (kbJwt === undefined || holderKey === undefined) throw new HufuError('kb_missing', { at: `${at}.cnf` });
    const expected = { ...expectedBinding, crypto, algs, now, skew, holderKey, issuerSigned, hashName, at: `${at}.kb` };
    binding = await verifyKeyBinding(kbJwt, expected);
  }

  return evidence({
    header,
    payload,
    holderKey,
    disclosedPaths: places,
    transactionDataHashes: binding?.transactionDataHashes,
    transactionDataHashesAlg: binding?.transactionDataHashesAlg,
    credentialHash: crypto.sha256Base64url(sdJwt.jwt.signingInput),
  });
}

/** A bare JWT, a missing last tilde and a stripped key binding look different and mean the same. */
function endsInJwt(text: string): boolean {
  const tilde = text.lastIndexOf('~');
  return tilde >= 0 && isJwtShaped(text.slice(tilde + 1));
}

/** The only place where the mark of a verified credential is given. */
function evidence(checked: Omit<VerifiedSdJwt, typeof verified>): VerifiedSdJwt {
  return checked as VerifiedSdJwt;
}
