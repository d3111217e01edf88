import type { DIDDocument } from 'did-resolver';
import { decodeBase64urlText, encodeBase64url, parseJsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { type PublicJwk, parsePublicJwk } from '../keys/index.ts';
import { selfContained } from './document.ts';

/**
 * did:jwk: the identifier is the public JWK itself, and its one key is always `#0`.
 * `use: "enc"` makes a key that agrees and never signs. Refused: text that is no JSON object in base64url
 * (`encoding`, `json_*`), a private or unsupported key (`key_invalid`), another `use` (`did_invalid`).
 */
export function resolveDidJwk(did: string, id: string): DIDDocument {
  const { use, ...members } = parseJsonObject(decodeBase64urlText(id, 'did'), { maxBytes: 2048, maxDepth: 3 }, 'did');
  if (use !== undefined && use !== 'sig' && use !== 'enc') throw new HufuError('did_invalid', { at: 'use' });
  return selfContained(did, `${did}#0`, parsePublicJwk(members, 'did'), use === 'enc' ? 'agrees' : 'signs');
}

/** The did:jwk of a key in its shortest form: required members only, in the order of RFC 7638. */
export function didJwkOf(jwk: PublicJwk): string {
  const { crv, kty, x, y } = jwk;
  return `did:jwk:${encodeBase64url(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y }))}`;
}
