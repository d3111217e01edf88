import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  hash as nodeHash,
  randomFillSync,
  sign,
  verify,
} from 'node:crypto';
import { HufuError } from '../errors.ts';
import {
  type Alg,
  algFor,
  algorithmFor,
  BoundedCache,
  type Crypto,
  type HashName,
  type PublicJwk,
  parsePublicJwk,
  type Signer,
} from '../keys/index.ts';

const hashNames: Readonly<Record<HashName, string>> = { 'sha-256': 'sha256', 'sha-384': 'sha384', 'sha-512': 'sha512' };

/** The Crypto port on synchronous `node:crypto`. Importing a key costs as much as a third of a check: 4,096 are kept. */
export function nodeCrypto(): Crypto {
  const imported = new BoundedCache<KeyObject>(4_096);

  function keyFor(jwk: PublicJwk): KeyObject {
    const id = `${jwk.crv}.${jwk.x}.${jwk.y ?? ''}`;
    const known = imported.find(id);
    if (known !== undefined) return known;
    const key = importPublic(jwk);
    imported.put(id, key);
    return key;
  }

  return {
    hash: (name, data) => owned(nodeHash(hashNames[name], data, 'buffer')),
    sha256: (data) => owned(nodeHash('sha256', data, 'buffer')),
    sha256Base64url: (data) => nodeHash('sha256', data, 'base64url'),
    randomBytes,
    verify(alg, key, signature, data) {
      const row = algorithmFor(alg, key);
      if (signature.length !== row.signatureBytes) return false;
      return row.kty === 'EC'
        ? verify('sha256', data, { key: keyFor(key), dsaEncoding: 'ieee-p1363' }, signature)
        : verify(null, data, keyFor(key), signature);
    },
  };
}

function importPublic(jwk: PublicJwk): KeyObject {
  const { kty, crv, x, y } = jwk;
  try {
    return createPublicKey({ key: y === undefined ? { kty, crv, x } : { kty, crv, x, y }, format: 'jwk' });
  } catch (cause) {
    throw new HufuError('key_invalid', { at: 'key', cause });
  }
}

/** A signer for a private key given as PEM, as JWK or ready. Refused: `key_invalid` (unreadable, or of another kind). */
export function nodeSigner(material: string | JsonWebKey | KeyObject): Signer {
  try {
    const key = privateKey(material);
    const publicJwk = parsePublicJwk(createPublicKey(key).export({ format: 'jwk' }));
    return signerOf(key, publicJwk, algFor(publicJwk));
  } catch (cause) {
    throw new HufuError('key_invalid', { at: 'private key', cause });
  }
}

function privateKey(material: string | JsonWebKey | KeyObject): KeyObject {
  if (material instanceof KeyObject) return material;
  return typeof material === 'string' ? createPrivateKey(material) : createPrivateKey({ key: material, format: 'jwk' });
}

/** A new key of the given kind, in memory only. */
export function generateNodeSigner(alg: Alg): Signer {
  const pair = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return signerOf(pair.privateKey, parsePublicJwk(pair.publicKey.export({ format: 'jwk' })), alg);
}

function signerOf(key: KeyObject, publicJwk: PublicJwk, alg: Alg): Signer {
  return {
    alg,
    publicJwk,
    sign: (data) =>
      owned(alg === 'ES256' ? sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }) : sign(null, data, key)),
  };
}

/** One call for many numbers: a pool makes a short random string fifteen times cheaper. Bytes leave the pool once. */
const pool = new Uint8Array(4_096);
let used = pool.length;

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > 64) return randomFillSync(new Uint8Array(length));
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + length);
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}

/** Small Buffers share one allocation; what leaves this room stands alone. */
function owned(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}
