import { encodeBase64url, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { Hasher, HashName } from '../keys/index.ts';

const hashNames: readonly HashName[] = ['sha-256', 'sha-384', 'sha-512'];

/**
 * RFC 9901 4.1.1: the hash of the disclosures and of `sd_hash`; SHA-256 where nothing is said. Everything else but
 * its two longer sisters is refused with `sd_alg`: no MD5, no SHA-1, no truncated hash.
 */
export function readHashName({ _sd_alg: named }: JsonObject, at: string): HashName {
  if (named === undefined) return 'sha-256';
  const known = hashNames.find((hashName) => hashName === named);
  if (known === undefined) throw new HufuError('sd_alg', { at: `${at}._sd_alg` });
  return known;
}

/** RFC 9901 4.2.3 and 4.3.1: base64url of the hash over the characters as sent. */
export function digestOf(text: string, hashName: HashName, hasher: Hasher): string {
  return hashName === 'sha-256' ? hasher.sha256Base64url(text) : encodeBase64url(hasher.hash(hashName, text));
}
