import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { createDidKeys, didJwkOf, didWebOf } from '../../../shared/did/index.ts';
import { decompressPoint } from '../../../shared/did/p256-point.ts';
import { encodeBase64url } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import type { PublicJwk } from '../../../shared/keys/index.ts';
import { generateNodeSigner } from '../../../shared/server/node-crypto.ts';

const dids = createDidKeys({ clock: fixedClock(1_800_000_000) });
const p256 = generateNodeSigner('ES256').publicJwk;
const ed25519 = generateNodeSigner('EdDSA').publicJwk;

async function codeAnd(at: Promise<unknown>): Promise<string> {
  return codeOf(
    await at.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
}

const jwkDid = (jwk: unknown) => `did:jwk:${encodeBase64url(JSON.stringify(jwk))}`;

describe('did:jwk', () => {
  it.each([
    ['P-256', p256],
    ['Ed25519', ed25519],
  ])('%s: the key is #0, for assertion and authentication', async (_name, jwk: PublicJwk) => {
    const did = didJwkOf(jwk);
    expect(await dids.findKey(`${did}#0`, 'assertionMethod')).toEqual(jwk);
    expect(await dids.findKey(`${did}#0`, 'authentication')).toEqual(jwk);
  });

  it('has one shortest spelling per key', () => {
    const { kty, crv, x, y } = p256;
    expect(didJwkOf({ ...p256, kid: 'a', use: 'sig' })).toBe(didJwkOf(p256));
    expect(didJwkOf(p256)).toBe(`did:jwk:${encodeBase64url(`{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`)}`);
  });

  it.each([['#1'], ['#'], ['#0#0'], [''], ['?x#0'], ['/a#0'], [';a=b#0']])(
    'refuses the fragment or extra part %s',
    async (rest) => {
      expect(['key_untrusted', 'did_invalid']).toContain(
        await codeAnd(dids.findKey(`${didJwkOf(p256)}${rest}`, 'assertionMethod')),
      );
    },
  );

  it('lg-12 refuses a private key', async () => {
    expect(await codeAnd(dids.resolve(jwkDid({ ...p256, d: p256.x })))).toBe('key_invalid');
  });

  it('lg-13 refuses a symmetric key and other kinds', async () => {
    expect(await codeAnd(dids.resolve(jwkDid({ kty: 'oct', k: 'AAAA' })))).toBe('key_invalid');
    expect(await codeAnd(dids.resolve(jwkDid({ kty: 'RSA', n: 'AQAB', e: 'AQAB' })))).toBe('key_invalid');
    expect(await codeAnd(dids.resolve(jwkDid({ ...p256, crv: 'secp256k1' })))).toBe('key_invalid');
  });

  it('lg-24 use enc is for key agreement alone, use sig for signing, anything else for nothing', async () => {
    const agrees = jwkDid({ ...p256, use: 'enc' });
    expect((await dids.resolve(agrees)).keyAgreement).toEqual([`${agrees}#0`]);
    expect(await codeAnd(dids.findKey(`${agrees}#0`, 'assertionMethod'))).toBe('key_purpose');
    expect(await codeAnd(dids.findKey(`${agrees}#0`, 'authentication'))).toBe('key_purpose');
    expect(await dids.findKey(`${jwkDid({ ...p256, use: 'sig' })}#0`, 'authentication')).toEqual(p256);
    expect(await codeAnd(dids.resolve(jwkDid({ ...p256, use: 'all' })))).toBe('did_invalid');
  });

  it('refuses what is no JSON object in base64url', async () => {
    expect(await codeAnd(dids.resolve('did:jwk:abc.def'))).toBe('encoding');
    expect(await codeAnd(dids.resolve(jwkDid([p256])))).toBe('json_syntax');
    expect(await codeAnd(dids.resolve(`did:jwk:${encodeBase64url('{"kty":"EC","kty":"EC"}')}`))).toBe('json_dup_key');
  });
});

describe('did:key', () => {
  const did = 'did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv';

  it('hands out the key under its own id', async () => {
    const key = {
      kty: 'EC',
      crv: 'P-256',
      x: 'igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns',
      y: 'efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM',
    };
    expect(await dids.findKey(`${did}#${did.slice(8)}`, 'assertionMethod')).toEqual(key);
    expect(await codeAnd(dids.findKey(`${did}#0`, 'assertionMethod'))).toBe('key_untrusted');
  });

  it.each([
    ['another multibase', 'did:key:mDnaerx9', 'did_invalid'],
    ['a letter outside the alphabet', 'did:key:zDnaer0x9', 'did_invalid'],
    ['more digits than any key has', `did:key:z${'1'.repeat(65)}`, 'did_invalid'],
    ['an X25519 key', 'did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F', 'did_unsupported'],
    ['nothing', 'did:key:z', 'did_unsupported'],
    ['a leading zero byte', `did:key:z1${did.slice(9)}`, 'did_unsupported'],
    ['a shortened P-256 key', did.slice(0, -4), 'key_invalid|did_unsupported'],
  ])('refuses %s', async (_name, text, codes) => {
    expect(codes.split('|')).toContain(await codeAnd(dids.resolve(text)));
  });

  it('lg-12 a shortened Ed25519 key is refused', async () => {
    // 0xed01 and 31 bytes of 7, in base58.
    let value = 0xed01n;
    for (let i = 0; i < 31; i++) value = (value << 8n) | 7n;
    let digits = '';
    for (; value > 0n; value /= 58n)
      digits = `${'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'[Number(value % 58n)]}${digits}`;
    expect(await codeAnd(dids.resolve(`did:key:z${digits}`))).toBe('key_invalid');
  });
});

describe('P-256 points', () => {
  const x = Buffer.from(p256.x, 'base64url');
  const y = Buffer.from(p256.y ?? '', 'base64url');
  const odd = ((y[31] ?? 0) & 1) === 1;

  it('finds both roots', () => {
    expect(Buffer.from(decompressPoint(Uint8Array.from([odd ? 3 : 2, ...x])).y)).toEqual(y);
    expect(Buffer.from(decompressPoint(Uint8Array.from([odd ? 2 : 3, ...x])).y)).not.toEqual(y);
  });

  it('x beyond the field is refused even where x modulo p has a point', () => {
    const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
    const compressed = (value: bigint) =>
      Uint8Array.from([2, ...Buffer.from(value.toString(16).padStart(64, '0'), 'hex')]);
    const small = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].find((value) => {
      try {
        return decompressPoint(compressed(value)).y.length === 32;
      } catch {
        return false;
      }
    });
    expect(() => decompressPoint(compressed(p + (small ?? 0n)))).toThrow('key_invalid');
    expect(small).toBeDefined();
  });

  it('agrees with the platform for many keys', () => {
    for (let i = 0; i < 50; i++) {
      const jwk = generateNodeSigner('ES256').publicJwk;
      const bytes = Buffer.from(jwk.y ?? '', 'base64url');
      const sign = ((bytes[31] ?? 0) & 1) === 1 ? 3 : 2;
      expect(encodeBase64url(decompressPoint(Uint8Array.from([sign, ...Buffer.from(jwk.x, 'base64url')])).y)).toBe(
        jwk.y,
      );
    }
  });

  it.each([
    ['an uncompressed point', Uint8Array.from([4, ...x, ...y])],
    ['the head of one', Uint8Array.from([4, ...x])],
    ['a short point', Uint8Array.from([2, ...x.subarray(1)])],
    ['a point with a zero too many', Uint8Array.from([2, 0, ...x])],
    ['x outside the field', Uint8Array.from([2, ...new Array<number>(32).fill(0xff)])],
    ['x without a point', Uint8Array.from([2, ...new Array<number>(31).fill(0), 1])],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decompressPoint(bytes)).toThrow('key_invalid');
  });
});

describe('any DID', () => {
  it.each([
    ['did:constructor:abc'],
    ['did:hasownproperty:abc'],
    ['did:ethr:0x1'],
    ['did:web:example.com'],
    ['did:example:123'],
  ])('%s has no method here', async (did) => {
    expect(await codeAnd(dids.resolve(did))).toBe('did_unsupported');
  });

  it.each([
    [''],
    ['did:'],
    ['did:jwk'],
    ['did:jwk:'],
    ['https://example.com'],
    ['did:jwk:a b'],
    ['DID:jwk:abc'],
    ['did:key:z6Mk\n'],
  ])('refuses %j', async (did) => {
    expect(await codeAnd(dids.resolve(did))).toBe('did_invalid');
  });

  it('refuses a path, query, parameters or fragment where a DID is expected, and an endless one', async () => {
    for (const rest of ['#0', '/a', '?a=b', ';a=b'])
      expect(await codeAnd(dids.resolve(`${didJwkOf(p256)}${rest}`))).toBe('did_invalid');
    expect(await codeAnd(dids.resolve(`did:jwk:${'a'.repeat(3000)}`))).toBe('did_invalid');
  });

  it('nc-004 a key id that is no DID URL names no key', async () => {
    for (const kid of ['', '0', '../../../etc/passwd', "' or 1=1", 'a\u0000b', 'a\r\nb', 'x'.repeat(10_000)]) {
      expect(await codeAnd(dids.findKey(kid, 'assertionMethod'))).toBe('key_untrusted');
    }
    expect(await codeAnd(dids.findKey('../../../etc/passwd#0', 'assertionMethod'))).toBe('did_invalid');
    expect(await codeAnd(dids.findKey(`did:jwk:${'a'.repeat(10_000)}#0`, 'assertionMethod'))).toBe('key_untrusted');
  });

  it('makes the did:web of a base URL', () => {
    expect(didWebOf('http://localhost:4010')).toBe('did:web:localhost%3A4010');
    expect(didWebOf('https://id.example')).toBe('did:web:id.example');
    expect(didWebOf('https://example.com/gov/issuer/')).toBe('did:web:example.com:gov:issuer');
  });
});
