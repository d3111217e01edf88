/** Staff and their one-time links. What is used up or ended is so by one conditional statement. */
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { ReviewTables } from './tables.ts';

type Db = Kysely<ReviewTables>;
export type StaffRow = Readonly<Selectable<ReviewTables['staff']>>;

export async function putStaff(trx: Db, row: Insertable<ReviewTables['staff']>): Promise<void> {
  await trx.insertInto('staff').values(row).execute();
}

/** Those who left are not found. */
export function findStaff(db: Db, id: string): Promise<StaffRow | undefined> {
  return db.selectFrom('staff').selectAll().where('id', '=', id).where('left_at', 'is', null).executeTakeFirst();
}

/**
 * The same, held until the transaction ends: what one person does at two windows happens one after the other, on
 * PostgreSQL as on SQLite.
 */
export function holdStaff(trx: Db, id: string): Promise<StaffRow | undefined> {
  return trx
    .updateTable('staff')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', id)
    .where('left_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

export function listStaff(db: Db): Promise<readonly StaffRow[]> {
  return db.selectFrom('staff').selectAll().orderBy('created_at').orderBy('id').execute();
}

/** Whether this call ended it. */
export async function markLeft(trx: Db, id: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('staff')
    .set({ left_at: now })
    .where('id', '=', id)
    .where('left_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function putInvite(trx: Db, row: Insertable<ReviewTables['staff_invite']>): Promise<void> {
  await trx.insertInto('staff_invite').values(row).execute();
}

/** Whose link it is, while it is good. */
export async function findInvite(db: Db, tokenHash: string, now: number): Promise<StaffRow | undefined> {
  return db
    .selectFrom('staff_invite')
    .innerJoin('staff', 'staff.id', 'staff_invite.staff_id')
    .selectAll('staff')
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .where('used_at', 'is', null)
    .where('left_at', 'is', null)
    .executeTakeFirst();
}

/** Uses it up, for this person alone; false when it is not good any more. */
export async function takeInvite(
  trx: Db,
  by: { readonly tokenHash: string; readonly staffId: string; readonly now: number },
): Promise<boolean> {
  const row = await trx
    .updateTable('staff_invite')
    .set({ used_at: by.now })
    .where('token_hash', '=', by.tokenHash)
    .where('staff_id', '=', by.staffId)
    .where('expires_at', '>', by.now)
    .where('used_at', 'is', null)
    .returning('staff_id')
    .executeTakeFirst();
  return row !== undefined;
}
