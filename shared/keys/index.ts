/**
 * Keys and algorithms: JWK (RFC 7517), ES256 (RFC 7518 3.4), Ed25519 (RFC 8037, RFC 9864), thumbprints (RFC 7638),
 * and the ports through which every room signs, verifies and hashes.
 */
export { type Alg, algFor, algorithmFor, isAlg } from './algorithms.ts';
export { BoundedCache } from './bounded-cache.ts';
export { type PublicJwk, parsePublicJwk, sameKey, thumbprint } from './jwk.ts';
export type { Crypto, Hasher, HashName, MaybePromise, Signer } from './ports.ts';
export { webCrypto, webSigner } from './web-crypto.ts';
