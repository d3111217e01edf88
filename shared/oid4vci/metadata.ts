import * as z from 'zod/mini';
import { parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { address, claimsPath, issuerIdentifier, jwk, word } from './wire.ts';

const words = z.array(word).check(z.minLength(1));
const image = z.object({ uri: word, alt_text: z.optional(z.string()) });

/** One language of a display list (12.2.4); a list names each locale at most once. */
function displayList<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.array(z.object({ locale: z.optional(word), ...shape })).check(
    z.minLength(1),
    z.refine((list) => hasDistinctLocales(list as readonly { locale?: string }[])),
  );
}

function hasDistinctLocales(list: readonly { locale?: string }[]): boolean {
  return new Set(list.map((entry) => entry.locale?.toLowerCase())).size === list.length;
}

export const claimDescription = z.object({
  path: claimsPath,
  mandatory: z.optional(z.boolean()),
  display: z.optional(displayList({ name: z.optional(z.string()) })),
});

export const credentialConfiguration = z
  .object({
    format: word,
    scope: z.optional(z.string().check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))),
    credential_signing_alg_values_supported: z.optional(z.array(z.union([word, z.int()])).check(z.minLength(1))),
    cryptographic_binding_methods_supported: z.optional(words),
    proof_types_supported: z.optional(z.record(z.string(), z.object({ proof_signing_alg_values_supported: words }))),
    credential_metadata: z.optional(
      z.object({
        display: z.optional(
          displayList({
            name: z.string(),
            logo: z.optional(image),
            description: z.optional(z.string()),
            background_color: z.optional(z.string()),
            background_image: z.optional(z.object({ uri: word })),
            text_color: z.optional(z.string()),
          }),
        ),
        claims: z.optional(z.array(claimDescription)),
      }),
    ),
    vct: z.optional(word),
    credential_definition: z.optional(z.looseObject({ type: words })),
  })
  .check(
    // 12.2.4: each format names its type; binding methods and proof types come together or not at all.
    z.refine((c) => c.format !== 'dc+sd-jwt' || c.vct !== undefined),
    z.refine((c) => c.format !== 'jwt_vc_json' || c.credential_definition !== undefined),
    z.refine(
      (c) => (c.cryptographic_binding_methods_supported === undefined) === (c.proof_types_supported === undefined),
    ),
  );
export type CredentialConfiguration = z.infer<typeof credentialConfiguration>;

/** Credential Issuer Metadata (OpenID4VCI 1.0 12.2.4). Unknown members are dropped. */
export const issuerMetadata = z.object({
  credential_issuer: issuerIdentifier,
  authorization_servers: z.optional(z.array(issuerIdentifier).check(z.minLength(1))),
  credential_endpoint: address,
  nonce_endpoint: z.optional(address),
  deferred_credential_endpoint: z.optional(address),
  notification_endpoint: z.optional(address),
  credential_request_encryption: z.optional(
    z.object({
      jwks: z.object({ keys: z.array(z.extend(jwk, { kid: word, alg: word })).check(z.minLength(1)) }),
      enc_values_supported: words,
      zip_values_supported: z.optional(words),
      encryption_required: z.boolean(),
    }),
  ),
  credential_response_encryption: z.optional(
    z.object({
      alg_values_supported: words,
      enc_values_supported: words,
      zip_values_supported: z.optional(words),
      encryption_required: z.boolean(),
    }),
  ),
  batch_credential_issuance: z.optional(z.object({ batch_size: z.int().check(z.gte(2)) })),
  display: z.optional(displayList({ name: z.optional(z.string()), logo: z.optional(image) })),
  credential_configurations_supported: z.record(z.string(), credentialConfiguration),
});
export type IssuerMetadata = z.infer<typeof issuerMetadata>;

/** Authorization server metadata (RFC 8414 2, OpenID4VCI 1.0 12.3), the members this program uses. */
export const authorizationServerMetadata = z.object({
  issuer: issuerIdentifier,
  token_endpoint: address,
  authorization_endpoint: z.optional(address),
  pushed_authorization_request_endpoint: z.optional(address),
  grant_types_supported: z.optional(words),
  token_endpoint_auth_methods_supported: z.optional(words),
  dpop_signing_alg_values_supported: z.optional(words),
  authorization_details_types_supported: z.optional(words),
  scopes_supported: z.optional(z.array(z.string())),
  response_types_supported: z.optional(z.array(z.string())),
  'pre-authorized_grant_anonymous_access_supported': z.optional(z.boolean()),
});
export type AuthorizationServerMetadata = z.infer<typeof authorizationServerMetadata>;

/**
 * Issuer metadata that was fetched for `expectedIssuer`. Refused with `metadata_invalid`: another shape, another
 * `credential_issuer` (12.2.1: identical, no normalisation), an endpoint that is http under an https issuer, private
 * key material, response encryption without request encryption (8.2).
 */
export function checkIssuerMetadata(value: unknown, expectedIssuer: string): IssuerMetadata {
  const metadata = shapeOf(issuerMetadata, value);
  if (metadata.credential_issuer !== expectedIssuer) throw invalid('credential_issuer');
  for (const [at, endpoint] of endpointsOf(metadata)) {
    if (isDowngrade(expectedIssuer, endpoint)) throw invalid(at);
  }
  const request = metadata.credential_request_encryption;
  if (metadata.credential_response_encryption !== undefined && request === undefined) {
    throw invalid('credential_request_encryption');
  }
  if (request?.jwks.keys.some((key) => 'd' in key || 'k' in key)) throw invalid('credential_request_encryption.jwks');
  return metadata;
}

/** Authorization server metadata that was fetched for `expectedIssuer`; `metadata_invalid` as above (RFC 8414 3.3). */
export function checkAuthorizationServerMetadata(value: unknown, expectedIssuer: string): AuthorizationServerMetadata {
  const metadata = shapeOf(authorizationServerMetadata, value);
  if (metadata.issuer !== expectedIssuer) throw invalid('issuer');
  if (isDowngrade(expectedIssuer, metadata.token_endpoint)) throw invalid('token_endpoint');
  return metadata;
}

function endpointsOf(metadata: IssuerMetadata): [string, string][] {
  return Object.entries(metadata).filter(
    (entry): entry is [string, string] => entry[0].endsWith('_endpoint') && typeof entry[1] === 'string',
  );
}

function isDowngrade(issuer: string, endpoint: string): boolean {
  return issuer.startsWith('https:') && !endpoint.startsWith('https:');
}

function shapeOf<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> {
  try {
    return parseShape(schema, value);
  } catch (cause) {
    throw new HufuError('metadata_invalid', { at: cause instanceof HufuError ? (cause.at ?? '') : '', cause });
  }
}

function invalid(at: string): HufuError {
  return new HufuError('metadata_invalid', { at });
}
