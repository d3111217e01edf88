/**
 * OpenID for Verifiable Presentations 1.0 (Final, 2025-07-09): 5 (request), 5.10 (request_uri POST), 5.9 (client
 * identifier prefixes), 8.2 (direct_post), 8.3 (encryption), 8.4 (transaction data), with HAIP 1.0 where it narrows:
 * signed request by reference, `x509_hash`, `direct_post.jwt`, an encryption key of its own per request.
 */
export { clientMetadata, type RecipientKey } from './client-metadata.ts';
export { createRequestLink, parseRequestLink, type RequestLink } from './request-link.ts';
export { createRequestObject, type RequestTerms, requestHash } from './request-object.ts';
export { openResponse, type SealedAnswer, sealResponse } from './response.ts';
export { createSceneStatement, retentionOf, type SceneStatement, sceneFormat } from './scene.ts';
export {
  type DirectPostForm,
  directPostForm,
  directPostReply,
  type ResponsePayload,
  requestUriForm,
  type VpToken,
  verifierInfoEntry,
  vpToken,
} from './schemas.ts';
export { type ExpectedRequest, type VerifiedRequest, verifyRequestObject } from './verify-request.ts';
