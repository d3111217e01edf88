import { encodeBase64url, encodeUtf8, type JsonObject } from '../../../shared/encoding/index.ts';
import { type Code, codeOf } from '../../../shared/errors.ts';
import { type VerifyOptions, verifyJwt } from '../../../shared/jwt/index.ts';
import type { Signer } from '../../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';

/** What every test of tokens starts from: one signer, one moment, one honest set of options. */
export const now = 1_800_000_000;
export const signer = generateNodeSigner('ES256');
export const stranger = generateNodeSigner('ES256');
export const honest: VerifyOptions = {
  crypto: nodeCrypto(),
  key: signer.publicJwk,
  expectedTyp: 'JWT',
  algs: ['ES256'],
  now,
  exp: 'required',
};

/** Signs exactly these texts, however wrong they are: what `signJwt` would never write. */
export async function signRaw(header: string, payload: string, by: Signer = signer): Promise<string> {
  const signingInput = `${encodeBase64url(header)}.${encodeBase64url(payload)}`;
  return `${signingInput}.${encodeBase64url(await by.sign(encodeUtf8(signingInput)))}`;
}

export function signParts(header: JsonObject, payload: JsonObject, by: Signer = signer): Promise<string> {
  return signRaw(JSON.stringify(header), JSON.stringify(payload), by);
}

export async function verdict(token: string, options: Partial<VerifyOptions> = {}): Promise<Code | 'accepted'> {
  try {
    await verifyJwt(token, { ...honest, ...options });
    return 'accepted';
  } catch (error) {
    return codeOf(error);
  }
}
