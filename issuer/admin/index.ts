/**
 * The endpoint for issuing systems: /admin, bearer tokens with roles (RFC 6750), offers, issuances, suspend, resume,
 * revoke. Described in /openapi.json; tokens are made by `npm run admin:token`.
 */
export type { AdminDeps } from './calls.ts';
export { createIdempotency, type Idempotency } from './idempotency.ts';
export { type Role, roles } from './roles.ts';
export { adminRoutes } from './routes.ts';
export type { AdminTables } from './store.ts';
export { createToken, describeTokens, withdrawToken } from './tokens.ts';
