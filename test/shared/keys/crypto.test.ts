import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, encodeUtf8 } from '../../../shared/encoding/index.ts';
import {
  type Alg,
  BoundedCache,
  type Crypto,
  parsePublicJwk,
  webCrypto,
  webSigner,
} from '../../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto, nodeSigner } from '../../../shared/server/node-crypto.ts';
import { ecdsaTwin } from './ecdsa-twin.ts';

const adapters: readonly (readonly [string, Crypto])[] = [
  ['node:crypto', nodeCrypto()],
  ['WebCrypto', webCrypto()],
];
const data = encodeUtf8('what is signed');
const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

describe.each(adapters)('crypto port on %s', (_name, crypto) => {
  it.each<Alg>(['ES256', 'EdDSA', 'Ed25519'])('%s: verifies what was signed, and nothing else', async (alg) => {
    const signer = generateNodeSigner(alg);
    const signature = await signer.sign(data);
    expect(signature).toHaveLength(64);
    expect(await crypto.verify(alg, signer.publicJwk, signature, data)).toBe(true);
    expect(await crypto.verify(alg, signer.publicJwk, signature, encodeUtf8('what is signeD'))).toBe(false);
    expect(await crypto.verify(alg, generateNodeSigner(alg).publicJwk, signature, data)).toBe(false);
    for (let byte = 0; byte < 64; byte++) {
      const changed = Uint8Array.from(signature, (value, i) => (i === byte ? value ^ 1 : value));
      expect(await crypto.verify(alg, signer.publicJwk, changed, data)).toBe(false);
    }
  });

  it('nc-014 r or s of 0, n or more, zeros, and lengths other than 64 are refused', async () => {
    const signer = generateNodeSigner('ES256');
    const honest = await signer.sign(data);
    const order = Buffer.from(n.toString(16), 'hex');
    const [r, s, zero, ones] = [
      honest.slice(0, 32),
      honest.slice(32),
      new Uint8Array(32),
      new Uint8Array(32).fill(255),
    ];
    const pairs = [
      [zero, s],
      [r, zero],
      [zero, zero],
      [order, s],
      [r, order],
      [ones, s],
      [r, ones],
    ];
    const wrong = [
      ...pairs.map((pair) => Buffer.concat(pair)),
      honest.slice(0, 63),
      Uint8Array.of(...honest, 0),
      Uint8Array.of(0, ...honest),
      new Uint8Array(0),
      Buffer.from(derOf(honest)),
    ];
    for (const signature of wrong) {
      expect(await crypto.verify('ES256', signer.publicJwk, signature, data)).toBe(false);
    }
    expect(await crypto.verify('ES256', signer.publicJwk, honest, data)).toBe(true);
  });

  it('lg-08 nc-013 the twin of an ECDSA signature verifies, so nothing may be identified by a signature', async () => {
    const signer = generateNodeSigner('ES256');
    const honest = await signer.sign(data);
    expect(ecdsaTwin(honest)).not.toEqual(honest);
    expect(await crypto.verify('ES256', signer.publicJwk, ecdsaTwin(honest), data)).toBe(true);
    expect(ecdsaTwin(ecdsaTwin(honest))).toEqual(Uint8Array.from(honest));
  });

  it('a point off the curve is refused at its first use, each time', async () => {
    const { publicJwk } = generateNodeSigner('ES256');
    const off = parsePublicJwk({ ...publicJwk, y: publicJwk.x });
    for (let i = 0; i < 2; i++) {
      const attempt = Promise.resolve().then(() => crypto.verify('ES256', off, new Uint8Array(64).fill(1), data));
      await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'key_invalid' }));
    }
  });

  it('a key of another kind than the algorithm is refused', async () => {
    const signer = generateNodeSigner('EdDSA');
    const attempt = Promise.resolve().then(() => crypto.verify('ES256', signer.publicJwk, new Uint8Array(64), data));
    await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'alg_not_allowed' }));
  });

  it('hashes as SHA-2 does', () => {
    expect(Buffer.from(crypto.sha256('abc')).toString('hex')).toBe(createHash('sha256').update('abc').digest('hex'));
    expect(crypto.sha256Base64url('虎符')).toBe(createHash('sha256').update('虎符').digest('base64url'));
    for (const [name, node] of [
      ['sha-256', 'sha256'],
      ['sha-384', 'sha384'],
      ['sha-512', 'sha512'],
    ] as const) {
      expect(Buffer.from(crypto.hash(name, data))).toEqual(createHash(node).update(data).digest());
    }
  });

  it('never gives the same randomness twice', () => {
    const seen = new Set(Array.from({ length: 3_000 }, () => encodeBase64url(crypto.randomBytes(16))));
    expect(seen.size).toBe(3_000);
    for (const length of [0, 1, 64, 65, 5_000]) expect(crypto.randomBytes(length)).toHaveLength(length);
    expect(crypto.randomBytes(64).some((byte) => byte !== 0)).toBe(true);
  });
});

describe('signers', () => {
  it('node signs from PEM, JWK and KeyObject, as the same key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const jwk = privateKey.export({ format: 'jwk' });
    const crypto = nodeCrypto();
    for (const signer of [nodeSigner(privateKey), nodeSigner(pem), nodeSigner(jwk)]) {
      expect(signer.alg).toBe('ES256');
      expect(signer.publicJwk).toEqual({ kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y });
      expect(crypto.verify('ES256', nodeSigner(pem).publicJwk, await signer.sign(data), data)).toBe(true);
    }
  });

  it.each([
    ['text that is no PEM', 'secret'],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['public key', generateKeyPairSync('ed25519').publicKey],
    ['public JWK', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
  ])('node refuses %s, without telling it', (_name, material) => {
    expect(() => nodeSigner(material)).toThrow(
      expect.objectContaining({ code: 'key_invalid', message: 'key_invalid' }),
    );
  });

  it('WebCrypto signs what node verifies', async () => {
    for (const [alg, parameters] of [
      ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }],
      ['EdDSA', { name: 'Ed25519' }],
    ] as const) {
      const node = generateNodeSigner(alg);
      const pair =
        alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
      const jwk = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
      const key = await globalThis.crypto.subtle.importKey('jwk', jwk, parameters, false, ['sign']);
      const signer = webSigner(key, parsePublicJwk(pair.publicKey.export({ format: 'jwk' })));
      const signature = await signer.sign(data);
      expect(signature).toHaveLength(64);
      expect(await nodeCrypto().verify(signer.alg, signer.publicJwk, signature, data)).toBe(true);
      expect(await nodeCrypto().verify(signer.alg, node.publicJwk, signature, data)).toBe(false);
    }
  });
});

describe('BoundedCache', () => {
  it('drops what was used longest ago', () => {
    const cache = new BoundedCache<number>(2);
    cache.put('a', 1);
    cache.put('b', 2);
    expect(cache.find('a')).toBe(1);
    cache.put('c', 3);
    expect([cache.find('a'), cache.find('b'), cache.find('c')]).toEqual([1, undefined, 3]);
    cache.delete('a');
    expect(cache.find('a')).toBeUndefined();
  });
});

/** The DER form that JOSE does not use. */
function derOf(signature: Uint8Array): number[] {
  const integer = (part: Uint8Array) => {
    const body = [...part].slice(part.findIndex((byte) => byte !== 0));
    const signed = (body[0] ?? 0) >= 0x80 ? [0, ...body] : body;
    return [2, signed.length, ...signed];
  };
  const content = [...integer(signature.slice(0, 32)), ...integer(signature.slice(32))];
  return [0x30, content.length, ...content];
}
