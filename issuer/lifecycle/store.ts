/**
 * Status lists and their entries. Only allocated indices have a row; (list, index) is the primary key, so two
 * processes can never both get one. `status` is a value of Token Status List 7.1.
 *
 * A change of statuses first raises the version of its list. That takes the row's lock until the transaction ends, so
 * versions of one list commit in order, and whoever has seen version v finds every later change by `version > v`.
 * Allocating changes no status and raises no version.
 */
import type { Kysely } from 'kysely';

export interface LifecycleTables {
  status_list: { id: string; ordinal: number; size: number; version: number; is_open: 0 | 1; created_at: number };
  status_entry: { list_id: string; idx: number; status: number; version: number };
}

export interface ListRow {
  readonly id: string;
  readonly size: number;
}

/** Rows in one statement: SQLite and PostgreSQL both bind more, but a statement has to be prepared for each length. */
const chunk = 200;

export function openLists(db: Kysely<LifecycleTables>): Promise<readonly ListRow[]> {
  return db.selectFrom('status_list').select(['id', 'size']).where('is_open', '=', 1).orderBy('ordinal').execute();
}

/** One more list. When another transaction opens the next one at the same time, only one of the two comes to be. */
export async function addList(trx: Kysely<LifecycleTables>, list: ListRow & { readonly now: number }): Promise<void> {
  const last = await trx
    .selectFrom('status_list')
    .select((eb) => eb.fn.max('ordinal').as('ordinal'))
    .executeTakeFirst();
  await trx
    .insertInto('status_list')
    .values({
      id: list.id,
      ordinal: (last?.ordinal ?? 0) + 1,
      size: list.size,
      version: 0,
      is_open: 1,
      created_at: list.now,
    })
    .onConflict((conflict) => conflict.column('ordinal').doNothing())
    .execute();
}

export async function closeList(trx: Kysely<LifecycleTables>, id: string): Promise<void> {
  await trx.updateTable('status_list').set({ is_open: 0 }).where('id', '=', id).execute();
}

export async function countEntries(trx: Kysely<LifecycleTables>, id: string): Promise<number> {
  const { count } = await trx
    .selectFrom('status_entry')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('list_id', '=', id)
    .executeTakeFirstOrThrow();
  return count;
}

/** Takes those of the indices that nobody has; the ones it got. Indices are sorted so that no two takers wait in a ring. */
export async function takeIndices(
  trx: Kysely<LifecycleTables>,
  listId: string,
  indices: readonly number[],
): Promise<readonly number[]> {
  const rows = await trx
    .insertInto('status_entry')
    .values([...indices].sort((a, b) => a - b).map((idx) => ({ list_id: listId, idx, status: 0, version: 0 })))
    .onConflict((conflict) => conflict.columns(['list_id', 'idx']).doNothing())
    .returning('idx')
    .execute();
  return rows.map((row) => row.idx);
}

/** The new version of a list; undefined for a list that does not exist. Holds the list until the transaction ends. */
export async function raiseVersion(trx: Kysely<LifecycleTables>, listId: string): Promise<number | undefined> {
  const row = await trx
    .updateTable('status_list')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', listId)
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

export interface EntryChange {
  readonly listId: string;
  readonly indices: readonly number[];
  readonly from: readonly number[];
  readonly to: number;
  readonly version: number;
}

/** Sets entries that are in one of the states `from`; how many were. */
export async function changeEntries(trx: Kysely<LifecycleTables>, change: EntryChange): Promise<number> {
  let changed = 0;
  for (const indices of chunksOf(change.indices)) {
    const rows = await trx
      .updateTable('status_entry')
      .set({ status: change.to, version: change.version })
      .where('list_id', '=', change.listId)
      .where('idx', 'in', indices)
      .where('status', 'in', change.from)
      .returning('idx')
      .execute();
    changed += rows.length;
  }
  return changed;
}

export async function readEntries(
  db: Kysely<LifecycleTables>,
  listId: string,
  indices: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  for (const part of chunksOf(indices)) {
    const rows = await db
      .selectFrom('status_entry')
      .select(['idx', 'status'])
      .where('list_id', '=', listId)
      .where('idx', 'in', part)
      .execute();
    for (const row of rows) found.set(row.idx, row.status);
  }
  return found;
}

export function findVersion(
  db: Kysely<LifecycleTables>,
  listId: string,
): Promise<{ readonly version: number; readonly size: number } | undefined> {
  return db.selectFrom('status_list').select(['version', 'size']).where('id', '=', listId).executeTakeFirst();
}

/** Entries changed since `version`, with their status of now and the version that last changed them. */
export function changesSince(db: Kysely<LifecycleTables>, listId: string, version: number) {
  return db
    .selectFrom('status_entry')
    .select(['idx', 'status', 'version'])
    .where('list_id', '=', listId)
    .where('version', '>', version)
    .execute();
}

export async function listIds(db: Kysely<LifecycleTables>): Promise<readonly string[]> {
  const rows = await db.selectFrom('status_list').select('id').orderBy('ordinal').execute();
  return rows.map((row) => row.id);
}

function chunksOf(indices: readonly number[]): readonly (readonly number[])[] {
  const parts: (readonly number[])[] = [];
  for (let at = 0; at < indices.length; at += chunk) parts.push(indices.slice(at, at + chunk));
  return parts;
}
