import * as z from 'zod/mini';
import { claimsPath, word } from './wire.ts';

/** authorization_details of type openid_credential in a request (OpenID4VCI 1.0 5.1.1). Other types are refused by us. */
export const authorizationDetail = z.object({
  type: z.literal('openid_credential'),
  credential_configuration_id: word,
  locations: z.optional(z.array(word)),
  claims: z.optional(z.array(z.object({ path: claimsPath, mandatory: z.optional(z.boolean()) }))),
});
export const authorizationDetails = z.array(authorizationDetail).check(z.minLength(1), z.maxLength(32));

/** The same in a token response: each entry says under which identifiers the credentials are to be asked for (6.2). */
export const grantedAuthorizationDetail = z.extend(authorizationDetail, {
  credential_identifiers: z.array(word).check(z.minLength(1)),
});

/** Token response (RFC 6749 5.1, OpenID4VCI 1.0 6.2). There is no c_nonce in it any more. */
export const tokenResponse = z.object({
  access_token: z.string().check(z.minLength(1), z.maxLength(4096)),
  token_type: word,
  expires_in: z.optional(z.int().check(z.gte(0))),
  scope: z.optional(z.string()),
  refresh_token: z.optional(z.string()),
  authorization_details: z.optional(z.array(grantedAuthorizationDetail).check(z.minLength(1))),
});
export type TokenResponse = z.infer<typeof tokenResponse>;

/** Nonce response (7.2). */
export const nonceResponse = z.object({ c_nonce: z.string().check(z.minLength(1), z.maxLength(1024)) });

/** The error object of RFC 6749 5.2, which the endpoints of OpenID4VCI share (6.3, 8.3.1, 11.3). */
export const oauthError = z.object({ error: word, error_description: z.optional(z.string()) });
