import { describe, expect, it } from 'vitest';
import { parseJwt } from '../../../shared/jwt/index.ts';
import { issueVcJwt, unverifiedTypes, type VerifyVcJwtOptions, verifyVcJwt } from '../../../shared/vc-jwt/index.ts';
import {
  codeAnd,
  credential,
  credentialWith,
  expected,
  holder,
  issuer,
  member,
  now,
  party,
  presentationWith,
  signRaw,
  stranger,
} from './forge.ts';

const verify = async (token: string | Promise<string>, changes: Partial<VerifyVcJwtOptions> = {}) =>
  verifyVcJwt(await token, { ...expected, ...changes });
const iso = (instant: number) => new Date(instant * 1000).toISOString();

describe('issuing', () => {
  it('says everything in one place and nothing more', async () => {
    const { header, payload } = parseJwt(await credential());
    expect({ ...header }).toEqual({ typ: 'JWT', alg: 'ES256', kid: issuer.kid });
    expect(JSON.parse(JSON.stringify(payload))).toEqual({
      iss: issuer.did,
      sub: holder.did,
      jti: 'urn:uuid:6c9e1f0a-0000-4000-8000-000000000001',
      iat: now,
      nbf: now,
      exp: now + 86_400,
      status: { status_list: { uri: 'https://issuer.example/status-lists/1', idx: 7 } },
      vc: {
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        type: ['VerifiableCredential', 'ResidentIdCredential'],
        credentialSubject: { id: holder.did, name: '张三', address: { region: '330199' } },
      },
    });
  });

  it('leaves what it was given as it was, and a claim named id does not replace the subject', async () => {
    const claims = Object.freeze({ id: 'did:example:other', name: '李四' });
    const { vc } = await verify(credential({ claims }));
    expect(member(vc, 'credentialSubject')).toMatchObject({ id: holder.did, name: '李四' });
    expect(claims.id).toBe('did:example:other');
  });

  it('works with an Ed25519 issuer, where the verifier allows it', async () => {
    const ed = party('EdDSA');
    const { payload } = parseJwt(await credential());
    const token = await issueVcJwt({
      credential: {
        types: ['A'],
        subject: holder.did,
        claims: { a: 1 },
        issuedAt: now,
        validFrom: now,
        validUntil: now + 10,
      },
      issuer: ed,
    });
    expect(payload.iss).toBe(issuer.did);
    expect((await verify(token, { issuerKey: () => ed.signer.publicJwk, algs: ['EdDSA'] })).issuer).toBe(ed.did);
    expect(await codeAnd(verify(token, { issuerKey: () => ed.signer.publicJwk }))).toBe('alg_not_allowed');
  });

  it('refuses to issue what no verifier would take', async () => {
    expect(await codeAnd(credential({ validUntil: now - 61 }))).toBe('expired');
    expect(await codeAnd(credential({ validUntil: (now + 86_400) * 1000 }))).not.toBe('');
    await expect(credential({ validUntil: (now + 86_400) * 1000 })).rejects.toThrow();
  });
});

describe('a credential that holds', () => {
  it('is evidence', async () => {
    const verified = await verify(credential(), { expectedTypes: ['VerifiableCredential', 'ResidentIdCredential'] });
    expect(verified).toMatchObject({
      issuer: issuer.did,
      subject: holder.did,
      types: ['VerifiableCredential', 'ResidentIdCredential'],
    });
    expect(verified.vc).toBe(verified.payload.vc);
    expect(verified.header.kid).toBe(issuer.kid);
  });

  it('asks for the key with the token in hand', async () => {
    const asked: unknown[] = [];
    await verify(credential(), {
      issuerKey: (jwt) => {
        asked.push(jwt.payload.iss, unverifiedTypes(jwt));
        return issuer.signer.publicJwk;
      },
    });
    expect(asked).toEqual([issuer.did, ['ResidentIdCredential']]);
  });

  it('may repeat itself truthfully', async () => {
    const token = credentialWith(
      {},
      {
        issuer: { id: issuer.did, name: 'x' },
        id: 'urn:uuid:6c9e1f0a-0000-4000-8000-000000000001',
        issuanceDate: iso(now),
        validFrom: '2027-01-15T16:00:00+08:00',
        expirationDate: iso(now + 86_400),
        validUntil: iso(now + 86_400),
      },
    );
    expect((await verify(token)).issuer).toBe(issuer.did);
    expect((await verify(credentialWith({}, { issuer: issuer.did }))).issuer).toBe(issuer.did);
    expect((await verify(credentialWith({ jti: undefined }, { id: 'urn:x' }))).vc.id).toBe('urn:x');
    expect((await verify(credentialWith({}, { credentialSubject: { name: 'x' } }))).subject).toBe(holder.did);
  });

  it('may end by its status where the verifier says so', async () => {
    const token = credentialWith({ exp: undefined });
    expect((await verify(token, { validity: 'exp-or-status' })).payload.exp).toBeUndefined();
    expect(
      await codeAnd(verify(credentialWith({ exp: undefined, status: undefined }), { validity: 'exp-or-status' })),
    ).toBe('claim_type');
    expect(
      await codeAnd(verify(credentialWith({ exp: undefined, status: { other: 1 } }), { validity: 'exp-or-status' })),
    ).toBe('claim_type');
  });
});

describe('the token', () => {
  it('nc-033 lg-26 a changed payload or another key is sig_invalid', async () => {
    const [header, , signature] = (await credential()).split('.');
    const [, payload] = (await credential({ claims: { name: '王五' } })).split('.');
    expect(await codeAnd(verify(`${header}.${payload}.${signature}`))).toBe('sig_invalid');
    expect(await codeAnd(verify(credential(), { issuerKey: () => stranger.signer.publicJwk }))).toBe('sig_invalid');
  });

  it('nc-003 a key in the header is not believed', async () => {
    const { publicJwk } = stranger.signer;
    const honest = parseJwt(await credential());
    const token = signRaw(
      JSON.stringify({ ...honest.header, jwk: publicJwk }),
      JSON.stringify(honest.payload),
      stranger.signer,
    );
    expect(await codeAnd(verify(token))).toMatch(/key_untrusted|sig_invalid/);
    for (const header of [{ jku: 'https://127.0.0.1/' }, { x5u: 'https://127.0.0.1/' }]) {
      expect(await codeAnd(verify(credentialWith({}, {}, header)))).toBe('key_untrusted');
    }
  });

  it('nc-001 nc-002 none and MAC are alg_not_allowed', async () => {
    for (const alg of ['none', 'None', 'HS256', 'ES256K', 'RS256']) {
      expect(await codeAnd(verify(credentialWith({}, {}, { alg })))).toBe('alg_not_allowed');
    }
  });

  it('lg-20 nc-005 any typ but JWT is typ_mismatch', async () => {
    for (const typ of [
      undefined,
      'jwt',
      'vc+jwt',
      'dc+sd-jwt',
      'kb+jwt',
      'openid4vci-proof+jwt',
      'statuslist+jwt',
      'oauth-authz-req+jwt',
    ]) {
      expect(await codeAnd(verify(credentialWith({}, {}, { typ })))).toBe('typ_mismatch');
    }
  });

  it('nc-005 a presentation is no credential', async () => {
    expect(await codeAnd(verify(presentationWith({}), { issuerKey: () => holder.signer.publicJwk }))).toMatch(
      /vc_invalid/,
    );
  });

  it('lg-21 nc-011 crit is crit_unsupported', async () => {
    for (const crit of [[], ['exp'], ['b64'], ['x']])
      expect(await codeAnd(verify(credentialWith({}, {}, { crit })))).toBe('crit_unsupported');
  });

  it('lg-22 nc-006 the same member twice is json_dup_key', async () => {
    const { header, payload } = parseJwt(await credential());
    const twice = JSON.stringify(payload).replace('{', '{"iss":"did:example:other",');
    expect(await codeAnd(verify(signRaw(JSON.stringify(header), twice, issuer.signer)))).toBe('json_dup_key');
  });

  it('lg-19 a self-issued iss is no issuer: the key is asked for that name and nobody else', async () => {
    for (const iss of ['https://self-issued.me/v2', 'https://self-issued.me']) {
      const asked: unknown[] = [];
      const issuerKey: VerifyVcJwtOptions['issuerKey'] = (jwt) => {
        asked.push(jwt.payload.iss);
        return issuer.signer.publicJwk;
      };
      const honest = parseJwt(await credential());
      const token = signRaw(
        JSON.stringify({ ...honest.header }),
        JSON.stringify({ ...honest.payload, iss }),
        holder.signer,
      );
      expect(await codeAnd(verify(token, { issuerKey }))).toBe('sig_invalid');
      expect(asked).toEqual([iss]);
    }
  });
});

describe('time', () => {
  it('lg-16 nc-010 sixty seconds of skew, to the second, wherever the date stands', async () => {
    const started = { nbf: now - 100_000, iat: now - 100_000 };
    expect((await verify(credentialWith({ ...started, exp: now - 59 }))).issuer).toBe(issuer.did);
    expect(await codeAnd(verify(credentialWith({ ...started, exp: now - 60 })))).toBe('expired');
    expect(await codeAnd(verify(credentialWith({ ...started, exp: now - 61 })))).toBe('expired');
    expect((await verify(credentialWith({ nbf: now + 60 }))).issuer).toBe(issuer.did);
    expect(await codeAnd(verify(credentialWith({ nbf: now + 61 })))).toBe('not_yet_valid');
    expect(await codeAnd(verify(credentialWith({ exp: now + 5 }), { skew: 0, now: now + 5 }))).toBe('expired');
  });

  it.each([
    [undefined, 'claim_type'],
    ['never', 'claim_type'],
    [null, 'claim_type'],
    [true, 'claim_type'],
    [[], 'claim_type'],
    [-1, 'claim_type'],
    [1.5, 'claim_type'],
    [0, 'expired'],
  ])('lg-17 nc-009 exp %j is %s', async (exp, code) => {
    expect(await codeAnd(verify(credentialWith({ exp })))).toBe(code);
  });

  it.each([['1e400'], ['9007199254740993']])('lg-17 nc-009 exp %s is json_number', async (exp) => {
    const { header, payload } = parseJwt(await credential());
    const text = JSON.stringify(payload).replace(`"exp":${now + 86_400}`, `"exp":${exp}`);
    expect(await codeAnd(verify(signRaw(JSON.stringify(header), text, issuer.signer)))).toBe('json_number');
  });

  it.each([[undefined], ['now'], [null], [-1], [1.5]])('lg-31 nbf %j is claim_type', async (nbf) => {
    expect(await codeAnd(verify(credentialWith({ nbf })))).toBe('claim_type');
  });

  it('milliseconds for seconds are vc_invalid', async () => {
    expect(await codeAnd(verify(credentialWith({ exp: (now + 86_400) * 1000 })))).toBe('vc_invalid');
  });

  it.each([['expirationDate'], ['validUntil']])(
    'nc-037 lg-29 a past %s ends the credential, whatever exp says',
    async (name) => {
      for (const exp of [undefined, now + 86_400, now + 10 ** 9]) {
        expect(await codeAnd(verify(credentialWith({ exp }, { [name]: iso(now - 61) })))).toBe('expired');
      }
      expect(
        await codeAnd(
          verify(credentialWith({ exp: undefined }, { [name]: iso(now - 61) }), { validity: 'exp-or-status' }),
        ),
      ).toBe('expired');
      expect(await codeAnd(verify(credentialWith({}, { [name]: '2026-13-45T99:99:99Z' })))).toBe('expired');
    },
  );

  it.each([['issuanceDate'], ['validFrom']])(
    'nc-037 a future %s holds the credential back, whatever nbf says',
    async (name) => {
      for (const nbf of [undefined, now - 86_400]) {
        expect(await codeAnd(verify(credentialWith({ nbf }, { [name]: iso(now + 61) })))).toBe('not_yet_valid');
      }
      expect(await codeAnd(verify(credentialWith({}, { [name]: '2026-13-45T99:99:99Z' })))).toBe('not_yet_valid');
    },
  );

  it.each([
    ['expirationDate', now + 86_399],
    ['validUntil', now + 86_401],
    ['issuanceDate', now - 1],
    ['validFrom', now + 1],
  ])('nc-036 %s that differs from the registered claim is claim_conflict', async (name, instant) => {
    expect(await codeAnd(verify(credentialWith({}, { [name]: iso(instant) })))).toBe('claim_conflict');
    expect(
      (
        await verify(
          credentialWith({}, { [name]: iso(name.startsWith('i') || name === 'validFrom' ? now : now + 86_400) }),
        )
      ).issuer,
    ).toBe(issuer.did);
  });

  it('nc-036 a date that is no date is vc_invalid', async () => {
    for (const date of [now, '2030-01-01', 'tomorrow', '2030-01-01T00:00:00', null]) {
      expect(await codeAnd(verify(credentialWith({}, { validUntil: date })))).toBe('vc_invalid');
    }
  });
});

describe('statements', () => {
  it.each([
    ['vc.issuer', {}, { issuer: 'did:example:other' }],
    ['vc.issuer.id', {}, { issuer: { id: 'did:example:other' } }],
    ['credentialSubject.id', {}, { credentialSubject: { id: 'did:example:other', name: 'x' } }],
    ['vc.id', {}, { id: 'urn:uuid:other' }],
    ['jti', { jti: 'urn:uuid:other' }, { id: 'urn:uuid:6c9e1f0a-0000-4000-8000-000000000001' }],
  ])('nc-036 lg-32 %s that contradicts is claim_conflict', async (_name, payload, vc) => {
    expect(await codeAnd(verify(credentialWith(payload, vc)))).toBe('claim_conflict');
  });

  it.each([
    ['no iss', { iss: undefined }, {}],
    ['an iss that is no text', { iss: 1 }, {}],
    ['no sub', { sub: undefined }, {}],
    ['a jti that is no text', { jti: 7 }, {}],
    ['no vc', { vc: undefined }, {}],
    ['vc as text', { vc: 'x' }, {}],
    ['no context', {}, { '@context': undefined }],
    ['another context', {}, { '@context': ['https://www.w3.org/ns/credentials/v2'] }],
    [
      'the base context in second place',
      {},
      { '@context': ['https://example.com/x', 'https://www.w3.org/2018/credentials/v1'] },
    ],
    ['no base type', {}, { type: ['ResidentIdCredential'] }],
    ['a type that is no text', {}, { type: ['VerifiableCredential', 7] }],
    ['no subject', {}, { credentialSubject: undefined }],
    ['an empty subject', {}, { credentialSubject: {} }],
    ['two subjects', {}, { credentialSubject: [{ a: 1 }, { b: 2 }] }],
    ['an issuer without id', {}, { issuer: { name: 'x' } }],
  ])('%s is vc_invalid', async (_name, payload, vc) => {
    expect(await codeAnd(verify(credentialWith(payload, vc)))).toBe('vc_invalid');
  });

  it('lg-30 a credentialStatus that nobody understands is status_invalid, beside a list of ours too', async () => {
    const credentialStatus = { id: 'https://issuer.example/bits#3', type: 'BitstringStatusListEntry' };
    expect(await codeAnd(verify(credentialWith({}, { credentialStatus })))).toBe('status_invalid');
    expect(await codeAnd(verify(credentialWith({ status: undefined }, { credentialStatus })))).toBe('status_invalid');
    expect(await codeAnd(verify(credentialWith({}, { credentialStatus: null })))).toBe('status_invalid');
  });

  it('another type than expected is vct_mismatch', async () => {
    expect(await codeAnd(verify(credential(), { expectedTypes: ['DrivingLicence'] }))).toBe('vct_mismatch');
    expect(await codeAnd(verify(credential(), { expectedTypes: ['ResidentIdCredential', 'DrivingLicence'] }))).toBe(
      'vct_mismatch',
    );
  });

  it('nc-008 a member named like a part of the language is refused', async () => {
    const { header, payload } = parseJwt(await credential());
    const text = JSON.stringify(payload).replace('"name"', '"__proto__"');
    expect(await codeAnd(verify(signRaw(JSON.stringify(header), text, issuer.signer)))).toBe('json_reserved_key');
  });

  it('unverified types of anything odd are none', async () => {
    const typesOf = async (token: Promise<string>) => unverifiedTypes(parseJwt(await token));
    expect(await typesOf(credential())).toEqual(['ResidentIdCredential']);
    expect(await typesOf(credentialWith({ vc: undefined }))).toEqual([]);
    expect(await typesOf(credentialWith({}, { type: 'ResidentIdCredential' }))).toEqual([]);
    expect(await typesOf(credentialWith({}, { type: ['ResidentIdCredential', 1] }))).toEqual([]);
  });
});
