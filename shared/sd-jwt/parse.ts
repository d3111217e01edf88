import { HufuError } from '../errors.ts';
import { parseJwt, type UnverifiedJwt } from '../jwt/index.ts';
import { type Disclosure, parseDisclosure } from './disclosure.ts';

/** An SD-JWT or SD-JWT+KB taken apart. Nobody has vouched for any of it. */
export interface SdJwt {
  readonly jwt: UnverifiedJwt;
  readonly disclosures: readonly Disclosure[];
  /** The key binding JWT, if one is there. Whether there must be one is the reader's policy (RFC 9901 7.3). */
  readonly kbJwt: string | undefined;
  /** Everything up to the last tilde, which belongs to it: what `sd_hash` is over (RFC 9901 4.3.1). */
  readonly issuerSigned: string;
}

export interface SdJwtLimits {
  /** Characters of the whole text; 131,072 unless said. */
  readonly maxBytes?: number;
  /** 256 unless said. */
  readonly maxDisclosures?: number;
}

/**
 * RFC 9901 4 and 7.1 step 1. Refused: `json_limit` (before anything is read), `sd_format` (no tilde, or a last part
 * that is neither empty nor a JWT), and what `parseJwt` and `parseDisclosure` refuse.
 */
export function parseSdJwt(text: string, limits: SdJwtLimits = {}, at = 'sd_jwt'): SdJwt {
  const { maxBytes = 131_072, maxDisclosures = 256 } = limits;
  if (text.length > maxBytes) throw new HufuError('json_limit', { at });
  const [token, ...parts] = text.split('~', maxDisclosures + 3);
  const last = parts.pop();
  if (token === undefined || last === undefined) throw new HufuError('sd_format', { at });
  if (parts.length > maxDisclosures) throw new HufuError('json_limit', { at: `${at}.disclosures` });
  if (last !== '' && !isJwtShaped(last)) throw new HufuError('sd_format', { at });
  return {
    jwt: parseJwt(token, { maxBytes, at: `${at}.jwt` }),
    disclosures: parts.map((part, index) => parseDisclosure(part, maxBytes, `${at}.disclosures[${index}]`)),
    kbJwt: last === '' ? undefined : last,
    issuerSigned: text.slice(0, text.length - last.length),
  };
}

/** Three parts; a disclosure has no dot. */
export function isJwtShaped(text: string): boolean {
  return text.split('.', 4).length === 3;
}
