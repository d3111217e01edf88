import type { Route } from '../../shared/server/routes.ts';
import { type AdminDeps, createAdminCalls } from './calls.ts';
import { issuanceAdminRoutes } from './issuance-routes.ts';
import { offerRoutes } from './offer-routes.ts';

/** All routes below /admin. Answers name people by their register reference only. */
export function adminRoutes(deps: AdminDeps): readonly Route[] {
  const calls = createAdminCalls(deps);
  return [...offerRoutes(deps, calls), ...issuanceAdminRoutes(deps, calls)];
}
