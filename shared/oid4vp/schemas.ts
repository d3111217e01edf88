import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1), z.maxLength(2_048));
/** 5.2: only ASCII URL-safe characters, so that no layer in between re-spells it. */
const urlSafe = z.string().check(z.regex(/^[A-Za-z0-9\-._~]{1,512}$/));
const bilingual = z.object({ 'zh-Hans': z.string().check(z.maxLength(400)), en: z.string().check(z.maxLength(400)) });

/** 5.1 `verifier_info`: an attestation about the verifier; what `data` holds is the business of `format`. */
export const verifierInfoEntry = z.looseObject({
  format: text,
  data: z.union([z.string(), z.record(z.string(), z.json())]),
  credential_ids: z.optional(z.array(text).check(z.minLength(1))),
});

const clientMetadataPayload = z.looseObject({
  jwks: z.optional(z.looseObject({ keys: z.array(z.record(z.string(), z.json())).check(z.maxLength(16)) })),
  encrypted_response_enc_values_supported: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(16))),
  vp_formats_supported: z.record(z.string(), z.record(z.string(), z.json())),
});

/**
 * The payload of a request object (5.1 to 5.6), as far as its shape goes. Members that carry a refusal of their own
 * (`redirect_uri`, `nonce`, `transaction_data`, `wallet_nonce`) are optional here and judged in `verify-request.ts`.
 */
export const requestObjectPayload = z.looseObject({
  aud: z.literal('https://self-issued.me/v2'),
  client_id: text,
  response_type: z.literal('vp_token'),
  response_mode: z.literal('direct_post.jwt'),
  response_uri: text,
  redirect_uri: z.optional(z.unknown()),
  nonce: z.optional(urlSafe),
  state: z.optional(urlSafe),
  wallet_nonce: z.optional(z.string()),
  transaction_data: z.optional(z.unknown()),
  dcql_query: z.record(z.string(), z.json()),
  client_metadata: clientMetadataPayload,
  verifier_info: z.optional(z.array(verifierInfoEntry).check(z.minLength(1), z.maxLength(8))),
});
export type RequestObjectPayload = z.infer<typeof requestObjectPayload>;

/** 5.10: what a wallet may post to `request_uri`. Unknown members are ignored. */
export const requestUriForm = z.looseObject({
  wallet_nonce: z.optional(urlSafe),
  wallet_metadata: z.optional(z.string().check(z.maxLength(16_384))),
});

/** 8.1: credential query id -> presentations, never a bare string, never empty. */
export const vpToken = z
  .record(
    z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
    z.array(z.string().check(z.minLength(1), z.maxLength(131_072))).check(z.minLength(1), z.maxLength(8)),
  )
  .check(z.refine((token) => Object.keys(token).length > 0 && Object.keys(token).length <= 16));
export type VpToken = z.infer<typeof vpToken>;

/** What the encrypted response holds (8.3). `hufu_match_number` is ours: docs/divergences.md. */
export const responsePayload = z.looseObject({
  vp_token: vpToken,
  state: z.optional(urlSafe),
  hufu_match_number: z.optional(z.string().check(z.regex(/^[0-9]{2}$/))),
});
export type ResponsePayload = z.infer<typeof responsePayload>;

/** 8.5 and RFC 6749 4.1.2.1: the words a wallet may refuse with. */
export const walletErrors = [
  'invalid_request',
  'invalid_client',
  'access_denied',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_response_type',
  'server_error',
  'temporarily_unavailable',
  'vp_formats_not_supported',
  'invalid_request_uri_method',
  'invalid_transaction_data',
  'wallet_unavailable',
] as const;

/** In the open these would be an answer as well: which of two is meant is not for the reader to choose. */
const openAnswers = ['vp_token', 'id_token', 'code', 'presentation_submission', 'response', 'error'] as const;
const isOneAnswer = (form: Readonly<Record<string, unknown>>) =>
  openAnswers.filter((name) => form[name] !== undefined).length === 1;

/** 8.2, 8.3: the form at `response_uri`. Encrypted, or an error in the open, never both; a bare `vp_token` is neither. */
export const directPostForm = z.union([
  z
    .looseObject({ response: z.string().check(z.minLength(1), z.maxLength(524_288)), state: z.optional(urlSafe) })
    .check(z.refine(isOneAnswer)),
  z.looseObject({ error: z.enum(walletErrors), state: z.optional(urlSafe) }).check(z.refine(isOneAnswer)),
]);
export type DirectPostForm = z.infer<typeof directPostForm>;

/** 8.2: the verifier's answer to the wallet. */
export const directPostReply = z.looseObject({ redirect_uri: z.optional(text) });

/** Payload of a scene statement: who asks, why, on what basis, how long each claim is kept. docs/divergences.md. */
export const sceneStatementPayload = z.looseObject({
  iss: text,
  scene: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,31}$/)),
  purpose: bilingual,
  detail: z.optional(bilingual),
  legal_basis: z.optional(bilingual),
  /** ISO 8601 duration, or `none` where nothing is kept. */
  retention: z.string().check(z.regex(/^(none|P[0-9]{1,4}[DMY])$/)),
  claims: z
    .array(
      z.looseObject({
        path: z.array(z.union([z.string(), z.int(), z.null()])).check(z.minLength(1), z.maxLength(8)),
        retention: z.string().check(z.regex(/^(none|P[0-9]{1,4}[DMY])$/)),
        note: z.optional(bilingual),
      }),
    )
    .check(z.maxLength(64)),
  match_number: z.optional(z.boolean()),
});
export type SceneStatementPayload = z.infer<typeof sceneStatementPayload>;
