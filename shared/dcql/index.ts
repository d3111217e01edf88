/**
 * DCQL, the Digital Credentials Query Language: OpenID4VP 1.0 (final, 2025-07-09), sections 6 and 7.
 * `matchQuery` is the wallet's side, `checkPresented` the verifier's; both ask the same question of one credential.
 */
export { type Path, selectPath } from '../claims-path.ts';
export { checkPresented } from './check-presented.ts';
export type { ClaimOption, HeldCredential } from './credential.ts';
export { matchQuery, type QueryMatch } from './match-query.ts';
export { pickPaths } from './pick-paths.ts';
export { type DcqlQuery, dcqlQuery, parseDcql } from './query.ts';
