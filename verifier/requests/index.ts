/**
 * Requests for presentations: OpenID4VP 1.0 5 (request by reference, signed), 5.10 (request_uri with POST), 8.2
 * (response_code). Four identifiers that never stand in for each other: the transaction id its asker knows, the id in
 * request_uri, the nonce, the state.
 */
export { type Changes, createChanges } from './changes.ts';
export { parseContext, type RequestContext } from './context.ts';
export type { AccessKey, RequestDeps, RequestTimes } from './deps.ts';
export { findSecrets, type LinkSecrets, randomId } from './link.ts';
export { findLink, type LinkWithRequest } from './link-store.ts';
export { getOwnRequest, type Reader, type RequestView, readRequest } from './read-request.ts';
export { type Evidence, parseResult, type StoredResult } from './result.ts';
export { createReader, requestId, requestRoutes, requestView, requestViewSchema } from './routes.ts';
export {
  forgetResult,
  moveRequest,
  noteUndetermined,
  openResult,
  type RequestRow,
  type Settlement,
  settleRequest,
  sweepRequests,
  takeAccepted,
  takeMatchTry,
} from './store.ts';
export { walletRequestRoutes } from './wallet-routes.ts';
export { apiErrors } from './wire.ts';
