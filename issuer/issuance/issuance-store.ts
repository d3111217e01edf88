/**
 * Sets of copies. `replaceSet` ends the unacknowledged set of an offer and records the next one; the caller holds the
 * offer's row, so there is one such caller at a time, and a unique index stands behind it: never two live sets of one
 * configuration per offer. Copies are rows before they are signatures: what is not recorded is not signed.
 */
import type { Kysely, Selectable } from 'kysely';
import type { StatusReference } from '../../shared/status-list/index.ts';
import type { EndReason, IssuanceTables } from './tables.ts';

type Db = Kysely<IssuanceTables>;
export type IssuanceRow = Readonly<Selectable<IssuanceTables['issuance']>>;

/** Ends the set that was never acknowledged; the id of it. */
export async function supersedeSet(
  trx: Db,
  offerId: string,
  configurationId: string,
  now: number,
): Promise<string | undefined> {
  const row = await trx
    .updateTable('issuance')
    .set({ ended_at: now, end_reason: 'superseded' })
    .where('offer_id', '=', offerId)
    .where('configuration_id', '=', configurationId)
    .where('ended_at', 'is', null)
    .where('accepted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Whether this offer already gave what it had to give: a set that was accepted, or that was ended for a reason. */
export async function hasFinalSet(trx: Db, offerId: string, configurationId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('issuance')
    .select('id')
    .where('offer_id', '=', offerId)
    .where('configuration_id', '=', configurationId)
    .where((eb) => eb.or([eb('end_reason', 'is', null), eb('end_reason', '!=', 'superseded')]))
    .executeTakeFirst();
  return row !== undefined;
}

export async function putSet(
  trx: Db,
  set: Omit<IssuanceRow, 'accepted_at' | 'ended_at' | 'end_reason'>,
  copies: readonly StatusReference[],
): Promise<void> {
  await trx
    .insertInto('issuance')
    .values({ ...set, accepted_at: null, ended_at: null, end_reason: null })
    .execute();
  const rows = copies.map(({ uri, idx }, position) => ({
    issuance_id: set.id,
    position,
    status_uri: uri,
    status_idx: idx,
  }));
  await trx.insertInto('issued_copy').values(rows).execute();
}

export async function findRefs(db: Db, issuanceId: string): Promise<readonly StatusReference[]> {
  const rows = await db
    .selectFrom('issued_copy')
    .select(['status_uri', 'status_idx'])
    .where('issuance_id', '=', issuanceId)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({ uri: row.status_uri, idx: row.status_idx }));
}

export function findSet(db: Db, id: string): Promise<IssuanceRow | undefined> {
  return db.selectFrom('issuance').selectAll().where('id', '=', id).executeTakeFirst();
}

export function findSetByNotification(
  db: Db,
  notificationHash: string,
  offerId: string,
): Promise<IssuanceRow | undefined> {
  return db
    .selectFrom('issuance')
    .selectAll()
    .where('notification_hash', '=', notificationHash)
    .where('offer_id', '=', offerId)
    .executeTakeFirst();
}

export function findSetsOf(
  db: Db,
  by: { readonly personRef: string } | { readonly offerId: string },
): Promise<readonly IssuanceRow[]> {
  return db
    .selectFrom('issuance')
    .selectAll()
    .$if('personRef' in by, (query) => query.where('person_ref', '=', 'personRef' in by ? by.personRef : ''))
    .$if('offerId' in by, (query) => query.where('offer_id', '=', 'offerId' in by ? by.offerId : ''))
    .orderBy('created_at', 'desc')
    .limit(200)
    .execute();
}

export async function findLiveSets(
  db: Db,
  personRef: string,
  configurationIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('issuance')
    .select('id')
    .where('person_ref', '=', personRef)
    .where('configuration_id', 'in', configurationIds)
    .where('ended_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether this call was the first acknowledgement of a live set. */
export async function acceptSet(trx: Db, id: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('issuance')
    .set({ accepted_at: now })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this call ended the set. */
export async function endSet(trx: Db, id: string, reason: EndReason, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('issuance')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** How many configurations of an offer have an accepted or otherwise final set. */
export async function countFinalSets(trx: Db, offerId: string): Promise<number> {
  const row = await trx
    .selectFrom('issuance')
    .select((eb) => eb.fn.count<number>('configuration_id').distinct().as('count'))
    .where('offer_id', '=', offerId)
    .where((eb) => eb.or([eb('accepted_at', 'is not', null), eb('end_reason', '!=', 'superseded')]))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
