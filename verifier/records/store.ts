/**
 * The guest register. An entry exists once per presentation (unique request_id), sealed, with the date its keeping
 * ends; from that date on it is not found any more, whether the sweeper came by or not. Deleting an entry deletes its
 * data key, so that copies of the database without the key table hold nothing of it.
 */
import { HufuError } from '../../shared/errors.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Handle } from '../tables.ts';
import type { RecordTables } from './tables.ts';

export type RecordRow = RecordTables['guest_record'];

const entryPlace = (id: string) => ({ table: 'guest_record', column: 'entry', row: id }) as const;

/** Two rows: the entry and its data key. Call it in the transaction that completes the request. */
export async function putRecord(trx: Handle, envelope: Envelope, record: RecordRow): Promise<void> {
  const entry = await envelope.seal(trx, entryPlace(record.id), record.entry);
  await trx
    .insertInto('guest_record')
    .values({ ...record, entry })
    .execute();
}

/** The entries of one civil day, newest first, opened. */
export async function findDay(db: Handle, envelope: Envelope, day: string, now: number): Promise<readonly RecordRow[]> {
  const rows = await db
    .selectFrom('guest_record')
    .selectAll()
    .where('day', '=', day)
    .where('retain_until', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(1000)
    .execute();
  const opened: RecordRow[] = [];
  for (const row of rows) opened.push(await openRow(db, envelope, row));
  return opened;
}

/** Refused: `not_found` (unknown, or kept no longer). */
export async function getRecord(db: Handle, envelope: Envelope, id: string, now: number): Promise<RecordRow> {
  const row = await db
    .selectFrom('guest_record')
    .selectAll()
    .where('id', '=', id)
    .where('retain_until', '>', now)
    .executeTakeFirst();
  if (row === undefined) throw new HufuError('not_found', { at: 'record' });
  return openRow(db, envelope, row);
}

async function openRow(db: Handle, envelope: Envelope, row: RecordRow): Promise<RecordRow> {
  return { ...row, entry: new TextDecoder().decode(await envelope.open(db, entryPlace(row.id), row.entry)) };
}

/** Deletes up to `limit` entries whose date has come, and their data keys; their ids. */
export async function sweepRecords(
  trx: Handle,
  envelope: Envelope,
  now: number,
  limit: number,
): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('guest_record')
    .select('id')
    .where('retain_until', '<=', now)
    .orderBy('retain_until')
    .limit(limit)
    .execute();
  for (const { id } of rows) {
    await envelope.forget(trx, entryPlace(id));
    await trx.deleteFrom('guest_record').where('id', '=', id).execute();
  }
  return rows.map(({ id }) => id);
}
