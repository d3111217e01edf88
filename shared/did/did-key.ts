import type { DIDDocument } from 'did-resolver';
import { encodeBase64url } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { type PublicJwk, parsePublicJwk } from '../keys/index.ts';
import { decodeBase58 } from './base58.ts';
import { selfContained } from './document.ts';
import { decompressPoint } from './p256-point.ts';

/** Multicodec codes as unsigned varints: p256-pub 0x1200, ed25519-pub 0xed. */
const p256Codec = [0x80, 0x24] as const;
const ed25519Codec = [0xed, 0x01] as const;

/**
 * did:key (v0.9, 3) for P-256 (`zDn...`) and Ed25519 (`z6Mk...`). The key signs for assertion and authentication; the
 * key agreement key that may be derived from it is of no use here and left out.
 * Refused: another multibase (`did_invalid`), another key type (`did_unsupported`), no such point (`key_invalid`).
 */
export function resolveDidKey(did: string, id: string): DIDDocument {
  if (!id.startsWith('z')) throw new HufuError('did_invalid', { at: 'multibase' });
  const bytes = decodeBase58(id.slice(1));
  return selfContained(did, `${did}#${id}`, keyOf(bytes));
}

function keyOf(bytes: Uint8Array): PublicJwk {
  const key = bytes.subarray(2);
  if (bytes[0] === p256Codec[0] && bytes[1] === p256Codec[1]) {
    const { x, y } = decompressPoint(key);
    return { kty: 'EC', crv: 'P-256', x: encodeBase64url(x), y: encodeBase64url(y) };
  }
  if (bytes[0] === ed25519Codec[0] && bytes[1] === ed25519Codec[1]) {
    return parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(key) }, 'did');
  }
  throw new HufuError('did_unsupported', { at: 'multicodec' });
}
