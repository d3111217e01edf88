import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import {
  forgetResult,
  moveRequest,
  openResult,
  parseResult,
  type Reader,
  type RequestDeps,
  takeMatchTry,
} from '../requests/index.ts';

export const matchTries = 3;

/**
 * The two digits the guest read off the phone, typed by the clerk. They prove that the answer came from the person at
 * the desk and not from somebody who was sent a photograph of the code. A try is counted before it is compared; the
 * third wrong one refuses the presentation and gives up its result. Refused: `conflict` (nothing to match).
 */
export async function checkMatchNumber(
  deps: RequestDeps,
  reader: Reader,
  typed: { readonly id: string; readonly number: string; readonly requestId: string },
): Promise<void> {
  const now = deps.clock.now();
  const owner = reader.principal.id;
  const entry = {
    at: now,
    actor: owner,
    role: reader.principal.roles[0] ?? '-',
    action: 'present.match',
    object: typed.id,
    requestId: typed.requestId,
  };
  await deps.db.transaction(async (trx) => {
    const row = await takeMatchTry(trx, { id: typed.id, owner, now });
    if (row === undefined) throw new HufuError('conflict', { at: 'match_number' });
    const { match_number: expected } = parseResult(await openResult(trx, deps.envelope, row));
    if (expected !== undefined && typed.number === expected) {
      await moveRequest(trx, typed.id, 'match', { status: 'accepted' });
      await recordAudit(trx, { ...entry, outcome: 'done' });
      return;
    }
    if (row.match_tries >= matchTries) {
      await moveRequest(trx, typed.id, 'match', { status: 'refused', reason: 'match_number' });
      await forgetResult(trx, deps.envelope, typed.id);
    }
    await recordAudit(trx, { ...entry, outcome: 'refused', reason: 'match_number' });
  });
  deps.changes.notify(typed.id);
}
