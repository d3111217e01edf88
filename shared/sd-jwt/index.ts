/**
 * SD-JWT, RFC 9901 (compact serialization), with the rules of SD-JWT VC (`dc+sd-jwt`; draft-ietf-oauth-sd-jwt-vc-18,
 * section numbers of -13, which HAIP 1.0 pins).
 * A credential is issued, presented, bound to one verifier, and verified; nothing unverified has a verified type.
 */
export type { Path, Place } from '../claims-path.ts';
export { issueSdJwt } from './issue.ts';
export { createIssuerPartCache, type IssuerPartCache } from './issuer-part-cache.ts';
export { createKeyBinding } from './key-binding.ts';
export { parseSdJwt } from './parse.ts';
export { disclosedView, presentSdJwt } from './present.ts';
export { parseTypeDocument } from './type-document.ts';
export { type CredentialType, checkTypeRules, resolveType } from './type-metadata.ts';
export { isNeverDisclosable } from './vc.ts';
export { type VerifiedSdJwt, type VerifySdJwtOptions, verifySdJwt } from './verify.ts';
