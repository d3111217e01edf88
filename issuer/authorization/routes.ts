import * as z from 'zod/mini';
import { parseJson, parseShape } from '../../shared/encoding/index.ts';
import {
  type AuthorizationServerMetadata,
  authorizationDetails,
  authorizationServerMetadata,
  oauthError,
  type TokenResponse,
  tokenResponse,
} from '../../shared/oid4vci/index.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import type { TokenRequest } from './exchange-code.ts';
import type { Nonces } from './nonces.ts';
import { tokenWireErrors } from './wire-errors.ts';

const text = z.optional(z.string().check(z.maxLength(4_096)));
/** RFC 6749 5.2 tells servers to ignore what they do not know. */
const tokenForm = z.looseObject({
  grant_type: z.string().check(z.minLength(1), z.maxLength(256)),
  client_id: text,
  client_secret: text,
  client_assertion: text,
  client_assertion_type: text,
  'pre-authorized_code': text,
  tx_code: text,
  authorization_details: z.optional(z.string().check(z.maxLength(16_384))),
});

/** RFC 6749 2.3.1, RFC 7521 4.2. */
function hasCredentials(form: z.infer<typeof tokenForm>): boolean {
  return [form.client_secret, form.client_assertion, form.client_assertion_type].some((part) => part !== undefined);
}

export function authorizationRoutes(deps: {
  readonly metadata: AuthorizationServerMetadata;
  readonly nonces: Nonces;
  readonly exchange: (request: TokenRequest) => Promise<TokenResponse>;
}): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/.well-known/oauth-authorization-server',
      place: 'well-known',
      summary: 'Authorization server metadata (RFC 8414)',
      tag: 'authorization',
      cors: 'public',
      replies: { 200: { description: 'The metadata', schema: authorizationServerMetadata } },
      handle: async () => ({ json: deps.metadata, headers: { 'Cache-Control': 'public, max-age=300' } }),
    }),
    route({
      method: 'POST',
      path: '/token',
      summary: 'Redeem a pre-authorized code (OpenID4VCI 1.0 6), bound to a DPoP key (RFC 9449)',
      tag: 'authorization',
      cors: 'public',
      body: { type: 'form', schema: tokenForm },
      replies: {
        200: { description: 'An access token for one offer', schema: tokenResponse },
        400: { description: 'Refused (RFC 6749 5.2)', schema: oauthError },
        401: { description: 'Unknown client', schema: oauthError },
      },
      wireErrors: tokenWireErrors(deps.nonces),
      async handle({ body, header, ip, requestId }) {
        const details = body.authorization_details;
        const response = await deps.exchange({
          grantType: body.grant_type,
          clientId: body.client_id,
          isAuthenticating: hasCredentials(body) || header('authorization') !== undefined,
          code: body['pre-authorized_code'],
          txCode: body.tx_code,
          details:
            details === undefined
              ? undefined
              : parseShape(authorizationDetails, parseJson(details), 'authorization_details'),
          dpop: header('dpop'),
          ip,
          requestId,
        });
        return { json: response, headers: { 'DPoP-Nonce': deps.nonces.create() } };
      },
    }),
  ];
}
