/** Who may use the verifier: programs by bearer token (RFC 6750), clerks by a session of the desk page (NC-077). */
export { type CallerAuthOptions, callerAuth, deskAuth, isDesk, tokenPrefixes } from './caller.ts';
export { ensureDemoDesk } from './desk-session.ts';
export { accessRoutes } from './routes.ts';
export {
  type AccessToken,
  findTokenById,
  putToken,
  revokeTokens,
  type SessionRules,
  sweepSessions,
} from './store.ts';
