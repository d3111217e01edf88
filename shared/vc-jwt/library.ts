import type { Issuer } from 'did-jwt-vc';
import { encodeBase64url, encodeUtf8 } from '../encoding/index.ts';
import type { Signer } from '../keys/index.ts';

export const baseContext = 'https://www.w3.org/2018/credentials/v1';
export const baseCredentialType = 'VerifiableCredential';
export const basePresentationType = 'VerifiablePresentation';

/** Half a wallet's first screen in weight: only those load it who meet a W3C credential. */
export function loadLibrary(): Promise<typeof import('did-jwt-vc')> {
  return import('did-jwt-vc');
}

/** Our signer in the library's shape. Its default algorithm is ES256K: ours is always named. */
export function libraryIssuer(did: string, signer: Signer): Issuer {
  return {
    did,
    alg: signer.alg === 'ES256' ? 'ES256' : 'EdDSA',
    signer: async (data) => encodeBase64url(await signer.sign(typeof data === 'string' ? encodeUtf8(data) : data)),
  };
}
