import { createHmac, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase64url, type JsonObject } from '../../../shared/encoding/index.ts';
import { parseJwt, signJwt, verifyJwt } from '../../../shared/jwt/index.ts';
import { parsePublicJwk, webCrypto } from '../../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { ecdsaTwin } from '../keys/ecdsa-twin.ts';
import { honest, now, signer, signParts, signRaw, stranger, verdict } from './tokens.ts';

const header = { alg: 'ES256', typ: 'JWT' };
const payload = { iss: 'https://issuer.example', aud: 'https://verifier.example', jti: 'a', exp: now + 60 };
const token = await signParts(header, payload);

function replacePart(index: number, part: string): string {
  return token.split('.').with(index, part).join('.');
}

describe('verifyJwt: honest tokens', () => {
  it('gives what was signed, with either adapter', async () => {
    for (const crypto of [nodeCrypto(), webCrypto()]) {
      const jwt = await verifyJwt(token, { ...honest, crypto, expectedAud: payload.aud, expectedIss: payload.iss });
      expect(jwt).toEqual({ header, payload });
      expect(Object.getPrototypeOf(jwt.payload)).toBeNull();
    }
  });

  it.each(['ES256', 'EdDSA', 'Ed25519'] as const)('%s: what signJwt makes, verifyJwt takes', async (alg) => {
    const by = generateNodeSigner(alg);
    const made = await signJwt({ typ: 'JWT' }, { exp: now }, by);
    expect(await verdict(made, { key: by.publicJwk, algs: [alg] })).toBe('accepted');
    expect(await verdict(made, { key: by.publicJwk, algs: [] })).toBe('alg_not_allowed');
    expect(await verdict(made, { key: generateNodeSigner(alg).publicJwk, algs: [alg] })).toBe('sig_invalid');
  });

  it('a signer and a header that names another algorithm are a mistake in our own program', async () => {
    await expect(signJwt({ alg: 'EdDSA' }, {}, signer)).rejects.toThrow(TypeError);
  });
});

describe('verifyJwt: algorithms', () => {
  it.each(['none', 'None', 'nOnE', 'HS256', 'HS512', 'RS256', 'PS256', 'ES384', 'ES256K', 'es256', '', 'toString'])(
    'nc-001 alg %j is refused before any key is asked for',
    async (alg) => {
      const key = () => expect.unreachable('a key was asked for');
      for (const signature of ['', encodeBase64url(new Uint8Array(64))]) {
        const made = `${encodeBase64url(JSON.stringify({ ...header, alg }))}.${encodeBase64url(JSON.stringify(payload))}`;
        expect(await verdict(`${made}.${signature}`, { key })).toBe('alg_not_allowed');
      }
    },
  );

  it.each([
    ['null', null],
    ['number', 1],
    ['list', ['ES256']],
    ['missing', undefined],
  ])('nc-001 alg of kind %s is refused', async (_name, alg) => {
    expect(await verdict(await signRaw(JSON.stringify({ ...header, alg }), JSON.stringify(payload)))).toBe(
      'alg_not_allowed',
    );
  });

  it('nc-001 a valid header with an empty signature, or one of zeros, is refused', async () => {
    for (const signature of ['', encodeBase64url(new Uint8Array(64)), encodeBase64url(new Uint8Array(63).fill(1))]) {
      expect(await verdict(replacePart(2, signature))).toBe('sig_invalid');
    }
    expect(await verdict(token)).toBe('accepted');
  });

  it('nc-002 HS256 with the public key as its secret is refused before any key is touched', async () => {
    const { kty, crv, x, y } = signer.publicJwk;
    const spki = createPublicKey({ key: { kty, crv, x, ...(y === undefined ? {} : { y }) }, format: 'jwk' });
    const pem = spki.export({ type: 'spki', format: 'pem' }).toString();
    const secrets = [
      pem,
      `\n${pem}`,
      ` ${pem}`,
      pem.trim(),
      spki.export({ type: 'spki', format: 'der' }),
      JSON.stringify(signer.publicJwk),
    ];
    const input = `${encodeBase64url(JSON.stringify({ ...header, alg: 'HS256' }))}.${encodeBase64url(JSON.stringify(payload))}`;
    for (const secret of secrets) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      const key = () => expect.unreachable('a key was asked for');
      expect(await verdict(`${input}.${mac}`, { key })).toBe('alg_not_allowed');
    }
  });

  it('an algorithm that the key is not for is refused', async () => {
    const made = await signParts({ ...header, alg: 'EdDSA' }, payload);
    expect(await verdict(made, { algs: ['ES256', 'EdDSA'] })).toBe('alg_not_allowed');
  });
});

describe('verifyJwt: keys', () => {
  it('nc-003 lg-14 a key that the token brings along is refused, and nobody is called', async () => {
    let calls = 0;
    const canary = createServer(() => calls++).on('connection', () => calls++);
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const address = canary.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/keys`;
    const brought: JsonObject[] = [
      { jwk: { kty: 'EC', crv: 'P-256', x: stranger.publicJwk.x, y: stranger.publicJwk.y ?? '' } },
      { jwk: 'text' },
      { jku: url },
      { x5u: url },
      { x5c: ['MIIB'] },
      { jku: url, kid: 'k1' },
    ];
    for (const extra of brought) {
      expect(await verdict(await signParts({ ...header, ...extra }, payload, stranger))).toBe('key_untrusted');
    }
    for (const extra of [{ jku: url }, { x5u: url }]) {
      const made = await signParts({ ...header, ...extra }, payload);
      expect(await verdict(made, { key: () => signer.publicJwk })).toBe('key_untrusted');
    }
    await new Promise((resolve) => canary.close(resolve));
    expect(calls).toBe(0);
  });

  it('nc-003 whoever reads the header key on purpose says so, and a jwk of the trusted key does no harm', async () => {
    const { kty, crv, x, y = '' } = signer.publicJwk;
    const own = await signParts({ ...header, jwk: { kty, crv, x, y } }, payload);
    expect(await verdict(own, { key: (jwt) => parsePublicJwk(jwt.header.jwk) })).toBe('accepted');
    expect(await verdict(own)).toBe('accepted');
    const withPrivate = await signParts({ ...header, jwk: { kty, crv, x, y, d: x } }, payload);
    expect(await verdict(withPrivate)).toBe('key_invalid');
    const chain = await signParts({ ...header, x5c: ['MIIB'] }, payload);
    expect(await verdict(chain, { key: () => signer.publicJwk })).toBe('accepted');
  });

  it.each<readonly [string, unknown]>([
    ['CRLF', 'a\r\nb'],
    ['NUL', 'a\0b'],
    ['10 kB', 'k'.repeat(10_000)],
    ['empty', ''],
    ['space', 'a b'],
    ['letters outside ASCII', '虎符'],
    ['number', 1],
    ['null', null],
    ['object', { kid: 'a' }],
    ['list', ['a']],
  ])('nc-004 kid of %s is refused', async (_name, kid) => {
    const made = await signRaw(JSON.stringify({ ...header, kid }), JSON.stringify(payload));
    expect(await verdict(made, { key: () => expect.unreachable('a key was asked for') })).toBe('key_untrusted');
  });

  it('nc-004 a kid that is a path or a quote is only a name', async () => {
    for (const kid of ['../../../etc/passwd', "' OR 1=1;--", 'did:jwk:eyJrdHkiOiJFQyJ9#0']) {
      const made = await signParts({ ...header, kid: kid.replaceAll(' ', '+') }, payload);
      expect(await verdict(made)).toBe('accepted');
    }
  });

  it('nc-013 lg-08 both twins verify, and both carry the same jti', async () => {
    const { signature, payload: claims } = parseJwt(token);
    const other = replacePart(2, encodeBase64url(ecdsaTwin(signature)));
    expect(other).not.toBe(token);
    expect((await verifyJwt(other, honest)).payload.jti).toBe(claims.jti);
    expect((await verifyJwt(token, honest)).payload.jti).toBe(claims.jti);
  });
});

describe('verifyJwt: the kind of token', () => {
  const kinds = [
    'dc+sd-jwt',
    'kb+jwt',
    'openid4vci-proof+jwt',
    'JWT',
    'statuslist+jwt',
    'oauth-authz-req+jwt',
    'at+jwt',
    'dpop+jwt',
  ];

  it('nc-005 lg-04 of 8 kinds in 8 places, only the 8 right ones are accepted', async () => {
    const outcomes = [];
    for (const typ of kinds) {
      const made = await signParts({ ...header, typ }, payload);
      for (const expectedTyp of kinds)
        outcomes.push({ typ, expectedTyp, outcome: await verdict(made, { expectedTyp }) });
    }
    expect(outcomes).toHaveLength(64);
    for (const { typ, expectedTyp, outcome } of outcomes) {
      expect(outcome).toBe(typ === expectedTyp ? 'accepted' : 'typ_mismatch');
    }
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['list', ['JWT']],
    ['other case', 'jwt'],
    ['prefix', 'application/JWT'],
    ['space', 'JWT '],
  ])('nc-005 typ %s is refused', async (_name, typ) => {
    expect(await verdict(await signRaw(JSON.stringify({ ...header, typ }), JSON.stringify(payload)))).toBe(
      'typ_mismatch',
    );
  });

  it.each([
    ['unknown', { crit: ['x'], x: 1 }],
    ['empty', { crit: [] }],
    ['registered name', { crit: ['alg'] }],
    ['b64 named', { crit: ['b64'], b64: false }],
    ['b64 unnamed', { b64: false }],
    ['b64 true', { b64: true }],
    ['null', { crit: null }],
  ])('nc-011 crit %s is refused', async (_name, extra) => {
    expect(await verdict(await signParts({ ...header, ...extra }, payload))).toBe('crit_unsupported');
  });
});

describe('verifyJwt: form', () => {
  it('nc-006 lg-01 lg-02 a member twice, in header or payload, is refused', async () => {
    const claims = JSON.stringify(payload);
    expect(await verdict(await signRaw('{"alg":"ES256","typ":"JWT","typ":"JWT"}', claims))).toBe('json_dup_key');
    expect(await verdict(await signRaw(JSON.stringify(header), `{"exp":${now - 100},${claims.slice(1)}`))).toBe(
      'json_dup_key',
    );
  });

  it('nc-008 lg-03 a claim named __proto__ is refused', async () => {
    const made = await signRaw(
      JSON.stringify(header),
      `{"__proto__":{"admin":true},${JSON.stringify(payload).slice(1)}`,
    );
    expect(await verdict(made)).toBe('json_reserved_key');
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it.each([0, 1, 2])('nc-012 lg-09 lg-10 lg-11 part %i has one spelling', async (index) => {
    const part = token.split('.')[index] ?? '';
    const wrong = [
      `${part}=`,
      `${part}==`,
      `${part}\n`,
      ` ${part}`,
      `${part.slice(0, 8)}\n${part.slice(8)}`,
      `${part.slice(0, -1)}+`,
    ];
    for (const spelling of wrong) expect(await verdict(replacePart(index, spelling))).toBe('encoding');
  });

  it('nc-012 no other last letter of a signature is accepted', async () => {
    const part = token.split('.')[2] ?? '';
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const spelling = part.slice(0, -1) + letter;
      expect((await verdict(replacePart(2, spelling))) === 'accepted').toBe(spelling === part);
    }
  });

  it.each(['', '.', '...', 'a', 'a.b', `${token}.`, `.${token}`, `${token}.a`, `${token}~`, token.replaceAll('.', '')])(
    '%j has not the form of a token',
    async (text) => {
      expect(await verdict(text)).toBe('encoding');
    },
  );

  it('what could never be verified is refused by reading alone', async () => {
    const read = async (extra: object) => parseJwt(await signRaw(JSON.stringify({ ...header, ...extra }), '{}'));
    for (const alg of ['none', 'HS256', null, undefined]) {
      await expect(read({ alg })).rejects.toThrow(expect.objectContaining({ code: 'alg_not_allowed' }));
    }
    for (const typ of [null, 1, ['JWT']]) {
      await expect(read({ typ })).rejects.toThrow(expect.objectContaining({ code: 'typ_mismatch' }));
    }
    expect(await read({ typ: undefined })).toMatchObject({ header: { alg: 'ES256' }, payload: {} });
  });

  it('parts that are no objects are refused', async () => {
    const claims = JSON.stringify(payload);
    for (const part of ['[]', '"a"', 'null', '1', '', '{']) {
      expect(await verdict(await signRaw(part, claims))).toBe('json_syntax');
      expect(await verdict(await signRaw(JSON.stringify(header), part))).toBe('json_syntax');
    }
  });

  it('nc-017 lg-15 10 MB, and 200,000 levels, are refused unread', async () => {
    const deep = await signRaw(JSON.stringify(header), `${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    const huge = `${token}${'A'.repeat(10_000_000)}`;
    const start = performance.now();
    expect(await verdict(huge)).toBe('json_limit');
    expect(await verdict(deep)).toBe('json_limit');
    expect(performance.now() - start).toBeLessThan(200);
    expect(await verdict(token, { maxBytes: token.length })).toBe('accepted');
    expect(await verdict(token, { maxBytes: token.length - 1 })).toBe('json_limit');
  });

  it('any change of one letter of an accepted token is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'AQgwZ9_-.~'), async (at, letter) => {
        fc.pre(token[at] !== letter);
        expect(await verdict(token.slice(0, at) + letter + token.slice(at + 1))).not.toBe('accepted');
      }),
      { numRuns: 300 },
    );
  });
});

describe('verifyJwt: whom it is for', () => {
  it.each([
    ['missing', undefined],
    ['another', 'https://other.example'],
    ['list with it', ['https://verifier.example']],
    ['longer', 'https://verifier.example/'],
    ['null', null],
  ])('lg-18 an audience that is %s is refused', async (_name, aud) => {
    const made = await signRaw(JSON.stringify(header), JSON.stringify({ ...payload, aud }));
    expect(await verdict(made, { expectedAud: payload.aud })).toBe('aud_mismatch');
    expect(await verdict(token, { expectedAud: payload.aud })).toBe('accepted');
  });

  it('lg-19 another issuer, or none, is refused', async () => {
    const self = await signParts(header, { ...payload, iss: 'https://self-issued.me/v2', sub: payload.iss });
    const none = await signParts(header, { exp: now });
    for (const made of [self, none]) expect(await verdict(made, { expectedIss: payload.iss })).toBe('iss_mismatch');
    expect(await verdict(token, { expectedIss: payload.iss })).toBe('accepted');
  });

  it('a forged token tells nothing but that it is forged', async () => {
    const forged = await signParts(header, { ...payload, exp: 0, aud: 'x' }, stranger);
    expect(await verdict(forged, { expectedAud: payload.aud })).toBe('sig_invalid');
  });
});
