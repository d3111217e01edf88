/**
 * What happens to a credential after it was issued: Token Status List (draft-ietf-oauth-status-list), 2 bits,
 * one random index per copy, lists signed anew on change; suspend, resume, revoke (final).
 */
export { createLifecycle, type Lifecycle, type StatusAct } from './lifecycle.ts';
export { lifecycleRoutes } from './routes.ts';
export type { LifecycleTables } from './store.ts';
