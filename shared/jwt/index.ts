/**
 * Compact JWS and JWT (RFC 7515, RFC 7519, under RFC 8725), JWE with ECDH-ES and AES-GCM (RFC 7516, RFC 7518 4.6),
 * DPoP proofs (RFC 9449). An UnverifiedJwt never turns into a VerifiedJwt but through `verifyJwt`.
 */
export { createDpop } from './dpop.ts';
export {
  decryptJwe,
  type Enc,
  encryptJwe,
  generateEncryptionKey,
  type JweParts,
  type OpenJwe,
} from './jwe.ts';
export { parseJwt, type UnverifiedJwt } from './parse.ts';
export { signJwt } from './sign.ts';
export { checkTimes, defaultSkew } from './times.ts';
export { type VerifiedJwt, type VerifyOptions, verifyJwt } from './verify.ts';
