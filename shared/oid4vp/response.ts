import type { Json, JsonObject } from '../encoding/index.ts';
import { constantTimeEqual, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { decryptJwe, encryptJwe, type OpenJwe } from '../jwt/index.ts';
import { contentEncryptions, type RecipientKey } from './client-metadata.ts';
import { type ResponsePayload, responsePayload, type VpToken } from './schemas.ts';

export interface SealedAnswer {
  readonly vpToken: VpToken;
  /** As the request had it. */
  readonly state: string | undefined;
  /** Two digits drawn by the wallet, where the request wants the clerk to type them. */
  readonly matchNumber?: string;
}

/** 8.3: the response as a JWE to the request's own key, to be posted as the form field `response`. */
export function sealResponse(answer: SealedAnswer, recipient: RecipientKey): Promise<string> {
  const payload: Record<string, Json> = { vp_token: answer.vpToken as JsonObject };
  if (answer.state !== undefined) payload.state = answer.state;
  if (answer.matchNumber !== undefined) payload.hufu_match_number = answer.matchNumber;
  return encryptJwe(payload, recipient.jwk, { enc: recipient.enc });
}

/**
 * Opens a response with the private key of the request it claims to answer. Refused: `jwe_invalid` (anything about the
 * encryption, another `kid` included), `shape`, `state_unknown` (the state inside is missing or another request's).
 */
export async function openResponse(
  jwe: string,
  options: {
    readonly privateJwk: JsonObject;
    readonly kid: string;
    readonly expectedState: string;
    /** The platform's own way to open, where it has one. */
    readonly open?: OpenJwe;
  },
): Promise<ResponsePayload> {
  const { privateJwk, kid, open } = options;
  const how = { kid, encs: contentEncryptions, ...(open === undefined ? {} : { open }) };
  const opened = await decryptJwe(jwe, privateJwk, how);
  const payload = parseShape(responsePayload, opened, 'response');
  if (payload.state === undefined || !constantTimeEqual(payload.state, options.expectedState)) {
    throw new HufuError('state_unknown', { at: 'response.state' });
  }
  return payload;
}
