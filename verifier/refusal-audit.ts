import type { Clock } from '../shared/clock.ts';
import type { Code } from '../shared/errors.ts';
import { recordAudit } from '../shared/server/audit.ts';
import type { Database } from '../shared/server/database.ts';
import type { Refusal } from '../shared/server/http.ts';
import type { VerifierTables } from './tables.ts';

export interface RefusalAudit {
  /** Says that a call's refusal stands in the transaction that decided it. */
  readonly markAudited: (requestId: string) => void;
  readonly onRefusal: (refusal: Refusal) => Promise<void>;
}

/** Nothing anybody did, or what would let a stranger fill the trail without end. */
const unrecorded: ReadonlySet<Code> = new Set<Code>(['method_not_allowed', 'rate_limited', 'unavailable', 'internal']);

/** One audit entry for each refused call to a route of ours. If it cannot be written, the edge answers 503. */
export function createRefusalAudit(db: Database<VerifierTables>, clock: Clock): RefusalAudit {
  const audited = new Set<string>();
  return {
    markAudited: (requestId) => audited.add(requestId),
    async onRefusal({ code, route, requestId, principal }) {
      if (audited.delete(requestId) || unrecorded.has(code) || route === '-') return;
      const entry = { at: clock.now(), actor: principal ?? 'anonymous', role: 'caller', object: route, requestId };
      await db.transaction((trx) =>
        recordAudit(trx, { ...entry, action: 'call.refuse', outcome: 'refused', reason: code }),
      );
    },
  };
}
