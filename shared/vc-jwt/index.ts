/**
 * W3C Verifiable Credentials Data Model 1.1 as JWT (6.3.1), `jwt_vc_json` of OpenID4VCI 1.0 A.1.1 and OpenID4VP 1.0
 * B.1. did-jwt-vc builds and judges payloads; keys and signatures are checked by `shared/jwt`, and what the library
 * leaves open (inner credential, audience, nonce, holder, dates, contradictions) is refused here.
 */
export { issueVcJwt } from './issue.ts';
export { createVpJwt } from './present.ts';
export { unverifiedTypes, type VerifyVcJwtOptions, verifyVcJwt } from './verify-credential.ts';
export { type VerifyVpJwtOptions, verifyVpJwt } from './verify-presentation.ts';
