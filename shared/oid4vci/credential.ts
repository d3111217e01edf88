import * as z from 'zod/mini';
import { jwk, word } from './wire.ts';

/** The wallet's wish that the answer be encrypted (OpenID4VCI 1.0 8.2, 10). */
export const responseEncryption = z.object({
  jwk: z.extend(jwk, { alg: z.optional(word) }),
  enc: word,
  zip: z.optional(word),
});
export type ResponseEncryption = z.infer<typeof responseEncryption>;

/**
 * Credential request (8.2). Exactly one of identifier and configuration, and exactly one proof type, are rules with
 * error codes of their own (8.3.1.2), so this shape leaves them to the checks. Unknown members are dropped.
 */
export const credentialRequest = z.object({
  credential_identifier: z.optional(word),
  credential_configuration_id: z.optional(word),
  proofs: z.optional(z.record(z.string(), z.unknown())),
  credential_response_encryption: z.optional(z.unknown()),
});
export type CredentialRequest = z.infer<typeof credentialRequest>;

/** Credential response (8.3): credentials now, or a transaction to come back with. */
export const credentialResponse = z
  .object({
    credentials: z.optional(
      z.array(z.object({ credential: z.union([z.string(), z.looseObject({})]) })).check(z.minLength(1)),
    ),
    notification_id: z.optional(word),
    transaction_id: z.optional(word),
    interval: z.optional(z.int().check(z.gte(1))),
  })
  .check(
    z.refine((r) => (r.credentials === undefined) !== (r.transaction_id === undefined)),
    z.refine((r) => (r.transaction_id === undefined) === (r.interval === undefined)),
    z.refine((r) => r.notification_id === undefined || r.credentials !== undefined),
  );
export type CredentialResponse = z.infer<typeof credentialResponse>;

const notificationEvents = ['credential_accepted', 'credential_failure', 'credential_deleted'] as const;
export type NotificationEvent = (typeof notificationEvents)[number];

/** Notification request (11.1). */
export const notificationRequest = z.object({
  notification_id: word,
  event: z.enum(notificationEvents),
  event_description: z.optional(z.string().check(z.maxLength(1024), z.regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/))),
});
export type NotificationRequest = z.infer<typeof notificationRequest>;
