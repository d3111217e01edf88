/**
 * OAuth for issuance: pre-authorized code (OpenID4VCI 1.0 final, 6 and 12.3) inside oidc-provider, DPoP (RFC 9449)
 * with server nonces, server metadata (RFC 8414), access tokens at our own endpoints (RFC 6750, RFC 9449 7).
 */
export { createAuthorization } from './authorization.ts';
export type { Access, CheckAccess } from './check-access.ts';
export type { RedeemCode, Redemption } from './exchange-code.ts';
export { createGuessLimit, type GuessLimit } from './guess-limit.ts';
export { createNonces, type Nonces } from './nonces.ts';
export { removeGrant, sweepAuthorization, takeOnce, type Use } from './store.ts';
export type { AuthorizationTables } from './tables.ts';
export { accessWireRows, serverError, tooMany, unavailable } from './wire-errors.ts';
