import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { civilDateAt } from '../../shared/id-card/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import {
  forgetResult,
  getOwnRequest,
  openResult,
  parseContext,
  parseResult,
  type Reader,
  type RequestDeps,
  type RequestRow,
  randomId,
  type StoredResult,
  takeAccepted,
} from '../requests/index.ts';
import { addRetention, getScene, type Scene } from '../scenes/index.ts';
import type { Handle } from '../tables.ts';
import type { GuestEntry } from './guest-entry.ts';
import { putRecord } from './store.ts';

export interface ClerkAct {
  readonly id: string;
  /** Whether a person compared the portrait with the guest, where the scene wants that. */
  readonly isPortraitCompared: boolean;
  readonly requestId: string;
}

/**
 * The clerk is satisfied: what the scene keeps goes into the register, everything else is given up in the same
 * transaction, the portrait first of all. Refused: `conflict` (not accepted, or not any more; portrait not compared).
 */
export async function completeRequest(deps: RequestDeps, reader: Reader, act: ClerkAct): Promise<void> {
  const scene = getScene((await getOwnRequest(deps, reader, act.id)).scene);
  if (scene.portrait === 'by-clerk' && !act.isPortraitCompared) throw new HufuError('conflict', { at: 'portrait' });
  await deps.db.transaction(async (trx) => {
    const row = await take(trx, deps, act.id, { status: 'completed' });
    const result = parseResult(await openResult(trx, deps.envelope, row));
    if (scene.record === 'guest-register') await keep(trx, deps, reader, row, guestEntryOf(scene, row, result));
    await forgetResult(trx, deps.envelope, row.id);
    await recordAudit(trx, { ...entryOf(deps, reader, act, 'request.complete'), outcome: 'done' });
  });
  deps.changes.notify(act.id);
}

/** The portrait is not of this guest, or the clerk is not satisfied: nothing is kept. Refused: `conflict`. */
export async function rejectRequest(
  deps: RequestDeps,
  reader: Reader,
  act: Omit<ClerkAct, 'isPortraitCompared'>,
): Promise<void> {
  await getOwnRequest(deps, reader, act.id);
  const reason = 'portrait_mismatch';
  await deps.db.transaction(async (trx) => {
    await take(trx, deps, act.id, { status: 'rejected', reason });
    await forgetResult(trx, deps.envelope, act.id);
    await recordAudit(trx, { ...entryOf(deps, reader, act, 'request.reject'), outcome: 'refused', reason });
  });
  deps.changes.notify(act.id);
}

async function take(
  trx: Handle,
  deps: RequestDeps,
  id: string,
  to: Parameters<typeof takeAccepted>[2],
): Promise<RequestRow> {
  const row = await takeAccepted(trx, { id, now: deps.clock.now() }, to);
  if (row === undefined) throw new HufuError('conflict', { at: 'request' });
  return row;
}

async function keep(trx: Handle, deps: RequestDeps, reader: Reader, row: RequestRow, entry: GuestEntry): Promise<void> {
  const now = deps.clock.now();
  await putRecord(trx, deps.envelope, {
    id: randomId(deps.crypto),
    request_id: row.id,
    scene: row.scene,
    day: civilDateAt(now),
    entry: JSON.stringify(entry),
    completed_by: reader.principal.id,
    created_at: now,
    retain_until: addRetention(now, getScene(row.scene).retention),
  });
}

function guestEntryOf(scene: Scene, row: RequestRow, result: StoredResult): GuestEntry {
  return {
    ...parseContext(row.context),
    claims: keptClaims(scene, result.claims),
    portrait_compared: scene.portrait === 'by-clerk',
    issuer: result.evidence.issuer.id,
    status_checked_at: result.evidence.status.checked_at,
  };
}

/** Only what the scene said it keeps: a claim it did not name, or named as not kept, is left behind. */
function keptClaims(scene: Scene, claims: StoredResult['claims']): JsonObject {
  const kept = scene.claims.filter((claim) => claim.retention !== 'none').map((claim) => claim.path[0]);
  return Object.fromEntries(Object.entries(claims).filter(([name]) => kept.includes(name)));
}

function entryOf(deps: RequestDeps, reader: Reader, act: Omit<ClerkAct, 'isPortraitCompared'>, action: string) {
  const { id: actor, roles } = reader.principal;
  return { at: deps.clock.now(), actor, role: roles[0] ?? '-', action, object: act.id, requestId: act.requestId };
}
