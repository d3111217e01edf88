import { describe, expect, it } from 'vitest';
import type { Json } from '../../../shared/encoding/index.ts';
import { presentSdJwt } from '../../../shared/sd-jwt/index.ts';
import { generateNodeSigner } from '../../../shared/server/node-crypto.ts';
import {
  aud,
  bind,
  crypto,
  holder,
  issue,
  jwkJson,
  nonce,
  now,
  refusal,
  showing,
  stranger,
  verify,
} from './credential.ts';
import { digest, disclosure, forge, forgeBinding, forgeIssued, type KbForgery, salt } from './forge.ts';

const shown = async () => presentSdJwt(await issue(), [['name']], crypto);

async function withBinding(changes: KbForgery): Promise<string> {
  return refusal(verify(await forgeBinding(await shown(), changes)));
}

describe('nc-026 holder binding is policy, never read off the input', () => {
  it('the honest twin', async () => {
    expect(await withBinding({})).toBe('accepted');
  });
  it('stripped', async () => {
    expect(await refusal(verify(await shown()))).toBe('kb_missing');
  });
  it('lg-33 a bare JWT without a tilde', async () => {
    const jwt = (await issue()).split('~')[0] ?? '';
    expect(await refusal(verify(jwt))).toBe('kb_missing');
    expect(await refusal(verify(jwt, { keyBinding: 'none-at-issuance' }))).toBe('sd_format');
  });
  it('the last tilde missing', async () => {
    const text = (await shown()).slice(0, -1);
    expect(await refusal(verify(text))).toBe('kb_missing');
    expect(await refusal(verify(text, { keyBinding: 'none-at-issuance' }))).toBe('sd_format');
  });
  it('a last part that is no JWT', async () => {
    for (const last of ['a', 'a.b', 'a.b.c.d']) {
      const text = `${await shown()}${last}`;
      expect(await refusal(verify(text))).toBe('kb_missing');
      expect(await refusal(verify(text, { keyBinding: 'none-at-issuance' }))).toBe('sd_format');
    }
  });
  it('a key binding for a credential without cnf', async () => {
    expect(await refusal(verify(await forge({ claims: { cnf: undefined } })))).toBe('kb_missing');
  });
  it('a key binding where none was asked for', async () => {
    expect(await refusal(verify(await showing(), { keyBinding: 'none-at-issuance' }))).toBe('kb_unexpected');
    expect(await refusal(verify(await shown(), { keyBinding: 'none-at-issuance' }))).toBe('accepted');
  });
  it('an empty text, tildes alone', async () => {
    for (const text of ['', '~', '~~', '~~~']) {
      expect(await refusal(verify(text))).toBe('kb_missing');
      expect(await refusal(verify(text, { keyBinding: 'none-at-issuance' }))).not.toBe('accepted');
    }
  });
});

describe('nc-027 a key binding for something else', () => {
  it('lg-45 nc-027 kb-jwt with wrong aud', async () => {
    const wrong: (Json | undefined)[] = ['x509_hash:other', [aud], [aud, 'more'], '', undefined, null, 7, `${aud}/`];
    for (const value of wrong) expect(await withBinding({ kb: { aud: value } })).toBe('kb_aud');
  });
  it('nc-027 kb-jwt with wrong nonce', async () => {
    for (const value of ['stale', '', undefined, null, [nonce], ` ${nonce}`]) {
      expect(await withBinding({ kb: { nonce: value } })).toBe('kb_nonce');
    }
  });
  it('lg-44 nc-027 kb-jwt with wrong key', async () => {
    expect(await withBinding({ kbSigner: stranger })).toBe('kb_key');
    expect(await withBinding({ kbSigner: stranger, kbHeader: { jwk: jwkJson(stranger.publicJwk) } })).toBe(
      'key_untrusted',
    );
    expect(await withBinding({ kbHeader: { jwk: jwkJson(holder.publicJwk) } })).toBe('accepted');
  });
  it('nc-027 kb-jwt with wrong typ', async () => {
    for (const typ of ['JWT', 'dc+sd-jwt', 'KB+JWT', 'openid4vci-proof+jwt']) {
      expect(await withBinding({ kbHeader: { typ } })).toBe('kb_typ');
    }
    const [header = '', payload = '', signature = ''] = ((await showing()).split('~').at(-1) ?? '').split('.');
    expect(header).not.toBe('');
    const untyped = `${await shown()}${disclosure({ alg: 'ES256' })}.${payload}.${signature}`;
    expect(await refusal(verify(untyped))).toBe('kb_typ');
  });
  it('lg-46 nc-027 kb-jwt older than 300 s or more than 60 s ahead', async () => {
    for (const [iat, code] of [
      [now - 301, 'kb_stale'],
      [now - 300, 'accepted'],
      [now + 60, 'accepted'],
      [now + 61, 'kb_stale'],
      [now - 31_536_000, 'kb_stale'],
      [now + 31_536_000, 'kb_stale'],
    ] as const) {
      expect(await withBinding({ kb: { iat } })).toBe(code);
    }
  });
  it('the window is the reader’s to set', async () => {
    const age = async (iat: number, window: { maxAge?: number; maxAhead?: number }) =>
      refusal(
        verify(await forgeBinding(await shown(), { kb: { iat } }), {
          keyBinding: { expectedAud: aud, expectedNonce: nonce, ...window },
        }),
      );
    expect(await age(now - 11, { maxAge: 10 })).toBe('kb_stale');
    expect(await age(now - 10, { maxAge: 10 })).toBe('accepted');
    expect(await age(now + 6, { maxAhead: 5 })).toBe('kb_stale');
    expect(await age(now + 5, { maxAhead: 5 })).toBe('accepted');
  });
  it('nc-009 iat that is no instant', async () => {
    for (const iat of [undefined, null, `${now}`, true, []])
      expect(await withBinding({ kb: { iat } })).toBe('claim_type');
    expect(await withBinding({ kb: { iat: now - 0.5 } })).toBe('claim_type');
  });
  it('nc-010 other times in it count as well', async () => {
    expect(await withBinding({ kb: { exp: now - 61 } })).toBe('expired');
    expect(await withBinding({ kb: { exp: now - 59 } })).toBe('accepted');
    expect(await withBinding({ kb: { nbf: now + 61 } })).toBe('not_yet_valid');
  });
  it('nc-027 sd_hash of another disclosure set', async () => {
    const more = presentSdJwt(await issue(), [['name'], ['sex']], crypto);
    expect(await withBinding({ hashed: more })).toBe('sd_hash');
    for (const value of [undefined, null, '', [], 7])
      expect(await withBinding({ kb: { sd_hash: value } })).toBe('sd_hash');
  });
  it('nc-027 a disclosure added, removed or moved after signing', async () => {
    const issued = await issue();
    const [jwt = '', first = '', second = '', third = ''] = issued.split('~');
    const kb = (await bind([jwt, first, second, ''].join('~'))).split('~').at(-1) ?? '';
    for (const parts of [[first], [first, second, third], [second, first], []]) {
      expect(await refusal(verify([jwt, ...parts, kb].join('~')))).toBe('sd_hash');
    }
    expect(await refusal(verify([jwt, first, second, kb].join('~')))).toBe('accepted');
  });
  it('a key binding of another credential of the same holder', async () => {
    const kb = (await showing()).split('~').at(-1) ?? '';
    expect(await refusal(verify((await shown()) + kb))).toBe('sd_hash');
  });
  it('sd_hash is over the hash the credential names', async () => {
    const name = disclosure([salt, 'name', 'v']);
    const hashed = Buffer.from(crypto.hash('sha-512', name)).toString('base64url');
    const issued = await forgeIssued({ claims: { _sd: [hashed], _sd_alg: 'sha-512' }, disclosures: [name] });
    expect(await refusal(verify(await bind(issued)))).toBe('accepted');
    expect(await refusal(verify(await forgeBinding(issued)))).toBe('sd_hash');
  });
  it('nc-001 nc-003 a key binding that brings its own rules', async () => {
    expect(await withBinding({ kbHeader: { crit: ['exp'] } })).toBe('crit_unsupported');
    expect(await withBinding({ kbHeader: { jku: 'https://evil.example' } })).toBe('key_untrusted');
    expect(await withBinding({ kbHeader: { x5c: ['AA=='] } })).toBe('key_untrusted');
  });
  it('a reader that expects nothing accepts nothing', async () => {
    for (const [expectedAud, expectedNonce] of [
      ['', nonce],
      [aud, ''],
    ] as const) {
      const text = await forgeBinding(await shown(), { kb: { aud: expectedAud, nonce: expectedNonce } });
      await expect(verify(text, { keyBinding: { expectedAud, expectedNonce } })).rejects.toThrow(TypeError);
    }
  });
  it('signed with an algorithm the reader does not take', async () => {
    const signer = generateNodeSigner('EdDSA');
    const text = await forge({ signer });
    const issuerKey = () => signer.publicJwk;
    expect(await refusal(verify(text, { issuerKey, algs: ['EdDSA'] }))).toBe('alg_not_allowed');
    expect(await refusal(verify(text, { issuerKey, algs: ['EdDSA', 'ES256'] }))).toBe('accepted');
  });
  it('a key binding of 20 kB', async () => {
    expect(await withBinding({ kb: { padding: 'x'.repeat(20_000) } })).toBe('json_limit');
    expect(await withBinding({ kb: { padding: 'x'.repeat(2_000) } })).toBe('accepted');
  });
  it('a credential whose cnf is no key of ours', async () => {
    const { d: _, ...publicOnly } = { d: 'secret', ...jwkJson(holder.publicJwk) };
    const wrong: Json[] = [
      'key',
      null,
      [],
      {},
      { kid: 'did:example:holder' },
      { jwk: { ...publicOnly, d: 'AAAA' } },
      { jwk: { kty: 'oct', k: 'AAAA' } },
      { jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } },
    ];
    for (const cnf of wrong) expect(await refusal(verify(await forge({ claims: { cnf } })))).toBe('key_invalid');
  });
  it('a key whose point is not on the curve', async () => {
    const cnf = { jwk: { ...jwkJson(holder.publicJwk), y: `${'A'.repeat(42)}E` } };
    expect(await refusal(verify(await forge({ claims: { cnf } })))).toBe('key_invalid');
  });
  it('transaction data hashes that are none', async () => {
    for (const value of ['h', [], [7], null]) {
      expect(await withBinding({ kb: { transaction_data_hashes: value } })).toBe('transaction_data');
    }
    expect(await withBinding({ kb: { transaction_data_hashes: ['h'], transaction_data_hashes_alg: 1 } })).toBe(
      'transaction_data',
    );
  });
  it('digests of the payload are no secret: a test of the helpers', async () => {
    expect(digest('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });
});
