/**
 * OpenID for Verifiable Credential Issuance 1.0 (final, 2025-09-16): wire schemas with their exact names, and the
 * checks both ends share. Offers (4), token (6), nonce (7), credential (8), encryption (10), notification (11),
 * metadata (12.2, RFC 8414), key proofs of type jwt (appendix F.1).
 */
export {
  type CredentialRequest,
  type CredentialResponse,
  credentialRequest,
  credentialResponse,
  type NotificationEvent,
  type NotificationRequest,
  notificationRequest,
  type ResponseEncryption,
  responseEncryption,
} from './credential.ts';
export {
  type AuthorizationServerMetadata,
  authorizationServerMetadata,
  type CredentialConfiguration,
  checkAuthorizationServerMetadata,
  checkIssuerMetadata,
  credentialConfiguration,
  type IssuerMetadata,
  issuerMetadata,
} from './metadata.ts';
export {
  type CredentialOffer,
  createOfferLink,
  credentialOffer,
  type OfferLink,
  parseOffer,
  parseOfferLink,
  preAuthorizedGrantType,
} from './offer.ts';
export { createKeyProof, type KeyBinding, type VerifiedKeyProof, verifyKeyProof } from './proof.ts';
export { signIssuerMetadata, verifyIssuerMetadata } from './signed-metadata.ts';
export {
  authorizationDetails,
  nonceResponse,
  oauthError,
  type TokenResponse,
  tokenResponse,
} from './token.ts';
export { insertWellKnown } from './well-known.ts';
