/**
 * SD-JWT, RFC 9901 (compact serialization), with the rules of SD-JWT VC (`dc+sd-jwt`; draft-ietf-oauth-sd-jwt-vc-18,
 * section numbers of -13, which HAIP 1.0 pins).
 * A credential is issued, presented, bound to one verifier, and verified; nothing unverified has a verified type.
 */
export type { Path, Place } from '../claims-path.ts';
export type { Disclosure } from './disclosure.ts';
export { type IssueSdJwtOptions, issueSdJwt } from './issue.ts';
export { createIssuerPartCache, type IssuerPartCache } from './issuer-part-cache.ts';
export { type CreateKeyBindingOptions, createKeyBinding, type ExpectedKeyBinding } from './key-binding.ts';
export { parseSdJwt, type SdJwt, type SdJwtLimits } from './parse.ts';
export { type DisclosedView, disclosedView, presentSdJwt } from './present.ts';
export {
  type ClaimMetadata,
  parseTypeDocument,
  type TypeDisplay,
  type TypeDocument,
  typeDocument,
} from './type-document.ts';
export { type CredentialType, checkTypeRules, type ResolveTypeOptions, resolveType } from './type-metadata.ts';
export { isNeverDisclosable } from './vc.ts';
export { type VerifiedSdJwt, type VerifySdJwtOptions, verifySdJwt } from './verify.ts';
