import { fixedClock } from '../../../shared/clock.ts';
import { createDidKeys, didJwkOf } from '../../../shared/did/index.ts';
import { encodeBase64url, encodeUtf8, isJsonObject, type JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import { parseJwt } from '../../../shared/jwt/index.ts';
import type { Signer } from '../../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { issueVcJwt, type VerifyVpJwtOptions } from '../../../shared/vc-jwt/index.ts';

/** Two holders, an issuer and a stranger, all with keys of their own, and tokens that say whatever a test wants. */
export const now = 1_800_000_000;
export const crypto = nodeCrypto();
export const dids = createDidKeys({ clock: fixedClock(now) });

export interface Party {
  readonly did: string;
  readonly kid: string;
  readonly signer: Signer;
}

export function party(alg: 'ES256' | 'EdDSA' = 'ES256'): Party {
  const signer = generateNodeSigner(alg);
  const did = didJwkOf(signer.publicJwk);
  return { did, kid: `${did}#0`, signer };
}

export const issuer = party();
export const holder = party();
export const stranger = party();

export const aud = 'x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk';
export const nonce = 'n-0S6_WzA2Mj';

export const expected: VerifyVpJwtOptions = {
  crypto,
  dids,
  now,
  expectedAud: aud,
  expectedNonce: nonce,
  issuerKey: () => issuer.signer.publicJwk,
  validity: 'exp-required',
};

export function credential(changes: Partial<Parameters<typeof issueVcJwt>[0]['credential']> = {}): Promise<string> {
  return issueVcJwt({
    credential: {
      types: ['ResidentIdCredential'],
      subject: holder.did,
      claims: { name: '张三', address: { region: '330199' } },
      id: 'urn:uuid:6c9e1f0a-0000-4000-8000-000000000001',
      issuedAt: now,
      validFrom: now,
      validUntil: now + 86_400,
      status: { uri: 'https://issuer.example/status-lists/1', idx: 7 },
      ...changes,
    },
    issuer,
  });
}

/** Any text as header and payload, under a good signature. */
export async function signRaw(header: string, payload: string, signer: Signer): Promise<string> {
  const input = `${encodeBase64url(header)}.${encodeBase64url(payload)}`;
  return `${input}.${encodeBase64url(await signer.sign(encodeUtf8(input)))}`;
}

type Changes = Readonly<Record<string, unknown>>;

/** The honest credential with members of header, payload and `vc` changed (or dropped, by undefined), signed again. */
export async function credentialWith(payload: Changes, vc: Changes = {}, header: Changes = {}): Promise<string> {
  const honest = parseJwt(await credential());
  return signRaw(
    JSON.stringify({ ...honest.header, ...header }),
    JSON.stringify({ ...honest.payload, vc: { ...member(honest.payload, 'vc'), ...vc }, ...payload }),
    issuer.signer,
  );
}

/** The same for a presentation. */
export async function presentationWith(
  payload: Changes,
  vp: Changes = {},
  header: Changes = {},
  by: Party = holder,
): Promise<string> {
  return signRaw(
    JSON.stringify({ typ: 'JWT', alg: by.signer.alg, kid: by.kid, ...header }),
    JSON.stringify({
      iss: by.did,
      aud,
      nonce,
      iat: now,
      nbf: now,
      exp: now + 300,
      vp: {
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        type: ['VerifiablePresentation'],
        verifiableCredential: [await credential()],
        ...vp,
      },
      ...payload,
    }),
    by.signer,
  );
}

export function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  if (!isJsonObject(value)) throw new TypeError(name);
  return value;
}

export async function codeAnd(at: Promise<unknown>): Promise<string> {
  return codeOf(
    await at.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
}
