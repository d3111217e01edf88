import type { JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';

/** Clocks may differ by this many seconds, everywhere and in both directions. */
export const defaultSkew = 60;

export interface TimeOptions {
  readonly now: number;
  readonly skew?: number;
  /** A token that must end carries `exp`; `optional` is for those whose end is another's (say, a nonce or a status). */
  readonly exp: 'required' | 'optional';
  /** Seconds since `iat`, which is then required. */
  readonly maxAge?: number;
  readonly at?: string;
}

/**
 * RFC 7519 4.1.4 to 4.1.6. Refused: `claim_type` (a time that is no whole non-negative number, or a required one that
 * is missing: absence is never "no expiry"), `expired` (exp <= now - skew, or older than `maxAge`), `not_yet_valid`
 * (nbf or iat > now + skew).
 */
export function checkTimes(payload: JsonObject, options: TimeOptions): void {
  const { now, skew = defaultSkew, maxAge, at = 'jwt' } = options;
  const instant = (name: string): number | undefined => readInstant(payload, name, at);
  const exp = instant('exp');
  const nbf = instant('nbf');
  const iat = instant('iat');
  instant('auth_time');
  if (exp === undefined && options.exp === 'required') throw new HufuError('claim_type', { at: `${at}.exp` });
  if (iat === undefined && maxAge !== undefined) throw new HufuError('claim_type', { at: `${at}.iat` });
  if (exp !== undefined && exp <= now - skew) throw new HufuError('expired', { at: `${at}.exp` });
  if (nbf !== undefined && nbf > now + skew) throw new HufuError('not_yet_valid', { at: `${at}.nbf` });
  if (iat !== undefined && iat > now + skew) throw new HufuError('not_yet_valid', { at: `${at}.iat` });
  if (iat !== undefined && maxAge !== undefined && iat <= now - maxAge - skew) {
    throw new HufuError('expired', { at: `${at}.iat` });
  }
}

function readInstant(payload: JsonObject, name: string, at: string): number | undefined {
  const value = payload[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HufuError('claim_type', { at: `${at}.${name}` });
}
