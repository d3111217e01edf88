import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../../shared/encoding/index.ts';
import { lowOrderY } from '../../../shared/keys/ed25519-points.ts';
import {
  algFor,
  algorithmFor,
  isAlg,
  parsePublicJwk,
  sameKey,
  thumbprint,
  webCrypto,
} from '../../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';

const ec = generateNodeSigner('ES256').publicJwk;
const okp = generateNodeSigner('EdDSA').publicJwk;
const keyInvalid = expect.objectContaining({ code: 'key_invalid' });

describe('parsePublicJwk', () => {
  it('keeps the members it knows', () => {
    const full = { ...ec, kid: 'k1', alg: 'ES256', use: 'sig', key_ops: ['verify'] };
    expect(parsePublicJwk({ ...full, x5t: 'a', iat: 1 })).toEqual(full);
    expect(parsePublicJwk(okp)).toEqual(okp);
    expect(parsePublicJwk({ ...okp, alg: 'Ed25519' })).toEqual({ ...okp, alg: 'Ed25519' });
  });

  it.each([
    ['lg-12 private EC key', { ...ec, d: ec.x }],
    ['lg-12 private Ed25519 key', { ...okp, d: okp.x }],
    ['lg-12 private member of another kind of key', { ...ec, p: 'AQ' }],
    ['lg-12 private member without a value', { ...ec, d: undefined }],
    ['lg-13 symmetric key', { kty: 'oct', k: ec.x }],
    ['lg-13 symmetric material inside an EC key', { ...ec, k: ec.x }],
    ['RSA', { kty: 'RSA', n: 'AQAB', e: 'AQAB' }],
    ['secp256k1', { ...ec, crv: 'secp256k1' }],
    ['P-384', { ...ec, crv: 'P-384' }],
    ['X25519', { ...okp, crv: 'X25519' }],
    ['EC without y', { kty: 'EC', crv: 'P-256', x: ec.x }],
    ['Ed25519 with y', { ...okp, y: ec.x }],
    ['kty of one kind with crv of another', { ...okp, kty: 'EC', y: ec.x }],
    ['coordinate of 31 bytes', { ...ec, x: encodeBase64url(new Uint8Array(31).fill(1)) }],
    ['coordinate of 33 bytes', { ...ec, x: encodeBase64url(new Uint8Array(33).fill(1)) }],
    ['coordinate with unused bits set', { ...ec, x: `${ec.x.slice(0, 42)}B` }],
    ['coordinate with padding', { ...ec, x: `${ec.x.slice(0, 42)}=` }],
    ['coordinate that is a number', { ...ec, x: 1 }],
    ['alg of another key', { ...ec, alg: 'EdDSA' }],
    ['alg outside the table', { ...ec, alg: 'ECDH-ES' }],
    ['alg none', { ...ec, alg: 'none' }],
    ['encryption key', { ...ec, use: 'enc' }],
    ['key_ops without verify', { ...ec, key_ops: ['deriveBits'] }],
    ['kid that is a number', { ...ec, kid: 1 }],
    ['null', null],
    ['text', JSON.stringify(ec)],
    ['list', [ec]],
  ])('%s is refused', (_name, jwk) => {
    expect(() => parsePublicJwk(jwk)).toThrow(keyInvalid);
  });

  it.each(lowOrderY)('an Ed25519 key of small order is refused, with either sign of x: %s', (hex) => {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    expect(order(bytes)).toBeLessThanOrEqual(8);
    for (const sign of [0, 0x80]) {
      const spelled = Uint8Array.from(bytes, (byte, i) => (i === 31 ? byte | sign : byte));
      expect(() => parsePublicJwk({ ...okp, x: encodeBase64url(spelled) })).toThrow(keyInvalid);
    }
  });

  it('a second spelling of an Ed25519 key beyond the prime is refused', () => {
    for (let low = 0xed; low <= 0xff; low++) {
      const bytes = new Uint8Array(32).fill(0xff);
      bytes[0] = low;
      bytes[31] = 0x7f;
      expect(() => parsePublicJwk({ ...okp, x: encodeBase64url(bytes) })).toThrow(keyInvalid);
    }
    expect(order(Uint8Array.from(Buffer.from(okp.x, 'base64url')))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('thumbprint', () => {
  it('is that of RFC 8037 A.3, and of jose', async () => {
    const rfc = parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
    for (const crypto of [nodeCrypto(), webCrypto()]) {
      expect(thumbprint(rfc, crypto)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
      for (const jwk of [ec, okp]) {
        expect(thumbprint({ ...jwk, kid: 'other' }, crypto)).toBe(
          await calculateJwkThumbprint({ ...jwk, key_ops: [] }),
        );
      }
    }
  });

  it('tells keys apart, whatever else their JWKs say', () => {
    expect(sameKey(ec, { ...ec, kid: 'a', use: 'sig' })).toBe(true);
    expect(sameKey(ec, generateNodeSigner('ES256').publicJwk)).toBe(false);
    expect(sameKey(ec, okp)).toBe(false);
  });
});

describe('the table of algorithms', () => {
  it('knows three names', () => {
    expect([ec, okp, { ...okp, alg: 'Ed25519' }].map(algFor)).toEqual(['ES256', 'EdDSA', 'Ed25519']);
    for (const alg of ['none', 'None', 'HS256', 'RS256', 'ES384', 'ES256K', 'toString', '__proto__', '', null, 1]) {
      expect(isAlg(alg)).toBe(false);
    }
  });

  it('an algorithm on a key of another kind is refused', () => {
    const refused = expect.objectContaining({ code: 'alg_not_allowed' });
    expect(() => algorithmFor('ES256', okp)).toThrow(refused);
    expect(() => algorithmFor('EdDSA', ec)).toThrow(refused);
    expect(() => algorithmFor('Ed25519', ec)).toThrow(refused);
  });
});

/** The order of a point up to 8, from its y alone: y of the double is (y^2 + x^2) / (1 - d x^2 y^2). */
function order(bytes: Uint8Array): number {
  const p = 2n ** 255n - 19n;
  const mod = (n: bigint) => ((n % p) + p) % p;
  const power = (base: bigint, exponent: bigint): bigint =>
    exponent === 0n ? 1n : mod(power(mod(base * base), exponent >> 1n) * (exponent & 1n ? base : 1n));
  const divide = (a: bigint, b: bigint) => mod(a * power(mod(b), p - 2n));
  const d = divide(-121665n, 121666n);
  const hex = Buffer.from(bytes).reverse().toString('hex');
  let y = mod(BigInt(`0x${hex}`) & (2n ** 255n - 1n));
  for (let found = 1; found <= 8; found *= 2) {
    if (y === 1n) return found;
    const yy = mod(y * y);
    const xx = divide(yy - 1n, d * yy + 1n);
    y = divide(yy + xx, 1n - d * xx * yy);
  }
  return Number.POSITIVE_INFINITY;
}
