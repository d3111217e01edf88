/**
 * Whom to believe: issuers by X.509 chain (RFC 5280, RFC 7515 4.1.6 `x5c`, HAIP 1.0 6.1.1) or by DID, each for its own
 * types only; relying parties by their access certificate (OpenID4VP 1.0 5.9.3 `x509_hash`).
 */

export { type Leaf, type VerifyChainOptions, verifyChain, x509Hash } from './chain.ts';
export { createIssuerTrust, type IssuerTrust, type TrustedKey } from './issuer-trust.ts';
export { type RelyingParty, relyingPartyOf } from './relying-party.ts';
export type { TrustedIssuer } from './trusted-issuers.ts';
