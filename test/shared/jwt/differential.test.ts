import fc from 'fast-check';
import { importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { now, signer, signRaw, stranger, verdict } from './tokens.ts';

const key = await importJWK({ ...signer.publicJwk, key_ops: ['verify'] }, 'ES256');

async function joseAccepts(token: string): Promise<boolean> {
  try {
    await jwtVerify(token, key, {
      algorithms: ['ES256'],
      typ: 'JWT',
      audience: 'a',
      requiredClaims: ['exp'],
      currentDate: new Date(now * 1000),
      clockTolerance: 60,
    });
    return true;
  } catch {
    return false;
  }
}

/** Where we refuse more than jose: `b64` that no `crit` names, another spelling of the type. */
const stricter = /"b64":false|"typ":"jwt"/;

/** Headers and payloads from honest to broken; each member is three times as often right as wrong. */
const member = (right: string, ...wrong: string[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
const headers = fc
  .tuple(
    member('"alg":"ES256"', '"alg":"none"', '"alg":"HS256"', '"alg":1'),
    member('"typ":"JWT"', '"typ":"jwt"', '"typ":1', '"kid":"a"'),
    member('"kid":"a"', '"crit":["b64"]', '"b64":false', '"x":1'),
  )
  .map((members) => `{${members.join()}}`);
const payloads = fc
  .tuple(
    member(`"exp":${now}`, `"exp":${now - 61}`, '"exp":"1"', '"exp":null', '"nothing":1'),
    member('"aud":"a"', '"aud":"b"', '"aud":["b"]', '"aud":1'),
    member(`"nbf":${now}`, `"nbf":${now + 61}`, '"nbf":"1"', '"x":1'),
  )
  .map((members) => `{${members.join()}}`);

describe('beside jose', () => {
  it('whatever we accept, jose accepts, and where we are stricter is known', async () => {
    const agreed = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(headers, payloads, fc.nat(9), async (header, payload, fault) => {
        const signed = await signRaw(header, payload, fault === 0 ? stranger : signer);
        const token = fault === 1 ? `${signed.slice(0, -4)}AAAA` : signed;
        const ours = await verdict(token, { expectedAud: 'a' });
        const theirs = await joseAccepts(token);
        if (ours === 'accepted') expect(theirs).toBe(true);
        if (!stricter.test(header)) expect(ours === 'accepted').toBe(theirs);
        agreed[theirs ? 'accepted' : 'refused']++;
      }),
      { numRuns: 1_500 },
    );
    expect(agreed.accepted).toBeGreaterThan(50);
    expect(agreed.refused).toBeGreaterThan(50);
  });
});
