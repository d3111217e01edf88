import { isJsonObject, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { RequestObjectPayload } from './schemas.ts';

/** HAIP 1.0 5: both are offered by a verifier and known to a wallet. */
export const contentEncryptions = ['A256GCM', 'A128GCM'] as const;
type ContentEncryption = (typeof contentEncryptions)[number];

/** The verifier's key a response is encrypted to: a P-256 JWK with `alg` ECDH-ES and its own `kid`. */
export interface RecipientKey {
  readonly jwk: JsonObject;
  readonly kid: string;
  readonly enc: ContentEncryption;
}

/** 5.1, 8.3: metadata of one request with its one fresh encryption key. */
export function clientMetadata(encryptionKey: JsonObject): JsonObject {
  return {
    jwks: { keys: [encryptionKey] },
    encrypted_response_enc_values_supported: [...contentEncryptions],
    vp_formats_supported: {
      'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256', 'Ed25519'], 'kb-jwt_alg_values': ['ES256', 'Ed25519'] },
      jwt_vc_json: { alg_values: ['ES256', 'EdDSA'] },
    },
  };
}

/**
 * The first key of a request's metadata that a response can be encrypted to; other keys are passed over (8.3), `enc`
 * is the strongest both sides know. Refused with `request_invalid`: no such key, no such `enc`, private members.
 */
export function encryptionKeyOf(metadata: RequestObjectPayload['client_metadata']): RecipientKey {
  const jwk = (metadata.jwks?.keys ?? []).find(isUsable);
  if (jwk === undefined || !isJsonObject(jwk)) throw new HufuError('request_invalid', { at: 'client_metadata.jwks' });
  const offered = metadata.encrypted_response_enc_values_supported ?? ['A128GCM'];
  const enc = contentEncryptions.find((known) => offered.includes(known));
  if (enc === undefined) throw new HufuError('request_invalid', { at: 'client_metadata.enc' });
  return { jwk, kid: String(jwk.kid), enc };
}

function isUsable(jwk: Readonly<Record<string, unknown>>): boolean {
  const isEncryption = jwk.use === undefined || jwk.use === 'enc';
  const isPublic = jwk.d === undefined && typeof jwk.x === 'string' && typeof jwk.y === 'string';
  const isNamed = typeof jwk.kid === 'string' && jwk.kid !== '';
  return isEncryption && isPublic && isNamed && jwk.alg === 'ECDH-ES' && jwk.kty === 'EC' && jwk.crv === 'P-256';
}
