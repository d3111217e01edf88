import { describe, expect, it } from 'vitest';
import { parseJwt } from '../../../shared/jwt/index.ts';
import { createVpJwt, type VerifyVpJwtOptions, verifyVpJwt } from '../../../shared/vc-jwt/index.ts';
import {
  aud,
  codeAnd,
  credential,
  credentialWith,
  expected,
  holder,
  issuer,
  member,
  nonce,
  now,
  party,
  presentationWith,
  signRaw,
  stranger,
} from './forge.ts';

const verify = async (token: string | Promise<string>, changes: Partial<VerifyVpJwtOptions> = {}) =>
  verifyVpJwt(await token, { ...expected, ...changes });
const honest = async (by = holder) => createVpJwt({ vcJwt: await credential(), holder: by, aud, nonce, now });

describe('presenting', () => {
  it('says whom it is for, for which request, and nothing more', async () => {
    const { header, payload } = parseJwt(await honest());
    expect({ ...header }).toEqual({ typ: 'JWT', alg: 'ES256', kid: holder.kid });
    expect(JSON.parse(JSON.stringify(payload))).toEqual({
      iss: holder.did,
      aud,
      nonce,
      iat: now,
      nbf: now,
      exp: now + 300,
      vp: {
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        type: ['VerifiablePresentation'],
        verifiableCredential: [await credentialOf(payload)],
      },
    });
    expect(typeof payload.aud).toBe('string');
  });

  it('verifies, and gives the holder and the credential', async () => {
    const {
      holderDid,
      holderKey,
      credential: inner,
    } = await verify(honest(), { expectedTypes: ['ResidentIdCredential'] });
    expect(holderDid).toBe(holder.did);
    expect(holderKey).toEqual(holder.signer.publicJwk);
    expect(inner).toMatchObject({ issuer: issuer.did, subject: holder.did });
  });

  it('verifies for a holder with did:key or Ed25519 too', async () => {
    const ed = party('EdDSA');
    const vcJwt = await credential({ subject: ed.did });
    const vp = await createVpJwt({ vcJwt, holder: ed, aud, nonce, now });
    expect((await verify(vp, { algs: ['ES256', 'EdDSA'] })).holderDid).toBe(ed.did);
    expect(await codeAnd(verify(vp))).toBe('alg_not_allowed');
    const did = 'did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv';
    const token = presentationWith({ iss: did }, {}, { kid: `${did}#${did.slice(8)}` });
    // The key of that did:key is found; it did not sign this.
    expect(await codeAnd(verify(token))).toBe('sig_invalid');
  });
});

async function credentialOf(payload: Parameters<typeof member>[0]): Promise<unknown> {
  const inner = member(payload, 'vp').verifiableCredential;
  return Array.isArray(inner) ? inner[0] : undefined;
}

describe('the credential inside', () => {
  it('nc-033 lg-26 a forged signature is sig_invalid', async () => {
    const good = await credential();
    const forged = `${good.slice(0, good.lastIndexOf('.'))}.${(await credential()).split('.')[2]?.split('').reverse().join('')}`;
    for (const inner of [forged.replace(/.{2}$/, 'AA'), `${good.slice(0, good.lastIndexOf('.'))}.${'A'.repeat(86)}`]) {
      expect(await codeAnd(verify(presentationWith({}, { verifiableCredential: [inner] })))).toBe('sig_invalid');
    }
  });

  it('nc-033 an edited payload, and a credential signed by the holder, are sig_invalid', async () => {
    const [header, , signature] = (await credential()).split('.');
    const [, edited] = (await credential({ claims: { name: '王五' } })).split('.');
    expect(
      await codeAnd(verify(presentationWith({}, { verifiableCredential: [`${header}.${edited}.${signature}`] }))),
    ).toBe('sig_invalid');
    const { header: h, payload } = parseJwt(await credential());
    const own = await signRaw(JSON.stringify(h), JSON.stringify(payload), holder.signer);
    expect(await codeAnd(verify(presentationWith({}, { verifiableCredential: [own] })))).toBe('sig_invalid');
  });

  it('nc-034 lg-27 somebody else as holder is holder_mismatch', async () => {
    expect(await codeAnd(verify(honest(stranger)))).toBe('holder_mismatch');
    expect(
      await codeAnd(
        verify(presentationWith({}, { verifiableCredential: [await credential({ subject: stranger.did })] })),
      ),
    ).toBe('holder_mismatch');
  });

  it('lg-29 lg-30 lg-32 the rules of a credential hold inside a presentation', async () => {
    const inside = async (token: Promise<string>) =>
      codeAnd(verify(presentationWith({}, { verifiableCredential: [await token] })));
    expect(await inside(credentialWith({ exp: undefined }))).toBe('claim_type');
    expect(await inside(credentialWith({}, { expirationDate: '2020-01-01T00:00:00Z' }))).toBe('expired');
    expect(await inside(credentialWith({}, { credentialStatus: { id: 'x', type: 'y' } }))).toBe('status_invalid');
    expect(await inside(credentialWith({}, { issuer: 'did:example:other' }))).toBe('claim_conflict');
    expect(await codeAnd(verify(honest(), { expectedTypes: ['DrivingLicence'] }))).toBe('vct_mismatch');
  });

  it('none, two, an object or no list is vc_invalid', async () => {
    const inner = await credential();
    for (const verifiableCredential of [
      [],
      [inner, inner],
      [{ proof: { jwt: inner } }],
      inner,
      undefined,
      ['not.a jwt'],
    ]) {
      expect(await codeAnd(verify(presentationWith({}, { verifiableCredential })))).toBe('vc_invalid');
    }
  });
});

describe('for us, for this request, of now', () => {
  it.each([
    ['none', undefined],
    ['another verifier', 'x509_hash:other'],
    ['two verifiers', [aud, 'x509_hash:other']],
    ['ours in a list', [aud]],
    ['ours without its prefix', aud.replace('x509_hash:', '')],
    ['the self-issued audience', 'https://self-issued.me/v2'],
    ['null', null],
  ])('nc-035 lg-18 aud: %s is kb_aud', async (_name, value) => {
    expect(await codeAnd(verify(presentationWith({ aud: value })))).toBe('kb_aud');
  });

  it.each([
    ['none', undefined],
    ['another', 'n-1'],
    ['empty', ''],
    ['a list', [nonce]],
    ['a prefix', nonce.slice(0, 4)],
  ])('nc-035 lg-28 nonce: %s is kb_nonce', async (_name, value) => {
    expect(await codeAnd(verify(presentationWith({ nonce: value })))).toBe('kb_nonce');
  });

  it('is fresh for 300 s, and 60 s ahead', async () => {
    const at = (iat: unknown) => presentationWith({ iat, nbf: undefined, exp: undefined });
    expect((await verify(at(now - 300))).holderDid).toBe(holder.did);
    expect(await codeAnd(verify(at(now - 301)))).toBe('kb_stale');
    expect((await verify(at(now + 60))).holderDid).toBe(holder.did);
    expect(await codeAnd(verify(at(now + 61)))).toBe('kb_stale');
    expect(await codeAnd(verify(at(now - 31), { maxAge: 30 }))).toBe('kb_stale');
    for (const iat of [undefined, 'now', null]) expect(await codeAnd(verify(at(iat)))).toBe('claim_type');
  });

  it('lg-16 nc-010 its own exp and nbf have sixty seconds of skew', async () => {
    expect((await verify(presentationWith({ exp: now - 59 }))).holderDid).toBe(holder.did);
    expect(await codeAnd(verify(presentationWith({ exp: now - 61 })))).toBe('expired');
    expect((await verify(presentationWith({ nbf: now + 60 }))).holderDid).toBe(holder.did);
    expect(await codeAnd(verify(presentationWith({ nbf: now + 61 })))).toBe('not_yet_valid');
    for (const exp of ['never', -1, 1.5, null])
      expect(await codeAnd(verify(presentationWith({ exp })))).toBe('claim_type');
  });
});

describe('signed by the key of the DID that says so', () => {
  it('a kid of somebody else, relative, bare or absent is kb_key', async () => {
    for (const kid of [undefined, stranger.kid, '#0', '0', holder.did]) {
      expect(await codeAnd(verify(presentationWith({}, {}, { kid })))).toBe('kb_key');
    }
    expect(await codeAnd(verify(presentationWith({ iss: stranger.did })))).toBe('kb_key');
    for (const iss of [undefined, [holder.did], 7])
      expect(await codeAnd(verify(presentationWith({ iss })))).toBe('kb_key');
    expect(await codeAnd(verify(presentationWith({}, {}, { kid: `${holder.did}#1` })))).toBe('key_untrusted');
  });

  it('lg-19 a self-issued iss is nobody', async () => {
    const iss = 'https://self-issued.me/v2';
    expect(await codeAnd(verify(presentationWith({ iss, sub: holder.did })))).toBe('kb_key');
    expect(await codeAnd(verify(presentationWith({ iss, sub: holder.did }, {}, { kid: `${iss}#0` })))).toBe(
      'did_unsupported',
    );
  });

  it('nc-003 a holder does not choose where we connect to: did:web is did_unsupported, and nothing is resolved', async () => {
    const did = 'did:web:localhost%3A1';
    let asked = 0;
    const dids = { ...expected.dids, findKey: () => Promise.reject(new Error(`${asked++}`)) };
    expect(await codeAnd(verify(presentationWith({ iss: did }, {}, { kid: `${did}#0` }), { dids }))).toBe(
      'did_unsupported',
    );
    expect(asked).toBe(0);
  });

  it('nc-038 a key for agreement only is key_purpose', async () => {
    const { kty, crv, x, y } = holder.signer.publicJwk;
    const did = `did:jwk:${Buffer.from(JSON.stringify({ kty, crv, x, y, use: 'enc' })).toString('base64url')}`;
    expect(await codeAnd(verify(presentationWith({ iss: did }, {}, { kid: `${did}#0` })))).toBe('key_purpose');
  });

  it('another signature is sig_invalid', async () => {
    const { header, payload } = parseJwt(await honest());
    expect(await codeAnd(verify(signRaw(JSON.stringify(header), JSON.stringify(payload), stranger.signer)))).toBe(
      'sig_invalid',
    );
  });

  it('nc-003 a chain or another key in the header is key_untrusted', async () => {
    expect(await codeAnd(verify(presentationWith({}, {}, { x5c: ['AAAA'] })))).toBe('key_untrusted');
    expect(await codeAnd(verify(presentationWith({}, {}, { jwk: stranger.signer.publicJwk })))).toBe('key_untrusted');
  });

  it('lg-20 lg-21 nc-005 nc-011 another typ, crit, MAC', async () => {
    for (const typ of [undefined, 'vp+jwt', 'kb+jwt', 'openid4vci-proof+jwt'])
      expect(await codeAnd(verify(presentationWith({}, {}, { typ })))).toBe('typ_mismatch');
    expect(await codeAnd(verify(presentationWith({}, {}, { crit: ['exp'] })))).toBe('crit_unsupported');
    expect(await codeAnd(verify(presentationWith({}, {}, { alg: 'HS256' })))).toBe('alg_not_allowed');
  });

  it('nc-005 a credential is no presentation', async () => {
    expect(await codeAnd(verify(credential()))).toBe('kb_aud');
    expect(await codeAnd(verify(credentialWith({ aud, nonce, iss: holder.did }, {}, { kid: holder.kid }), {}))).toBe(
      'sig_invalid',
    );
    expect(await codeAnd(verify(presentationWith({ vp: undefined, vc: {} })))).toBe('vc_invalid');
  });

  it('lg-22 nc-006 the same member twice is json_dup_key', async () => {
    const { header, payload } = parseJwt(await honest());
    const twice = JSON.stringify(payload).replace('{', `{"iss":"${stranger.did}",`);
    expect(await codeAnd(verify(signRaw(JSON.stringify(header), twice, holder.signer)))).toBe('json_dup_key');
  });
});

describe('the presentation itself', () => {
  it.each([
    ['another context', { '@context': ['https://www.w3.org/ns/credentials/v2'] }],
    [
      'the base context in second place',
      { '@context': ['https://example.com/x', 'https://www.w3.org/2018/credentials/v1'] },
    ],
    ['another type', { type: ['Presentation'] }],
    ['a holder that is no text', { holder: { id: 'x' } }],
  ])('%s is vc_invalid', async (_name, vp) => {
    expect(await codeAnd(verify(presentationWith({}, vp)))).toBe('vc_invalid');
  });

  it('nc-036 a holder or id that contradicts is claim_conflict, one that agrees is fine', async () => {
    expect(await codeAnd(verify(presentationWith({}, { holder: stranger.did })))).toBe('claim_conflict');
    expect(await codeAnd(verify(presentationWith({ jti: 'urn:a' }, { id: 'urn:b' })))).toBe('claim_conflict');
    for (const [jti, id] of [
      ['urn:a', undefined],
      [undefined, 'urn:a'],
    ]) {
      expect((await verify(presentationWith({ jti }, { id }))).holderDid).toBe(holder.did);
    }
    expect((await verify(presentationWith({ jti: 'urn:a' }, { id: 'urn:a', holder: holder.did }))).holderDid).toBe(
      holder.did,
    );
  });
});
