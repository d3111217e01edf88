import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { encodeBase64url, encodeUtf8 } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { type Algorithm, algFor, algorithmFor } from './algorithms.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { PublicJwk } from './jwk.ts';
import type { Crypto, HashName, Signer } from './ports.ts';

const hashes: Readonly<Record<HashName, (data: Uint8Array) => Uint8Array>> = {
  'sha-256': sha256,
  'sha-384': sha384,
  'sha-512': sha512,
};

/** The Crypto port on WebCrypto, for the browser; runs in Node as well. Imported keys are kept, 256 at most. */
export function webCrypto(): Crypto {
  const imported = new BoundedCache<Promise<CryptoKey>>(256);

  function keyFor(jwk: PublicJwk, row: Algorithm): Promise<CryptoKey> {
    const id = `${jwk.crv}.${jwk.x}.${jwk.y ?? ''}`;
    const known = imported.find(id);
    if (known !== undefined) return known;
    const key = importPublic(jwk, row);
    imported.put(id, key);
    return key;
  }

  function hash(name: HashName, data: Uint8Array | string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(hashes[name](typeof data === 'string' ? encodeUtf8(data) : data));
  }

  return {
    hash,
    sha256: (data) => hash('sha-256', data),
    sha256Base64url: (data) => encodeBase64url(hash('sha-256', data)),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    async verify(alg, key, signature, data) {
      const row = algorithmFor(alg, key);
      if (signature.length !== row.signatureBytes) return false;
      return crypto.subtle.verify(row.webSign, await keyFor(key, row), owned(signature), owned(data));
    },
  };
}

async function importPublic(jwk: PublicJwk, row: Algorithm): Promise<CryptoKey> {
  const { kty, crv, x, y } = jwk;
  try {
    const material = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
    return await crypto.subtle.importKey('jwk', material, row.webKey, false, ['verify']);
  } catch (cause) {
    throw new HufuError('key_invalid', { at: 'key', cause });
  }
}

/** Signs with a WebCrypto private key; `publicJwk` is its public half, as the caller knows it. */
export function webSigner(key: CryptoKey, publicJwk: PublicJwk): Signer {
  const alg = algFor(publicJwk);
  const row = algorithmFor(alg, publicJwk);
  return {
    alg,
    publicJwk,
    sign: async (data) => new Uint8Array(await crypto.subtle.sign(row.webSign, key, owned(data))),
  };
}

/** WebCrypto takes no view of shared memory. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : new Uint8Array(bytes);
}
