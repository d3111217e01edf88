import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json, type JsonObject, parseJsonObject } from '../../shared/encoding/index.ts';
import { disclosedView, issueSdJwt, type Path, presentSdJwt, verifySdJwt } from '../../shared/sd-jwt/index.ts';
import { bind, crypto, frame, issuer, policy, refusal } from '../shared/sd-jwt/credential.ts';

const vectors = '../shared/vectors/sd-jwt';
const example = '../shared/vectors/openid4vp/sd_jwt_vcld/01';

interface Case {
  readonly claims: JsonObject;
  readonly disclosureFrame: JsonObject;
  readonly presentationFrames: JsonObject;
  readonly presentedClaims: JsonObject;
}

/** Where RFC 9901 7.1 step 3e says otherwise: an object left without properties is an empty object. */
const corrected: Readonly<Record<string, JsonObject>> = { 'array_none_disclosed.json': { is_over: {} } };

/** Names every credential of ours has beside the vector's claims. */
const added = Object.keys(frame());

function readCase(file: string): Case {
  const part = (all: JsonObject, name: string) => (isJsonObject(all[name]) ? all[name] : {});
  const all = parseJsonObject(readFileSync(`${vectors}/${file}`, 'utf8'));
  return {
    claims: part(all, 'claims'),
    disclosureFrame: part(all, 'disclosureFrame'),
    presentationFrames: part(all, 'presentationFrames'),
    presentedClaims: corrected[file] ?? part(all, 'presentedClaims'),
  };
}

/** A step of a frame, which always is a text, as a step of a path into this value. */
const stepInto = (value: Json | undefined, step: Json): string | number =>
  Array.isArray(value) ? Number(step) : `${step}`;
const valueAt = (value: Json | undefined, step: Json): Json | undefined =>
  Array.isArray(value) ? value[Number(step)] : isJsonObject(value) ? value[`${step}`] : undefined;

/** Paths of what a disclosure frame lists under `_sd`, at every level. Decoys are counted elsewhere. */
function disclosablePaths(disclosureFrame: JsonObject, value: Json | undefined, at: Path = []): Path[] {
  return Object.entries(disclosureFrame).flatMap(([name, part]) => {
    if (name === '_sd' && Array.isArray(part)) return part.map((step) => [...at, stepInto(value, step)]);
    if (name === '_sd_decoy' || !isJsonObject(part)) return [];
    return disclosablePaths(part, valueAt(value, name), [...at, stepInto(value, name)]);
  });
}

/** Paths of what a presentation frame marks `true`; some vectors mark what is not there. */
function presentedPaths(presentationFrame: JsonObject, value: Json | undefined, at: Path = []): Path[] {
  return Object.entries(presentationFrame).flatMap(([name, part]) => {
    const inner = valueAt(value, name);
    if (inner === undefined) return [];
    const path = [...at, stepInto(value, name)];
    return isJsonObject(part) ? presentedPaths(part, inner, path) : [path];
  });
}

describe.skipIf(!existsSync(vectors))('SD-JWT processing vectors (skipped: vectors folder missing)', () => {
  const files = existsSync(vectors) ? readdirSync(vectors).filter((file) => file.endsWith('.json')) : [];

  it('are all there', () => {
    expect(files).toHaveLength(17);
  });

  it.each(files)('%s', async (file) => {
    const { claims, disclosureFrame, presentationFrames, presentedClaims } = readCase(file);
    const disclosable = disclosablePaths(disclosureFrame, claims);
    for (const decoys of [0, 2]) {
      const issued = await issueSdJwt({
        payload: { ...frame(), ...claims },
        disclosable,
        header: {},
        signer: issuer,
        crypto,
        decoys,
      });
      expect(disclosedView(issued, crypto).disclosablePaths).toHaveLength(disclosable.length);
      const whole = await verifySdJwt(issued, policy({ keyBinding: 'none-at-issuance' }));
      expect(withoutFrame(whole.payload)).toEqual(claims);
      const shown = presentSdJwt(issued, presentedPaths(presentationFrames, claims), crypto);
      const { payload } = await verifySdJwt(await bind(shown), policy());
      expect(withoutFrame(payload)).toEqual(presentedClaims);
    }
  });
});

function withoutFrame(payload: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !added.includes(name)));
}

/** The issuer of all examples of the SD-JWT specifications (RFC 9901 Appendix A.6). */
const exampleIssuer = {
  kty: 'EC',
  crv: 'P-256',
  x: 'b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ',
  y: 'Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8',
} as const;

describe.skipIf(!existsSync(example))('OpenID4VP example sd_jwt_vcld/01 (skipped: vectors folder missing)', () => {
  const read = (file: string) => readFileSync(`${example}/${file}`, 'utf8').replaceAll('\n', '');
  const readJson = (file: string) => parseJsonObject(readFileSync(`${example}/${file}`, 'utf8'));
  const options = policy({
    now: 1_744_743_394,
    issuerKey: () => exampleIssuer,
    keyBinding: { expectedAud: 'https://verifier.example.org', expectedNonce: '1234567890' },
    expectedVct: ['https://credentials.example.com/example_credential'],
  });

  it('verifies, with the contents it should have', async () => {
    const { payload, disclosedPaths } = await verifySdJwt(read('sd_jwt_presentation.txt'), options);
    expect(payload).toEqual(readJson('verified_contents.json'));
    expect(disclosedPaths).toEqual([['ld', 'credentialSubject', 'givenName']]);
  });

  it('is what presenting the issued credential gives', () => {
    const shown = presentSdJwt(read('sd_jwt_issuance.txt'), [['ld', 'credentialSubject', 'givenName']], crypto);
    expect(shown + read('kb_jwt_serialized.txt')).toBe(read('sd_jwt_presentation.txt'));
  });

  it('as issued, has the claims of its subject', () => {
    const { payload } = disclosedView(read('sd_jwt_issuance.txt'), crypto);
    expect(payload).toMatchObject(readJson('user_claims.json'));
  });

  it('is refused for anybody else, later, or under another issuer’s key', async () => {
    const text = read('sd_jwt_presentation.txt');
    const judge = (changes: Partial<typeof options>) => refusal(verifySdJwt(text, { ...options, ...changes }));
    expect(await judge({ keyBinding: { expectedAud: 'https://other.example', expectedNonce: '1234567890' } })).toBe(
      'kb_aud',
    );
    expect(await judge({ now: options.now + 301 })).toBe('kb_stale');
    expect(await judge({ issuerKey: () => issuer.publicJwk })).toBe('sig_invalid');
    expect(await judge({})).toBe('accepted');
  });
});
