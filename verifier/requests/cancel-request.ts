import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { RequestDeps } from './deps.ts';
import { getOwnRequest, type Reader } from './read-request.ts';
import { forgetResult, moveRequest } from './store.ts';

/**
 * The asker does not want to know any more: no answer is taken from here on, and what one has brought is given up.
 * Refused: `forbidden`, `session_required`, `conflict` (over already).
 */
export async function cancelRequest(
  deps: RequestDeps,
  reader: Reader,
  act: { readonly id: string; readonly requestId: string },
): Promise<void> {
  const { id: actor, roles } = reader.principal;
  const row = await getOwnRequest(deps, reader, act.id);
  const entry = {
    at: deps.clock.now(),
    actor,
    role: roles[0] ?? '-',
    action: 'request.cancel',
    object: row.id,
  } as const;
  await deps.db.transaction(async (trx) => {
    let isOver = false;
    for (const from of ['open', 'match', 'accepted'] as const) {
      isOver ||= await moveRequest(trx, row.id, from, { status: 'cancelled' });
    }
    if (!isOver) throw new HufuError('conflict', { at: 'request' });
    await forgetResult(trx, deps.envelope, row.id);
    await recordAudit(trx, { ...entry, outcome: 'done', requestId: act.requestId });
  });
  deps.changes.notify(row.id);
}
