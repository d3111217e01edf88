/**
 * Requests and their links. Every change of state is one conditional statement: it names the state it starts from, and
 * whoever comes second changes nothing and is told so. Sealed values are written in the transaction of the row they
 * belong to. Verbs take the database or the caller's transaction; those that write more than one row say so.
 */
import type { ExpressionBuilder } from 'kysely';
import { type Code, HufuError } from '../../shared/errors.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Handle, VerifierTables } from '../tables.ts';
import { type LinkRow, secretsPlace } from './link-place.ts';
import type { RequestTables, StoredStatus } from './tables.ts';

export type RequestRow = RequestTables['presentation_request'];

const resultPlace = (id: string) => ({ table: 'presentation_request', column: 'result', row: id }) as const;

export type NewRequest = Pick<
  RequestRow,
  | 'id'
  | 'owner'
  | 'scene'
  | 'device'
  | 'context'
  | 'session_hash'
  | 'return_url'
  | 'created_at'
  | 'expires_at'
  | 'delete_at'
>;

export async function putRequest(trx: Handle, request: NewRequest): Promise<void> {
  await trx
    .insertInto('presentation_request')
    .values({
      ...request,
      status: 'open',
      reason: null,
      result: null,
      match_tries: 0,
      code_hash: null,
      code_used_at: null,
      answered_at: null,
    })
    .execute();
}

/** Prolongs an open request for a further link; false when it is not open any more, or too old to go on. */
export async function prolongRequest(
  trx: Handle,
  request: Pick<RequestRow, 'id' | 'owner'> & {
    readonly createdAfter: number;
    readonly fetchUntil: number;
    readonly deleteAt: number;
  },
): Promise<boolean> {
  const { fetchUntil, deleteAt } = request;
  const row = await trx
    .updateTable('presentation_request')
    .set((old) => ({
      // A wallet that has fetched an earlier link keeps its time to answer.
      expires_at: later(old, 'expires_at', fetchUntil),
      delete_at: later(old, 'delete_at', deleteAt),
    }))
    .where('id', '=', request.id)
    .where('owner', '=', request.owner)
    .where('status', '=', 'open')
    .where('created_at', '>', request.createdAfter)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface Settlement {
  readonly status: Extract<StoredStatus, 'match' | 'accepted' | 'refused' | 'declined'>;
  readonly reason: Code | null;
  /** JSON of what the asker may see; sealed here. */
  readonly result: string | undefined;
  readonly codeHash: string | null;
  readonly now: number;
  readonly expiresAt: number;
  readonly deleteAt: number;
}

/**
 * The one answer of a request (NC-079, NC-080): whoever finds it open settles it, everybody else is refused with
 * `replay`. The link's secrets are forgotten at once. Several rows: call it in a transaction, together with the audit.
 */
export async function settleRequest(
  trx: Handle,
  envelope: Envelope,
  link: Pick<LinkRow, 'rid' | 'request_id'>,
  settlement: Settlement,
): Promise<void> {
  const { status, reason, now } = settlement;
  const result =
    settlement.result === undefined ? null : await envelope.seal(trx, resultPlace(link.request_id), settlement.result);
  const row = await trx
    .updateTable('presentation_request')
    .set({
      status,
      reason,
      result,
      code_hash: settlement.codeHash,
      answered_at: now,
      expires_at: settlement.expiresAt,
      delete_at: settlement.deleteAt,
    })
    .where('id', '=', link.request_id)
    .where('status', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) throw new HufuError('replay');
  await envelope.forget(trx, secretsPlace(link.rid));
}

/** An answer that could not be checked: the request stays open, the desk is told why. */
export async function noteUndetermined(trx: Handle, id: string, reason: Code): Promise<void> {
  await trx
    .updateTable('presentation_request')
    .set({ reason })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .execute();
}

export async function findRequest(db: Handle, id: string, owner: string): Promise<RequestRow | undefined> {
  return db
    .selectFrom('presentation_request')
    .selectAll()
    .where('id', '=', id)
    .where('owner', '=', owner)
    .executeTakeFirst();
}

export async function openResult(
  db: Handle,
  envelope: Envelope,
  row: Pick<RequestRow, 'id' | 'result'>,
): Promise<Uint8Array> {
  if (row.result === null) throw new TypeError('a result is opened only where there is one');
  return envelope.open(db, resultPlace(row.id), row.result);
}

/** Counts one try at the match number and gives the row it was counted on; undefined when there is nothing to match. */
export async function takeMatchTry(
  trx: Handle,
  request: { readonly id: string; readonly owner: string; readonly now: number },
): Promise<RequestRow | undefined> {
  return trx
    .updateTable('presentation_request')
    .set((row) => ({ match_tries: row('match_tries', '+', 1) }))
    .where('id', '=', request.id)
    .where('owner', '=', request.owner)
    .where('status', '=', 'match')
    .where('expires_at', '>', request.now)
    .returningAll()
    .executeTakeFirst();
}

/** Moves a request from one state to the next; false when it was not in that state. */
export async function moveRequest(
  trx: Handle,
  id: string,
  from: StoredStatus,
  to: { readonly status: StoredStatus; readonly reason?: Code },
): Promise<boolean> {
  const row = await trx
    .updateTable('presentation_request')
    .set({ status: to.status, reason: to.reason ?? null })
    .where('id', '=', id)
    .where('status', '=', from)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * An accepted request, which the caller knows to be its own, on its way to `to` (or staying, to be looked at): undefined when it is not accepted, not any
 * more, or nobody may know yet. Whoever got the row is alone with its result until the transaction ends.
 */
export async function takeAccepted(
  trx: Handle,
  request: { readonly id: string; readonly now: number },
  to: { readonly status: 'accepted' | 'completed' | 'rejected'; readonly reason?: Code },
): Promise<RequestRow | undefined> {
  return trx
    .updateTable('presentation_request')
    .set({ status: to.status, reason: to.reason ?? null })
    .where('id', '=', request.id)
    .where('status', '=', 'accepted')
    .where('expires_at', '>', request.now)
    .where((row) => row.or([row('device', '=', 'cross'), row('code_used_at', 'is not', null)]))
    .returningAll()
    .executeTakeFirst();
}

/** Gives up what a request holds about a person. */
export async function forgetResult(trx: Handle, envelope: Envelope, id: string): Promise<void> {
  await trx.updateTable('presentation_request').set({ result: null }).where('id', '=', id).execute();
  await envelope.forget(trx, resultPlace(id));
}

/** Same device: the code counts once, and only together with the cookie of the browser that started (NC-081, NC-082). */
export async function redeemCode(
  trx: Handle,
  request: {
    readonly id: string;
    readonly owner: string;
    readonly codeHash: string;
    readonly sessionHash: string;
    readonly now: number;
  },
): Promise<boolean> {
  const row = await trx
    .updateTable('presentation_request')
    .set({ code_used_at: request.now })
    .where('id', '=', request.id)
    .where('owner', '=', request.owner)
    .where('code_hash', '=', request.codeHash)
    .where('session_hash', '=', request.sessionHash)
    .where('code_used_at', 'is', null)
    .where('expires_at', '>', request.now)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Deletes up to `limit` requests whose time is over, with their links and everything sealed for either. */
export async function sweepRequests(trx: Handle, envelope: Envelope, now: number, limit: number): Promise<number> {
  const rows = await trx
    .selectFrom('presentation_request')
    .select('id')
    .where('delete_at', '<=', now)
    .orderBy('delete_at')
    .limit(limit)
    .execute();
  for (const { id } of rows) {
    const links = await trx.deleteFrom('request_link').where('request_id', '=', id).returning('rid').execute();
    for (const { rid } of links) await envelope.forget(trx, secretsPlace(rid));
    await envelope.forget(trx, resultPlace(id));
    await trx.deleteFrom('presentation_request').where('id', '=', id).execute();
  }
  return rows.length;
}

/** The column, or the instant if that is later. */
export function later(
  row: ExpressionBuilder<VerifierTables, 'presentation_request'>,
  column: 'expires_at' | 'delete_at',
  instant: number,
) {
  return row.case().when(column, '<', instant).then(instant).else(row.ref(column)).end();
}
