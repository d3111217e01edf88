import { describe, expect, it } from 'vitest';
import type { Json } from '../../../shared/encoding/index.ts';
import { createIssuerPartCache } from '../../../shared/sd-jwt/index.ts';
import { generateNodeSigner } from '../../../shared/server/node-crypto.ts';
import { crypto, issuer, now, refusal, showing, stranger, vct, verify } from './credential.ts';
import { digest, disclosure, forge, salt } from './forge.ts';

type Claims = { readonly [name: string]: Json | undefined };
const withClaims = async (claims: Claims, changes = {}) => refusal(verify(await forge({ claims }), changes));

describe('the type of a credential', () => {
  it('nc-030 vct not requested', async () => {
    expect(await withClaims({ vct: 'https://issuer.example/types/other/1' })).toBe('vct_mismatch');
    expect(await withClaims({}, { expectedVct: [] })).toBe('vct_mismatch');
    expect(await withClaims({}, { expectedVct: ['x', vct] })).toBe('accepted');
    expect(await withClaims({ vct: 'any' }, { expectedVct: undefined })).toBe('accepted');
  });
  it('vct that is no text', async () => {
    for (const value of [undefined, null, '', 7, [vct], { vct }])
      expect(await withClaims({ vct: value })).toBe('claim_type');
  });
  it('aka_vcts helps to find a type and never replaces it', async () => {
    expect(await withClaims({ vct: 'mine', aka_vcts: [vct] })).toBe('vct_mismatch');
    expect(await withClaims({ aka_vcts: ['other'] })).toBe('accepted');
    for (const value of [[], [vct], ['ok', vct], [7], [''], 'other', {}]) {
      expect(await withClaims({ aka_vcts: value })).toBe('claim_type');
    }
  });
  it('iss and sub that are no text', async () => {
    for (const value of [null, 7, ['https://issuer.example'], {}]) {
      expect(await withClaims({ iss: value })).toBe('claim_type');
      expect(await withClaims({ sub: value })).toBe('claim_type');
    }
    expect(await withClaims({ iss: undefined, sub: 'somebody' })).toBe('accepted');
  });
  it('a credential made for one audience', async () => {
    expect(await withClaims({ aud: 'somebody' })).toBe('aud_mismatch');
    const hidden = disclosure([salt, 'aud', 'somebody']);
    const text = await forge({ claims: { _sd: [digest(hidden)] }, disclosures: [hidden] });
    expect(await refusal(verify(text))).toBe('aud_mismatch');
  });
});

describe('the times of a credential', () => {
  it('nc-009 lg-43 exp, nbf and iat that are no instants', async () => {
    for (const value of [null, `${now + 9}`, true, [], {}, -1, 0.5]) {
      expect(await withClaims({ exp: value })).toBe('claim_type');
      expect(await withClaims({ nbf: value })).toBe('claim_type');
      expect(await withClaims({ iat: value })).toBe('claim_type');
    }
    expect(await withClaims({ exp: 0 })).toBe('expired');
  });
  it('nc-010 the edges, with a skew of 60 s', async () => {
    expect(await withClaims({ exp: now - 59 })).toBe('accepted');
    expect(await withClaims({ exp: now - 61 })).toBe('expired');
    expect(await withClaims({ nbf: now + 59 })).toBe('accepted');
    expect(await withClaims({ nbf: now + 61 })).toBe('not_yet_valid');
    expect(await withClaims({ iat: now + 61 })).toBe('not_yet_valid');
    expect(await withClaims({ exp: now - 1 }, { skew: 0 })).toBe('expired');
  });
  it('no exp: refused, unless the reader said that a status is enough', async () => {
    expect(await withClaims({ exp: undefined })).toBe('claim_type');
    expect(await withClaims({ exp: undefined }, { validity: 'exp-or-status' })).toBe('accepted');
    for (const status of [undefined, null, 'valid', {}, { status_list: 7 }, { other: {} }]) {
      expect(await withClaims({ exp: undefined, status }, { validity: 'exp-or-status' })).toBe('claim_type');
    }
    expect(await withClaims({ status: undefined }, { validity: 'exp-or-status' })).toBe('accepted');
    expect(await withClaims({ exp: now - 61 }, { validity: 'exp-or-status' })).toBe('expired');
  });
});

describe('a credential seen before', () => {
  it('skips one signature check and nothing else', async () => {
    let checks = 0;
    const counting = {
      ...crypto,
      verify: (...parts: Parameters<typeof crypto.verify>) => {
        checks++;
        return crypto.verify(...parts);
      },
    };
    const seen = createIssuerPartCache(4);
    const text = await showing();
    await verify(text, { crypto: counting, seen });
    expect(checks).toBe(2);
    await verify(text, { crypto: counting, seen });
    expect(checks).toBe(3);
    // All the rest is asked again.
    expect(await refusal(verify(text, { seen, now: now + 200_000 }))).toBe('expired');
    expect(await refusal(verify(text, { seen, expectedVct: ['other'] }))).toBe('vct_mismatch');
    expect(await refusal(verify(text, { seen, issuerKey: () => stranger.publicJwk }))).toBe('sig_invalid');
    expect(await refusal(verify(text, { seen, issuerKey: () => Promise.reject(new TypeError()) }))).toBe('internal');
    expect(await refusal(verify(`${text.slice(0, -4)}AAAA`, { seen }))).toBe('kb_key');
    expect(await refusal(verify(text, { seen, expectedTyp: 'vc+sd-jwt' }))).toBe('typ_mismatch');
  });
  it('remembers no refusal as a success, and not another’s signature', async () => {
    const seen = createIssuerPartCache(4);
    const forged = await forge({ signer: stranger });
    expect(await refusal(verify(forged, { seen }))).toBe('sig_invalid');
    expect(await refusal(verify(forged, { seen }))).toBe('sig_invalid');
    const good = await showing();
    await verify(good, { seen });
    const [head = '', ...rest] = good.split('~');
    const [header = '', payload = '', signature = ''] = head.split('.');
    const other = Buffer.from(signature, 'base64url');
    other[5] = (other[5] ?? 0) ^ 1;
    const changed = [`${header}.${payload}.${other.toString('base64url')}`, ...rest].join('~');
    expect(await refusal(verify(changed, { seen }))).toBe('sig_invalid');
  });
  it('is another one when its bytes, or its issuer’s key, are others', async () => {
    const seen = createIssuerPartCache(4);
    const good = await showing();
    await verify(good, { seen });
    // The same signature over a payload that says more.
    const [head = '', ...rest] = good.split('~');
    const [header = '', payload = '', signature = ''] = head.split('.');
    const more = `${Buffer.from(payload, 'base64url').toString().slice(0, -1)},"admin":true}`;
    const changed = [`${header}.${Buffer.from(more).toString('base64url')}.${signature}`, ...rest].join('~');
    expect(await refusal(verify(changed, { seen }))).toBe('sig_invalid');
    // The mirrored key has the same x.
    const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
    const { x, y = '' } = issuer.publicJwk;
    const mirrored = (prime - BigInt(`0x${Buffer.from(y, 'base64url').toString('hex')}`))
      .toString(16)
      .padStart(64, '0');
    const key = { kty: 'EC', crv: 'P-256', x, y: Buffer.from(mirrored, 'hex').toString('base64url') } as const;
    expect(await refusal(verify(good, { seen, issuerKey: () => key }))).toBe('sig_invalid');
    // Ed25519 keys have no y.
    const [one, other] = [generateNodeSigner('EdDSA'), generateNodeSigner('EdDSA')];
    const text = await forge({ signer: one });
    expect(await refusal(verify(text, { seen, issuerKey: () => one.publicJwk }))).toBe('accepted');
    expect(await refusal(verify(text, { seen, issuerKey: () => other.publicJwk }))).toBe('sig_invalid');
  });
  it('keeps a bounded number', async () => {
    const seen = createIssuerPartCache(1);
    let checks = 0;
    const counting = {
      ...crypto,
      verify: (...parts: Parameters<typeof crypto.verify>) => {
        checks++;
        return crypto.verify(...parts);
      },
    };
    const [a, b] = [await showing(), await showing()];
    for (const text of [a, b, a]) await verify(text, { crypto: counting, seen, issuerKey: () => issuer.publicJwk });
    expect(checks).toBe(6);
  });
});
