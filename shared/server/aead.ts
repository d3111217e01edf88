/** AES-256-GCM over bytes: `iv (12) . ciphertext . tag (16)`. One random key per value, so a nonce never repeats under a key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { encodeUtf8 } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';

const ivLength = 12;
const tagLength = 16;

export function newKey(): Uint8Array {
  return randomBytes(32);
}

export function sealBytes(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer> {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength });
  cipher.setAAD(aad);
  return joined([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext, or `integrity`: nothing is given out before the tag was checked. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer> {
  if (sealed.length < ivLength + tagLength) throw new HufuError('integrity');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivLength), { authTagLength: tagLength });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-tagLength));
  const plaintext = decipher.update(sealed.subarray(ivLength, -tagLength));
  try {
    return joined([plaintext, decipher.final()]);
  } catch (cause) {
    throw new HufuError('integrity', { cause });
  }
}

/** Four bytes of length before each part: `ab|c` and `a|bc` differ. */
export function lengthPrefixed(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  return joined(
    parts.flatMap((part) => {
      const bytes = encodeUtf8(part);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes];
    }),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
