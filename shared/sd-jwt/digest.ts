import { encodeBase64url, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { Hasher, HashName } from '../keys/index.ts';

/**
 * RFC 9901 4.1.1: the hash of the disclosures and of `sd_hash`; SHA-256 where nothing is said. Everything else but
 * its two longer sisters is refused with `sd_alg`: no MD5, no SHA-1, no truncated hash.
 */
export function readHashName(payload: JsonObject, at: string): HashName {
  switch (payload._sd_alg) {
    case undefined:
      return 'sha-256';
    case 'sha-256':
    case 'sha-384':
    case 'sha-512':
      return payload._sd_alg;
    default:
      throw new HufuError('sd_alg', { at: `${at}._sd_alg` });
  }
}

/** RFC 9901 4.2.3 and 4.3.1: base64url of the hash over the characters as sent. */
export function digestOf(text: string, hashName: HashName, hasher: Hasher): string {
  return hashName === 'sha-256' ? hasher.sha256Base64url(text) : encodeBase64url(hasher.hash(hashName, text));
}
