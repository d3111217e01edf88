/**
 * The only way in for people: passkeys (WebAuthn Level 3, user verification required) and sessions by NIST
 * SP 800-63B-4 AAL2. Holders and staff are two kinds of owner with tables in common and nothing else.
 */
export { agentOf, networkOf } from './agent.ts';
export { createPasskeys, type FailedTouch, type Passkeys, type PasskeyView, type Touch } from './passkeys.ts';
export {
  createSessions,
  type Session,
  type SessionRules,
  type Sessions,
  sessionAuth,
  sessionRules,
} from './sessions.ts';
export type { PasskeyTables } from './tables.ts';
export { assertionResponse, ceremonyOptions, registrationResponse, sessionWire } from './wire.ts';
