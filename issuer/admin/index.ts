/**
 * The endpoint for issuing systems: /admin, bearer tokens with roles (RFC 6750), offers, issuances, suspend, resume,
 * revoke. Described in /openapi.json; tokens are made by `npm run admin:token`.
 */
export { createIdempotency } from './idempotency.ts';
export type { Role } from './roles.ts';
export { adminRoutes } from './routes.ts';
export type { AdminTables } from './store.ts';
export { createToken, withdrawToken } from './tokens.ts';
