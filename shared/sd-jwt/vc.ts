import type { Path } from '../claims-path.ts';
import { isJsonObject, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { type PublicJwk, parsePublicJwk } from '../keys/index.ts';

/** SD-JWT VC 3.2.2.2: claims the reader must always see, with all that is in them. */
const neverDisclosable: ReadonlySet<unknown> = new Set([
  'iss',
  'nbf',
  'exp',
  'cnf',
  'vct',
  'vct#integrity',
  'aka_vcts',
  'status',
]);

export function isNeverDisclosable(topLevelName: Path[number] | undefined): boolean {
  return neverDisclosable.has(topLevelName);
}

export interface CredentialRules {
  /** The types the reader asked for; undefined where it asked for none in particular. */
  readonly expectedVct: readonly string[] | undefined;
  readonly at: string;
}

/**
 * SD-JWT VC 3.2.2 on the processed payload; answers the holder's key if the credential has one. Refused: `claim_type`
 * (`vct` missing or not a text, `iss` or `sub` not a text, `aka_vcts` not texts, empty or naming `vct`), `vct_mismatch`,
 * `aud_mismatch` (a credential made for somebody in particular, RFC 7519 4.1.3), `key_invalid` (`cnf` without a usable
 * `jwk`). Times are for `checkTimes`.
 */
export function checkCredentialRules(payload: JsonObject, rules: CredentialRules): PublicJwk | undefined {
  const { at } = rules;
  const { vct, aka_vcts: akaVcts, cnf } = payload;
  if (typeof vct !== 'string' || vct === '') throw new HufuError('claim_type', { at: `${at}.vct` });
  if (rules.expectedVct !== undefined && !rules.expectedVct.includes(vct)) {
    throw new HufuError('vct_mismatch', { at: `${at}.vct` });
  }
  if (akaVcts !== undefined && !areOtherNames(akaVcts, vct))
    throw new HufuError('claim_type', { at: `${at}.aka_vcts` });
  for (const name of ['iss', 'sub'] as const) {
    const value = payload[name];
    if (value !== undefined && typeof value !== 'string') throw new HufuError('claim_type', { at: `${at}.${name}` });
  }
  if (payload.aud !== undefined) throw new HufuError('aud_mismatch', { at: `${at}.aud` });
  if (cnf === undefined) return undefined;
  if (!isJsonObject(cnf)) throw new HufuError('key_invalid', { at: `${at}.cnf` });
  return parsePublicJwk(cnf.jwk, `${at}.cnf.jwk`);
}

function areOtherNames(value: unknown, vct: string): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && name !== '' && name !== vct)
  );
}

/** HAIP 6.1: a credential may end by its status instead of its `exp`. */
export function hasStatusList({ status }: JsonObject): boolean {
  return isJsonObject(status) && isJsonObject(status.status_list);
}
