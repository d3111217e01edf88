import type { JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import type { PublicJwk, Signer } from '../../../shared/keys/index.ts';
import {
  createKeyBinding,
  issueSdJwt,
  type Path,
  presentSdJwt,
  type VerifiedSdJwt,
  type VerifySdJwtOptions,
  verifySdJwt,
} from '../../../shared/sd-jwt/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';

export const crypto = nodeCrypto();
export const issuer = generateNodeSigner('ES256');
export const holder = generateNodeSigner('ES256');
export const stranger = generateNodeSigner('ES256');

export const now = 1_800_000_000;
export const aud = 'x509_hash:verifier';
export const nonce = 'fresh-nonce-of-this-request';
export const vct = 'https://issuer.example/types/resident-id/1';

/** A JWK as JSON: the types differ in what may be absent. */
export function jwkJson(jwk: PublicJwk): JsonObject {
  return JSON.parse(JSON.stringify(jwk));
}

/** The claims every credential here has, in plain. */
export function frame(holderKey: Signer = holder): JsonObject {
  return {
    iss: 'https://issuer.example',
    vct,
    iat: now - 86_400,
    exp: now + 86_400,
    cnf: { jwk: jwkJson(holderKey.publicJwk) },
    status: { status_list: { idx: 7, uri: 'https://issuer.example/status-lists/1' } },
  };
}

export const person: JsonObject = {
  name: '虎符',
  sex: 1,
  birthdate: '1990-02-28',
  address: { region: '北京', street_address: '长安街 1 号' },
  nationalities: ['CN', 'XX'],
  age_equal_or_over: { '14': true, '18': true, '60': false },
};

export const personPaths: readonly Path[] = [
  ['name'],
  ['sex'],
  ['birthdate'],
  ['address'],
  ['address', 'region'],
  ['address', 'street_address'],
  ['nationalities', null],
  ['age_equal_or_over', '14'],
  ['age_equal_or_over', '18'],
  ['age_equal_or_over', '60'],
];

export function issue(
  claims: JsonObject = person,
  disclosable: readonly Path[] = personPaths,
  extra: JsonObject = {},
): Promise<string> {
  return issueSdJwt({
    payload: { ...frame(), ...claims, ...extra },
    disclosable,
    header: { kid: 'issuer-1' },
    signer: issuer,
    crypto,
  });
}

export function bind(presentation: string, signer: Signer = holder, iat = now): Promise<string> {
  return createKeyBinding({ presentation, aud, nonce, iat, signer, crypto });
}

/** Issued, shown with some claims, bound. */
export async function showing(paths: readonly Path[] = [['name']]): Promise<string> {
  return bind(presentSdJwt(await issue(), paths, crypto));
}

export function policy(changes: Partial<VerifySdJwtOptions> = {}): VerifySdJwtOptions {
  return {
    crypto,
    now,
    issuerKey: () => issuer.publicJwk,
    keyBinding: { expectedAud: aud, expectedNonce: nonce },
    validity: 'exp-required',
    expectedVct: [vct],
    ...changes,
  };
}

export function verify(text: string, changes: Partial<VerifySdJwtOptions> = {}): Promise<VerifiedSdJwt> {
  return verifySdJwt(text, policy(changes));
}

/** The code of the refusal; a test that expects one fails when there is none. */
export async function refusal(attempt: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof attempt === 'function' ? attempt() : attempt);
  } catch (error) {
    return codeOf(error);
  }
  return 'accepted';
}
