/**
 * Review: people of the authority look at what a machine must not decide. Sign-in by passkey, a queue, claims, looks on
 * record, decisions by what was seen, a second person where it matters.
 */
import type { Route } from '../../shared/server/routes.ts';
import { createReview, type ReviewDeps } from './review.ts';
import { reviewRoutes } from './routes.ts';
import { createStaffSignIn, type StaffSignInDeps } from './sign-in.ts';
import { staffSignInRoutes } from './sign-in-routes.ts';

export { inviteStaff } from './staff.ts';
export type { ReviewTables } from './tables.ts';

/** Everything under /console/api. */
export function consoleRoutes(deps: ReviewDeps & StaffSignInDeps): readonly Route[] {
  return [
    ...staffSignInRoutes(createStaffSignIn(deps), deps.sessions),
    ...reviewRoutes({ ...deps, review: createReview(deps) }),
  ];
}
