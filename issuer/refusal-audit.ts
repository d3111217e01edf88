import type { Clock } from '../shared/clock.ts';
import type { Code } from '../shared/errors.ts';
import { recordAudit } from '../shared/server/audit.ts';
import type { Database } from '../shared/server/database.ts';
import type { Refusal } from '../shared/server/http.ts';
import type { IssuerTables } from './tables.ts';

/** Says that a request's refusal is already on record, written in the transaction that decided it. */
export type MarkAudited = (requestId: string) => void;

/** Not acts against us but the ordinary course of things, or what must not let a stranger fill the audit trail. */
const unrecorded: ReadonlySet<Code> = new Set([
  'dpop_nonce',
  'not_found',
  'method_not_allowed',
  'media_type',
  'rate_limited',
  'unavailable',
  'internal',
]);

/**
 * An audit entry for every refusal, in a transaction of its own: a request that changed nothing has no other. If it
 * cannot be written, the edge answers 503.
 */
export function createRefusalAudit(options: { readonly db: Database<IssuerTables>; readonly clock: Clock }): {
  readonly markAudited: MarkAudited;
  onRefusal(refusal: Refusal): Promise<void>;
} {
  const audited = new Set<string>();
  return {
    markAudited: (requestId) => audited.add(requestId),
    async onRefusal({ code, route, requestId, principal }) {
      if (audited.delete(requestId) || unrecorded.has(code) || route === '-') return;
      const actor = principal ?? 'anonymous';
      const entry = {
        at: options.clock.now(),
        actor,
        role: 'caller',
        action: 'request.refuse',
        object: route,
        requestId,
      };
      await options.db.transaction((trx) => recordAudit(trx, { ...entry, outcome: 'refused', reason: code }));
    },
  };
}
