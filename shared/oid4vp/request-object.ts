import { encodeBase64, type Json, type JsonObject } from '../encoding/index.ts';
import { signJwt } from '../jwt/index.ts';
import type { Hasher, Signer } from '../keys/index.ts';
import { clientMetadata } from './client-metadata.ts';
import { sceneFormat } from './scene.ts';

/** What one signed request says. Instants are epoch seconds. */
export interface RequestTerms {
  /** `x509_hash:` and the hash of the access certificate. */
  readonly clientId: string;
  readonly responseUri: string;
  /** Fresh, at least 128 bit, URL-safe. */
  readonly nonce: string;
  /** Fresh, at least 128 bit, URL-safe. */
  readonly state: string;
  readonly query: JsonObject;
  /** Public part of this request's own encryption key. */
  readonly encryptionKey: JsonObject;
  /** From `createSceneStatement`. */
  readonly sceneStatement: string;
  /** Echo of what the wallet sent to `request_uri` (5.10). */
  readonly walletNonce?: string;
  readonly now: number;
  readonly expiresAt: number;
}

/** 5 and RFC 9101: the request as a JWT of type `oauth-authz-req+jwt`, certificate chain (leaf first, without its anchor) in `x5c`. */
export function createRequestObject(
  terms: RequestTerms,
  access: { readonly signer: Signer; readonly chain: readonly Uint8Array[] },
): Promise<string> {
  const payload: Record<string, Json> = {
    aud: 'https://self-issued.me/v2',
    client_id: terms.clientId,
    response_type: 'vp_token',
    response_mode: 'direct_post.jwt',
    response_uri: terms.responseUri,
    nonce: terms.nonce,
    state: terms.state,
    dcql_query: terms.query,
    client_metadata: clientMetadata(terms.encryptionKey),
    verifier_info: [{ format: sceneFormat, data: terms.sceneStatement }],
    iat: terms.now,
    exp: terms.expiresAt,
  };
  if (terms.walletNonce !== undefined) payload.wallet_nonce = terms.walletNonce;
  return signJwt({ typ: 'oauth-authz-req+jwt', x5c: access.chain.map(encodeBase64) }, payload, access.signer);
}

/** Names one request as it was signed: goes into the passkey challenge and into the holder's log. */
export function requestHash(requestObject: string, hasher: Hasher): string {
  return hasher.sha256Base64url(requestObject);
}
