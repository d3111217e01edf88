/**
 * Opening a JWE on `node:crypto`, in one go on this thread. Through jose the same message makes six trips to WebCrypto's
 * threads, which cost a service three times what the arithmetic does (docs/decisions/node-jwe.md).
 */
import { createDecipheriv, createECDH, hash } from 'node:crypto';
import { decodeBase64url, encodeUtf8 } from '../encoding/index.ts';
import type { JweParts, OpenJwe } from '../jwt/index.ts';

const keyBytes = { A128GCM: 16, A256GCM: 32 } as const;

export const nodeOpenJwe: OpenJwe = ({ protectedHeader, header, iv, ciphertext, tag }, privateJwk) => {
  const key = deriveKey(header, decodeBase64url(String(privateJwk.d)));
  const decipher = createDecipheriv(header.enc === 'A128GCM' ? 'aes-128-gcm' : 'aes-256-gcm', key, iv, {
    authTagLength: 16,
  });
  decipher.setAAD(encodeUtf8(protectedHeader));
  decipher.setAuthTag(tag);
  // `final` throws when the tag is wrong; nothing of the content is looked at before.
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
};

/** RFC 7518 4.6.2: Concat KDF over the shared secret. One round of SHA-256 is enough for either key length. */
function deriveKey(header: JweParts['header'], privateKey: Uint8Array): Uint8Array {
  const agreement = createECDH('prime256v1');
  agreement.setPrivateKey(privateKey);
  // Refuses what is not a point of the curve.
  const secret = agreement.computeSecret(uncompressedPoint(header.epk));
  const length = keyBytes[header.enc];
  const input = Buffer.concat([
    uint32(1),
    secret,
    lengthPrefixed(encodeUtf8(header.enc)),
    lengthPrefixed(decodeBase64url(header.apu ?? '')),
    lengthPrefixed(decodeBase64url(header.apv ?? '')),
    uint32(length * 8),
  ]);
  return hash('sha256', input, 'buffer').subarray(0, length);
}

/** SEC 1 2.3.3. Coordinates that are not 32 bytes make a point of the wrong length, which is refused. */
function uncompressedPoint({ x, y }: { readonly x: string; readonly y: string }): Uint8Array {
  return Buffer.concat([Buffer.of(4), decodeBase64url(x), decodeBase64url(y)]);
}

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
