import { encodeUtf8, isJsonObject, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import {
  type Alg,
  type Crypto,
  isAlg,
  type MaybePromise,
  type PublicJwk,
  parsePublicJwk,
  sameKey,
} from '../keys/index.ts';
import { type ParseOptions, parseJwt, type UnverifiedJwt } from './parse.ts';
import { checkTimes, type TimeOptions } from './times.ts';

declare const verified: unique symbol;

/** Evidence: signature, kind, time, audience and issuer were checked. Nothing but `verifyJwt` makes one. */
export interface VerifiedJwt {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly [verified]: true;
}

export interface VerifyOptions extends TimeOptions, ParseOptions {
  readonly crypto: Crypto;
  /**
   * The key that must have signed. A key given as such means that the header has nothing to say: `x5c`, or a `jwk`
   * that is another key, is refused. Whoever reads the key from the header on purpose passes a function.
   */
  readonly key: PublicJwk | ((jwt: UnverifiedJwt) => MaybePromise<PublicJwk>);
  readonly expectedTyp: string;
  readonly algs: readonly Alg[];
  /** The one audience: a single string, equal (RFC 7519 4.1.3). */
  readonly expectedAud?: string;
  readonly expectedIss?: string;
}

/**
 * Verifies a compact JWS with JWT claims (RFC 7515 5.2, RFC 7519 7.2, RFC 8725).
 * Refused, in this order: what `parseJwt` refuses; `alg_not_allowed`; `typ_mismatch`; `key_untrusted`; `sig_invalid`;
 * what `checkTimes` refuses; `iss_mismatch`; `aud_mismatch`.
 */
export async function verifyJwt(token: string | UnverifiedJwt, options: VerifyOptions): Promise<VerifiedJwt> {
  const at = options.at ?? 'jwt';
  const jwt = typeof token === 'string' ? parseJwt(token, options) : token;
  const { header, payload } = jwt;

  // 1. The kind of token, from what was agreed and never from the token (RFC 8725 3.1, 3.11).
  const alg = header.alg;
  if (!isAlg(alg) || !options.algs.includes(alg)) throw new HufuError('alg_not_allowed', { at: `${at}.header.alg` });
  if (header.typ !== options.expectedTyp) throw new HufuError('typ_mismatch', { at: `${at}.header.typ` });

  // 2. The key and the signature.
  const key = await trustedKey(jwt, options.key, at);
  const good = await options.crypto.verify(alg, key, jwt.signature, encodeUtf8(jwt.signingInput));
  if (good !== true) throw new HufuError('sig_invalid', { at: `${at}.signature` });

  // 3. What it says.
  checkTimes(payload, options);
  if (options.expectedIss !== undefined && payload.iss !== options.expectedIss) {
    throw new HufuError('iss_mismatch', { at: `${at}.iss` });
  }
  if (options.expectedAud !== undefined && payload.aud !== options.expectedAud) {
    throw new HufuError('aud_mismatch', { at: `${at}.aud` });
  }
  return evidence({ header, payload });
}

async function trustedKey(jwt: UnverifiedJwt, key: VerifyOptions['key'], at: string): Promise<PublicJwk> {
  const { x5c, jwk } = jwt.header;
  if (typeof key !== 'function' && x5c !== undefined) throw new HufuError('key_untrusted', { at: `${at}.header.x5c` });
  const trusted = typeof key === 'function' ? await key(jwt) : key;
  if (jwk !== undefined && !(isJsonObject(jwk) && sameKey(parsePublicJwk(jwk, `${at}.header.jwk`), trusted))) {
    throw new HufuError('key_untrusted', { at: `${at}.header.jwk` });
  }
  return trusted;
}

/** The only place where the mark of a verified token is given. */
function evidence(jwt: { readonly header: JsonObject; readonly payload: JsonObject }): VerifiedJwt {
  return jwt as VerifiedJwt;
}
