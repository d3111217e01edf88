/**
 * Token Status List (draft-ietf-oauth-status-list), JWT form: pack, sign, verify, read, and ask.
 *
 * Freshness: a look is good for a caller when it is no older than the caller's `maxAge`, the list's own `ttl`, and the
 * list's `exp`. `maxAge: 0` always asks. A list that arrives older than its `ttl` is `status_stale`. Whatever cannot
 * be established is thrown: there is no default status.
 */
export {
  createStatusChecker,
  type StatusChecker,
  type StatusEvidence,
  type StatusTrust,
} from './checker.ts';
export { packStatuses, readStatus, type StatusBits, type StatusList, statusValues, writeStatus } from './list.ts';
export { readStatusReference, type StatusReference } from './reference.ts';
export {
  compressList,
  signStatusList,
  statusListType,
  type VerifiedStatusList,
  type VerifyListOptions,
  verifyStatusList,
} from './token.ts';
export { type Deflate, type Inflate, webInflate } from './zlib.ts';
