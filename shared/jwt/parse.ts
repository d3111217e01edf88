import { decodeBase64url, decodeBase64urlText, type JsonObject, parseJsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { isAlg } from '../keys/index.ts';

/** A token that nobody has vouched for. Only `verifyJwt` makes a VerifiedJwt of it. */
export interface UnverifiedJwt {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: string;
  readonly signature: Uint8Array;
  readonly token: string;
}

export interface ParseOptions {
  /** Characters of the whole token; 65,536 unless said. */
  readonly maxBytes?: number;
  readonly at?: string;
}

/** Longest `kid`: a did:jwk URL is a few hundred characters. */
const maxKid = 2_048;

/**
 * Compact JWS (RFC 7515 7.1) whose parts are JSON objects. Nothing is verified here, but what could never be verified
 * is refused before any key is looked for: `json_limit` (size), `encoding` (parts, base64url), the codes of
 * `parseJson`, `alg_not_allowed` (RFC 8725 3.1), `crit_unsupported` (any `crit`, RFC 7515 4.1.11; `b64`, RFC 7797),
 * `key_untrusted` (`jku`, `x5u`: a stranger's address; a `kid` that is no short printable text), `typ_mismatch`.
 */
export function parseJwt(token: string, options: ParseOptions = {}): UnverifiedJwt {
  const { maxBytes = 65_536, at = 'jwt' } = options;
  if (token.length > maxBytes) throw new HufuError('json_limit', { at });
  const first = token.indexOf('.');
  const last = token.lastIndexOf('.');
  if (first < 0 || last === first || token.indexOf('.', first + 1) !== last) throw new HufuError('encoding', { at });

  const limits = { maxBytes };
  const headerAt = `${at}.header`;
  const header = parseJsonObject(decodeBase64urlText(token.slice(0, first), headerAt), limits, headerAt);
  checkHeader(header, headerAt);
  const signature = decodeBase64url(token.slice(last + 1), `${at}.signature`);
  const payloadAt = `${at}.payload`;
  const payload = parseJsonObject(decodeBase64urlText(token.slice(first + 1, last), payloadAt), limits, payloadAt);
  return { header, payload, signingInput: token.slice(0, last), signature, token };
}

function checkHeader(header: JsonObject, at: string): void {
  if (!isAlg(header.alg)) throw new HufuError('alg_not_allowed', { at: `${at}.alg` });
  if ('crit' in header) throw new HufuError('crit_unsupported', { at: `${at}.crit` });
  if ('b64' in header) throw new HufuError('crit_unsupported', { at: `${at}.b64` });
  if ('jku' in header) throw new HufuError('key_untrusted', { at: `${at}.jku` });
  if ('x5u' in header) throw new HufuError('key_untrusted', { at: `${at}.x5u` });
  const kid = header.kid;
  if (kid !== undefined && !(typeof kid === 'string' && kid.length <= maxKid && /^[\x21-\x7e]+$/.test(kid))) {
    throw new HufuError('key_untrusted', { at: `${at}.kid` });
  }
  const typ = header.typ;
  if (typ !== undefined && typeof typ !== 'string') throw new HufuError('typ_mismatch', { at: `${at}.typ` });
}
