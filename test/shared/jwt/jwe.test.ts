import { deflateRawSync } from 'node:zlib';
import { CompactEncrypt, FlattenedEncrypt, generateKeyPair, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, encodeUtf8, type JsonObject } from '../../../shared/encoding/index.ts';
import { HufuError } from '../../../shared/errors.ts';
import { decryptJwe, encryptJwe, generateEncryptionKey } from '../../../shared/jwt/index.ts';

const kid = 'enc-1';
const { publicJwk, privateJwk } = await generateEncryptionKey(kid);
const options = { kid, encs: ['A128GCM', 'A256GCM'] } as const;
const payload = { vp_token: { id: ['a~b~c'] }, state: '虎符' };
const jwe = await encryptJwe(payload, publicJwk, { enc: 'A256GCM' });

/** Everything an outsider could learn of a refusal. */
async function refusal(text: string): Promise<unknown> {
  try {
    return await decryptJwe(text, privateJwk, options);
  } catch (error) {
    return error instanceof HufuError ? { code: error.code, at: error.at, message: error.message } : error;
  }
}
const uniform = { code: 'jwe_invalid', at: 'jwe', message: 'jwe_invalid' };

function withHeader(change: (header: JsonObject) => JsonObject): string {
  const [first = '', ...rest] = jwe.split('.');
  const header = JSON.parse(Buffer.from(first, 'base64url').toString());
  return [encodeBase64url(JSON.stringify(change(header))), ...rest].join('.');
}

/** As a foreign wallet would: the same key agreement, with what we would never write. */
async function foreign(plain: Uint8Array | string, extra: JsonObject = {}): Promise<string> {
  const key = await importJWK({ ...publicJwk, key_ops: [] }, 'ECDH-ES');
  const bytes = typeof plain === 'string' ? encodeUtf8(plain) : plain;
  return new CompactEncrypt(bytes).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid, ...extra }).encrypt(key);
}

describe('JWE', () => {
  it.each(['A128GCM', 'A256GCM'] as const)('%s: gives back what was encrypted', async (enc) => {
    const made = await encryptJwe(payload, publicJwk, { enc, apv: encodeBase64url('nonce'), typ: 'a', cty: 'json' });
    expect(await decryptJwe(made, privateJwk, options)).toEqual(payload);
    expect(await decryptJwe(made, privateJwk, options)).toEqual(payload);
    expect(JSON.parse(Buffer.from(made.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({
      alg: 'ECDH-ES',
      enc,
      kid,
      apv: encodeBase64url('nonce'),
      typ: 'a',
      cty: 'json',
    });
  });

  it('takes a text as it is, and a ready CryptoKey', async () => {
    const made = await encryptJwe(JSON.stringify(payload), publicJwk, { enc: 'A128GCM' });
    const key = await importJWK({ ...privateJwk, key_ops: ['deriveBits'] }, 'ECDH-ES');
    if (!(key instanceof CryptoKey)) return expect.unreachable('not a key');
    expect(await decryptJwe(made, key, options)).toEqual(payload);
  });

  it('takes what another implementation encrypts', async () => {
    expect(await refusal(await foreign(JSON.stringify(payload)))).toEqual(payload);
  });

  it.each<readonly [string, JsonObject]>([
    ['private', privateJwk],
    ['without alg', { ...publicJwk, alg: null }],
    ['with another alg', { ...publicJwk, alg: 'ECDH-ES+A128KW' }],
    ['without kid', { kty: 'EC', crv: 'P-256', x: publicJwk.x ?? '', y: publicJwk.y ?? '', alg: 'ECDH-ES' }],
    ['for signing', { ...publicJwk, use: 'sig' }],
    ['off the curve', { ...publicJwk, y: publicJwk.x ?? '' }],
    ['RSA', { kty: 'RSA', n: 'AQAB', e: 'AQAB', alg: 'RSA-OAEP', kid }],
  ])('a recipient key that is %s is refused', async (_name, jwk) => {
    await expect(encryptJwe(payload, jwk, { enc: 'A256GCM' })).rejects.toThrow(
      expect.objectContaining({ code: 'key_invalid' }),
    );
  });
});

describe('JWE: nc-015 everything else is one refusal', () => {
  it.each<readonly [string, (header: JsonObject) => JsonObject]>([
    ['RSA1_5', (header) => ({ ...header, alg: 'RSA1_5' })],
    ['RSA-OAEP', (header) => ({ ...header, alg: 'RSA-OAEP' })],
    ['dir', (header) => ({ ...header, alg: 'dir' })],
    ['A128KW', (header) => ({ ...header, alg: 'A128KW' })],
    ['A256GCMKW', (header) => ({ ...header, alg: 'A256GCMKW' })],
    ['ECDH-ES+A128KW', (header) => ({ ...header, alg: 'ECDH-ES+A128KW' })],
    [
      'PBES2 with a million rounds',
      (header) => ({ ...header, alg: 'PBES2-HS256+A128KW', p2c: 1_000_000, p2s: 'AAAA' }),
    ],
    ['unknown enc', (header) => ({ ...header, enc: 'A512GCM' })],
    ['enc outside the list', (header) => ({ ...header, enc: 'A128CBC-HS256' })],
    ['zip', (header) => ({ ...header, zip: 'DEF' })],
    ['crit', (header) => ({ ...header, crit: ['x'], x: 1 })],
    ['another kid', (header) => ({ ...header, kid: 'enc-2' })],
    ['no kid', ({ kid: _kid, ...header }) => header],
    ['no epk', ({ epk: _epk, ...header }) => header],
    ['epk on another curve', (header) => ({ ...header, epk: { kty: 'OKP', crv: 'X25519', x: 'AA' } })],
    [
      'epk off the curve',
      (header) => ({ ...header, epk: { kty: 'EC', crv: 'P-256', x: publicJwk.x ?? '', y: publicJwk.x ?? '' } }),
    ],
    ['epk with a private part', (header) => ({ ...header, epk: { ...publicJwk, d: 'AA' } })],
    ['jwk', (header) => ({ ...header, jwk: publicJwk })],
    ['a changed header', (header) => ({ ...header, cty: 'x' })],
  ])('%s', async (_name, change) => {
    const start = performance.now();
    expect(await refusal(withHeader(change))).toEqual(uniform);
    expect(performance.now() - start).toBeLessThan(500);
    expect(await refusal(withHeader((header) => header))).toEqual(payload);
  });

  it.each<readonly [string, JsonObject]>([
    ['another kid', { kid: 'enc-2' }],
    ['a key of its own', { jwk: publicJwk }],
    ['a chain of its own', { x5c: ['MIIB'] }],
    ['a member that nobody knows', { x: 1 }],
    ['cty that is no text', { cty: 1 }],
    ['a header beyond 4 kB', { cty: 'a'.repeat(3_100) }],
    ['another alg', { alg: 'ECDH-ES+A128KW' }],
    ['enc outside the table', { enc: 'A192GCM' }],
  ])('honestly encrypted, with %s', async (_name, extra) => {
    expect(await refusal(await foreign('{}', extra))).toEqual(uniform);
    expect(await refusal(await foreign('{}', { cty: 'json' }))).toEqual({});
  });

  it('enc that was not offered, and a message longer than allowed', async () => {
    const attempt = (change: object) => decryptJwe(jwe, privateJwk, { ...options, ...change });
    await expect(attempt({ encs: ['A128GCM'] })).rejects.toThrow(expect.objectContaining(uniform));
    await expect(attempt({ maxBytes: jwe.length - 1 })).rejects.toThrow(expect.objectContaining(uniform));
    expect(await attempt({ encs: ['A256GCM'], maxBytes: jwe.length })).toEqual(payload);
  });

  it('wrong tag, changed text, missing, extra and misspelt parts', async () => {
    const parts = jwe.split('.');
    const other = await encryptJwe(payload, publicJwk, { enc: 'A256GCM' });
    const wrong = [
      ...[2, 3, 4].map((i) => parts.with(i, other.split('.')[i] ?? '').join('.')),
      ...[1, 2, 3, 4].map((length) => parts.slice(0, length).join('.')),
      [...parts, ''].join('.'),
      parts.with(1, 'AAAA').join('.'),
      parts.with(4, parts[4]?.slice(0, 16) ?? '').join('.'),
      parts.with(2, '').join('.'),
      ...[0, 2, 3, 4].map((i) => parts.with(i, `${parts[i]}=`).join('.')),
      ...[0, 2, 3, 4].map((i) => parts.with(i, `${parts[i]}\n`).join('.')),
      '',
      '....',
      'a.b.c.d.e',
      `${jwe} `,
      'x'.repeat(1_000_000),
    ];
    for (const text of wrong) expect(await refusal(text)).toEqual(uniform);
  });

  it('a key that is not ours', async () => {
    const foreignKey = await generateEncryptionKey(kid);
    expect(await refusal(await encryptJwe(payload, foreignKey.publicJwk, { enc: 'A256GCM' }))).toEqual(uniform);
  });

  it('content that is no strict JSON object', async () => {
    const texts = [
      '[]',
      '',
      'a.b.c',
      '{"a":1,"a":2}',
      '{"__proto__":1}',
      '{"exp":1e400}',
      Uint8Array.of(0xff),
      '\ufeff{}',
      '['.repeat(50_000),
    ];
    for (const text of texts) expect(await refusal(await foreign(text))).toEqual(uniform);
  });

  it('a bomb of 100 MB behind zip is refused without being unpacked', async () => {
    const bomb = deflateRawSync(Buffer.alloc(100_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const [first = '', ...rest] = (await foreign(bomb)).split('.');
    const header = JSON.parse(Buffer.from(first, 'base64url').toString());
    const text = [encodeBase64url(JSON.stringify({ ...header, zip: 'DEF' })), ...rest].join('.');
    const [start, memory] = [performance.now(), process.memoryUsage.rss()];
    expect(await refusal(text)).toEqual(uniform);
    expect(performance.now() - start).toBeLessThan(500);
    expect(process.memoryUsage.rss() - memory).toBeLessThan(200_000_000);
  });

  it('honest PBES2 and RSA messages of a library', async () => {
    const rsa = await generateKeyPair('RSA-OAEP');
    const oaep = await new CompactEncrypt(encodeUtf8('{}'))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', kid })
      .encrypt(rsa.publicKey);
    const pbes = await new FlattenedEncrypt(encodeUtf8('{}'))
      .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', kid })
      .encrypt(encodeUtf8('secret'));
    const compact = [pbes.protected, pbes.encrypted_key, pbes.iv, pbes.ciphertext, pbes.tag].join('.');
    for (const text of [oaep, compact]) expect(await refusal(text)).toEqual(uniform);
  });
});
