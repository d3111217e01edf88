import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, type Json, type JsonObject } from '../../../shared/encoding/index.ts';
import { type Code, codeOf, HufuError } from '../../../shared/errors.ts';
import { signJwt } from '../../../shared/jwt/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { nodeDeflate, nodeInflate } from '../../../shared/server/node-inflate.ts';
import {
  compressList,
  packStatuses,
  readStatus,
  signStatusList,
  type VerifyListOptions,
  verifyStatusList,
} from '../../../shared/status-list/index.ts';

const now = 1_800_000_000;
const uri = 'https://issuer.example/status-lists/1';
const signer = generateNodeSigner('ES256');
const lst = await compressList(packStatuses(Uint8Array.of(0, 1, 2, 0), 2), nodeDeflate);
const claims = { sub: uri, iat: now, exp: now + 300, ttl: 60, status_list: { bits: 2, lst } };
const honest: VerifyListOptions = {
  crypto: nodeCrypto(),
  expectedUri: uri,
  key: signer.publicJwk,
  now,
  inflate: nodeInflate,
};

async function verdict(token: string, options: Partial<VerifyListOptions> = {}): Promise<Code | 'accepted'> {
  try {
    await verifyStatusList(token, { ...honest, ...options });
    return 'accepted';
  } catch (error) {
    return codeOf(error);
  }
}

function sign(change: { readonly [name: string]: Json | undefined } = {}, header: JsonObject = {}): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...claims, ...change }));
  return signJwt({ typ: 'statuslist+jwt', ...header }, payload, signer);
}

describe('status list token', () => {
  it('gives the list that was signed', async () => {
    const token = await signStatusList({
      uri,
      bits: 2,
      lst,
      iat: now,
      exp: now + 300,
      ttl: 60,
      header: { kid: 'k' },
      signer,
      aggregationUri: 'https://issuer.example/status-lists',
    });
    const list = await verifyStatusList(token, honest);
    expect([0, 1, 2, 3].map((idx) => readStatus(list, idx))).toEqual([0, 1, 2, 0]);
    expect(list).toMatchObject({ bits: 2, iat: now, exp: now + 300, ttl: 60 });
    expect(() => readStatus(list, 4)).toThrow(expect.objectContaining({ code: 'status_range' }));
  });

  it('needs neither exp nor ttl', async () => {
    expect(await verdict(await sign({ exp: undefined, ttl: undefined }))).toBe('accepted');
  });

  it.each<readonly [string, { readonly [name: string]: Json | undefined }]>([
    ['sub of another list', { sub: 'https://issuer.example/status-lists/2' }],
    ['sub with a slash more', { sub: `${uri}/` }],
    ['no sub', { sub: undefined }],
    ['no iat', { iat: undefined }],
    ['iat as text', { iat: `${now}` }],
    ['issued in the future', { iat: now + 61 }],
    ['expired', { exp: now - 61 }],
    ['exp of 0', { exp: 0 }],
    ['exp as text', { exp: 'never' }],
    ['ttl of 0', { ttl: 0 }],
    ['negative ttl', { ttl: -1 }],
    ['ttl as text', { ttl: '60' }],
    ['no list', { status_list: undefined }],
    ['list of another kind', { status_list: [] }],
    ['no lst', { status_list: { bits: 2 } }],
    ['lst with padding', { status_list: { bits: 2, lst: `${lst}=` } }],
    ['bits as text', { status_list: { bits: '2', lst } }],
  ])('nc-097 %s is refused', async (_name, change) => {
    expect(await verdict(await sign(change))).toBe('status_invalid');
    expect(await verdict(await sign())).toBe('accepted');
  });

  it.each([3, 0, -1, 16, 1.5])('nc-095 bits of %d are refused', async (bits) => {
    expect(await verdict(await sign({ status_list: { bits, lst } }))).toBe('status_range');
  });

  it('nc-097 unsigned, of another kind, of another key, and changed, are refused', async () => {
    const token = await sign();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const none = `${encodeBase64url('{"alg":"none","typ":"statuslist+jwt"}')}.${payload}.`;
    const changed = encodeBase64url(JSON.stringify({ ...claims, exp: now + 301 }));
    for (const text of [
      none,
      `${header}.${payload}.`,
      `${header}.${changed}.${signature}`,
      payload,
      '',
      '<html></html>',
    ]) {
      expect(await verdict(text)).toBe('status_invalid');
    }
    expect(await verdict(token, { key: generateNodeSigner('ES256').publicJwk })).toBe('status_invalid');
    for (const typ of ['JWT', 'dc+sd-jwt', 'application/statuslist+jwt']) {
      expect(await verdict(await sign({}, { typ }))).toBe('status_invalid');
    }
    expect(await verdict(token)).toBe('accepted');
  });

  it('nc-097 a key that trust refuses, and one that cannot be asked for, are different things', async () => {
    const token = await sign();
    const refusing = (code: Code) => () => Promise.reject(new HufuError(code));
    expect(await verdict(token, { key: refusing('key_untrusted') })).toBe('status_invalid');
    expect(await verdict(token, { key: refusing('chain_invalid') })).toBe('status_invalid');
    for (const code of ['trust_unavailable', 'fetch_failed', 'fetch_status'] as const) {
      expect(await verdict(token, { key: refusing(code) })).toBe('status_unavailable');
    }
  });

  it('nc-098 lg-47 a signed bomb, gzip, trailing bytes and a long token are refused', async () => {
    const bomb = encodeBase64url(deflateSync(Buffer.alloc(200_000_000)));
    const others = [gzipSync(Buffer.alloc(10)), Buffer.concat([deflateSync(Buffer.alloc(10)), Buffer.of(0)])];
    const start = performance.now();
    expect(await verdict(await sign({ status_list: { bits: 2, lst: bomb } }))).toBe('list_limit');
    expect(performance.now() - start).toBeLessThan(500);
    for (const bytes of others) {
      expect(await verdict(await sign({ status_list: { bits: 2, lst: encodeBase64url(bytes) } }))).toBe('list_limit');
    }
    expect(await verdict('a'.repeat(3_000_000))).toBe('list_limit');
    expect(await verdict(await sign(), { maxListBytes: 1 })).toBe('accepted');
    expect(await verdict(await sign(), { maxListBytes: 0 })).toBe('list_limit');
  });

  it('a list of a million entries passes, even one that does not compress', async () => {
    const crypto = nodeCrypto();
    const large = await compressList(crypto.randomBytes(1_048_576), nodeDeflate);
    expect(await verdict(await sign({ status_list: { bits: 8, lst: large } }))).toBe('accepted');
  });
});
