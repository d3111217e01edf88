import { createPublicKey } from 'node:crypto';
import * as z from 'zod/mini';
import { decodeBase64url, type JsonObject, parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { decryptJwe, type Enc, encryptJwe } from '../../shared/jwt/index.ts';
import { type ResponseEncryption, responseEncryption } from '../../shared/oid4vci/index.ts';

export const encs = ['A128GCM', 'A256GCM'] as const satisfies readonly Enc[];
export const keyAgreement = 'ECDH-ES';
const maxBytes = 65_536;

/** A wallet's key for the answer: P-256 for ECDH-ES, named (OpenID4VCI 1.0 10). */
const recipientKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  y: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  alg: z.literal(keyAgreement),
  kid: z.string().check(z.minLength(1), z.maxLength(256)),
  use: z.optional(z.literal('enc')),
});

/** Key pair that requests are encrypted to; the public half is in the issuer metadata. */
export interface RequestKey {
  readonly kid: string;
  readonly publicJwk: JsonObject;
  readonly privateJwk: JsonObject;
}

export interface ReadRequest {
  readonly request: JsonObject;
  readonly wasEncrypted: boolean;
}

/**
 * The body of a credential request (8.2): JSON, or a JWE around it. Refused: `credential_request_invalid` (no JSON
 * object), `encryption_parameters` (not encrypted to our key by the announced means).
 */
export async function readRequest(body: string, isJwe: boolean, key: RequestKey): Promise<ReadRequest> {
  if (!isJwe)
    return {
      request: refusing('credential_request_invalid', () => parseJsonObject(body, { maxBytes })),
      wasEncrypted: false,
    };
  try {
    return { request: await decryptJwe(body, key.privateJwk, { kid: key.kid, encs, maxBytes }), wasEncrypted: true };
  } catch (cause) {
    throw new HufuError('encryption_parameters', { at: 'request', cause });
  }
}

/** How the answer leaves. Only `encryptAnswer` can make one, so nothing asked for in secret leaves in clear. */
export type AnswerForm =
  | { readonly kind: 'plain' }
  | { readonly kind: 'encrypted'; readonly key: JsonObject; readonly enc: Enc };

/**
 * What a request asks of its answer (8.2, 10). Refused with `encryption_parameters`: another key agreement or content
 * encryption, no `kid`, compression, a key that is no point of the curve, and the wish for a secret answer in a request
 * that was sent in clear. What passes can be encrypted to: later, a nonce would be spent and a set ended for nothing.
 */
export function answerFormOf(wish: unknown, wasEncrypted: boolean): AnswerForm {
  if (wish === undefined) return { kind: 'plain' };
  if (!wasEncrypted) throw new HufuError('encryption_parameters', { at: 'request' });
  return refusing('encryption_parameters', () => {
    const { jwk, enc, zip }: ResponseEncryption = parseShape(responseEncryption, wish);
    const supported = encs.find((name) => name === enc);
    if (supported === undefined || zip !== undefined) throw new HufuError('encryption_parameters', { at: 'enc' });
    if ('d' in jwk) throw new HufuError('key_invalid', { at: 'jwk' });
    const { kty, crv, x, y, alg, kid } = parseShape(recipientKey, jwk);
    for (const coordinate of [x, y]) decodeBase64url(coordinate, 'jwk');
    createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
    return { kind: 'encrypted', key: { kty, crv, x, y, alg, kid }, enc: supported };
  });
}

/** The answer as it goes out: JSON text, or a JWE (10). */
export async function writeAnswer(
  answer: JsonObject,
  form: AnswerForm,
): Promise<{ readonly type: 'application/json' | 'application/jwt'; readonly text: string }> {
  if (form.kind === 'plain') return { type: 'application/json', text: JSON.stringify(answer) };
  return { type: 'application/jwt', text: await encryptJwe(answer, form.key, { enc: form.enc }) };
}

function refusing<T>(code: 'credential_request_invalid' | 'encryption_parameters', act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new HufuError(code, { at: 'request', cause });
  }
}
