import type { Code } from '../../shared/errors.ts';

/**
 * Codes that say "could not check", as against "checked and found wanting". Neither is ever good; but the first leaves
 * the request open, so that nobody has to start again because a status host was down (NC-096).
 */
const undetermined: ReadonlySet<Code> = new Set<Code>([
  'status_unavailable',
  'status_stale',
  'trust_unavailable',
  'fetch_blocked',
  'fetch_failed',
  'fetch_limit',
  'fetch_status',
  'fetch_type',
]);

/** `fault` is ours: neither a verdict nor a reason to close the request. */
export function outcomeOf(code: Code): 'refused' | 'undetermined' | 'fault' {
  if (code === 'internal' || code === 'unavailable' || code === 'integrity') return 'fault';
  return undetermined.has(code) ? 'undetermined' : 'refused';
}
