import { type AuthorizationServerMetadata, preAuthorizedGrantType } from '../../shared/oid4vci/index.ts';
import { dpopAlgs } from './dpop.ts';

/** RFC 8414 2 with OpenID4VCI 1.0 12.3. There is no authorization endpoint, so there are no response types. */
export function authorizationServerMetadataOf(issuer: string, tokenEndpoint: string): AuthorizationServerMetadata {
  return {
    issuer,
    token_endpoint: tokenEndpoint,
    grant_types_supported: [preAuthorizedGrantType],
    token_endpoint_auth_methods_supported: ['none'],
    dpop_signing_alg_values_supported: [...dpopAlgs],
    authorization_details_types_supported: ['openid_credential'],
    'pre-authorized_grant_anonymous_access_supported': true,
  };
}
