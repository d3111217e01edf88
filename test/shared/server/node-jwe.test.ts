import { CompactEncrypt, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, encodeUtf8, type JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import { decryptJwe, encryptJwe, generateEncryptionKey } from '../../../shared/jwt/index.ts';
import { nodeOpenJwe } from '../../../shared/server/node-jwe.ts';

const kid = 'enc-1';
const encs = ['A128GCM', 'A256GCM'] as const;
const { publicJwk, privateJwk } = await generateEncryptionKey(kid);
const payload = { vp_token: { id: ['a~b~c'] }, state: '虎符' };
const here = { kid, encs, open: nodeOpenJwe };
const there = { kid, encs };
const open = (jwe: string, key = privateJwk) => decryptJwe(jwe, key, here);

function mangled(jwe: string, part: number, change: (bytes: Buffer) => Buffer): string {
  return jwe
    .split('.')
    .map((text, i) => (i === part ? change(Buffer.from(text, 'base64url')).toString('base64url') : text))
    .join('.');
}
const flip = (bytes: Buffer) => {
  const changed = Buffer.from(bytes);
  changed[0] = (changed[0] ?? 0) ^ 1;
  return changed;
};

describe('opening a JWE on node:crypto', () => {
  it.each(encs)('%s: gives what jose gives, with and without party information', async (enc) => {
    for (const extra of [{}, { apv: encodeBase64url('nonce') }]) {
      const jwe = await encryptJwe(payload, publicJwk, { enc, ...extra });
      expect(await open(jwe)).toEqual(payload);
      expect(await decryptJwe(jwe, privateJwk, there)).toEqual(payload);
    }
    const key = await importJWK(publicJwk, 'ECDH-ES');
    const foreign = await new CompactEncrypt(encodeUtf8(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc, kid })
      .setKeyManagementParameters({ apu: encodeUtf8('爱丽丝'), apv: encodeUtf8('bob') })
      .encrypt(key);
    expect(await open(foreign)).toEqual(payload);
  });

  it('agrees on the key of RFC 7518, appendix C', () => {
    // Alice's ephemeral key and Bob's private one; A128GCM with the party information of the example.
    const header = {
      alg: 'ECDH-ES',
      enc: 'A128GCM',
      kid,
      apu: 'QWxpY2U',
      apv: 'Qm9i',
      epk: {
        kty: 'EC',
        crv: 'P-256',
        x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
        y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
      },
    } as const;
    const bob = { d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw' };
    const key = Buffer.from('VqqN6vgjbSBcIijNcacQGg', 'base64url');
    const iv = new Uint8Array(12);
    return crypto.subtle
      .importKey('raw', key, 'AES-GCM', false, ['encrypt'])
      .then((cek) =>
        crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: encodeUtf8('header') }, cek, encodeUtf8('虎符')),
      )
      .then(async (sealed) => {
        const bytes = new Uint8Array(sealed);
        const parts = { header, protectedHeader: 'header', iv, ciphertext: bytes.slice(0, -16), tag: bytes.slice(-16) };
        expect(new TextDecoder().decode(await nodeOpenJwe(parts, bob))).toBe('虎符');
      });
  });

  it('refuses what jose refuses, with the same word', async () => {
    const jwe = await encryptJwe(payload, publicJwk, { enc: 'A256GCM' });
    const header = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString());
    const withHeader = (changed: JsonObject) =>
      [encodeBase64url(JSON.stringify({ ...header, ...changed })), ...jwe.split('.').slice(1)].join('.');
    const otherPoint = (await generateEncryptionKey('x')).publicJwk;
    const bad: Record<string, string> = {
      'another ciphertext': mangled(jwe, 3, flip),
      'another tag': mangled(jwe, 4, flip),
      'another iv': mangled(jwe, 2, flip),
      'a short tag': mangled(jwe, 4, (bytes) => bytes.subarray(0, 12)),
      'a header that was touched': withHeader({ cty: 'json' }),
      'another point': withHeader({ epk: { ...header.epk, x: otherPoint.x, y: otherPoint.y } as JsonObject }),
      'no point of the curve': withHeader({ epk: { ...header.epk, y: header.epk.x } }),
      'a point at the origin': withHeader({ epk: { ...header.epk, x: 'A'.repeat(43), y: 'A'.repeat(43) } }),
      'a short coordinate': withHeader({ epk: { ...header.epk, x: 'AA' } }),
      zip: withHeader({ zip: 'DEF' }),
      'another algorithm': withHeader({ alg: 'ECDH-ES+A256KW' }),
      'another kid': withHeader({ kid: 'other' }),
    };
    for (const [name, text] of Object.entries(bad)) {
      expect([name, await open(text).then(() => 'opened', codeOf)]).toEqual([name, 'jwe_invalid']);
      expect([name, await decryptJwe(text, privateJwk, there).then(() => 'opened', codeOf)]).toEqual([
        name,
        'jwe_invalid',
      ]);
    }
    const other = await generateEncryptionKey(kid);
    expect(await open(jwe, other.privateJwk).then(() => 'opened', codeOf)).toBe('jwe_invalid');
    expect(await open(jwe, publicJwk).then(() => 'opened', codeOf)).toBe('jwe_invalid');
    expect(await open(jwe)).toEqual(payload);
  });
});
