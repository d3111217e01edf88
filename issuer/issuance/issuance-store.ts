/**
 * Sets of copies. Whoever replaces a set holds its offer's row, so there is one such caller at a time, and a unique index
 * stands behind it: never two live sets of one configuration per offer. Copies are rows before they are signatures: what is not recorded is not signed.
 */
import type { Kysely, Selectable } from 'kysely';
import type { StatusReference } from '../../shared/status-list/index.ts';
import type { EndReason, IssuanceTables } from './tables.ts';

type Db = Kysely<IssuanceTables>;
export type IssuanceRow = Readonly<Selectable<IssuanceTables['issuance']>>;

/** The set of one configuration that an offer led to and that was not replaced: live, or ended for a reason. */
export function findCurrentSet(
  trx: Db,
  offerId: string,
  configurationId: string,
): Promise<Pick<IssuanceRow, 'id'> | undefined> {
  return trx
    .selectFrom('issuance')
    .select('id')
    .where('offer_id', '=', offerId)
    .where('configuration_id', '=', configurationId)
    .where((eb) => eb.or([eb('end_reason', 'is', null), eb('end_reason', '!=', 'superseded')]))
    .executeTakeFirst();
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

export function findHeldSet(trx: Db, held: HeldSet): Promise<IssuanceRow | undefined> {
  return trx
    .selectFrom('issuance')
    .selectAll()
    .where('notification_hash', '=', held.notificationHash)
    .where('offer_id', '=', held.offerId)
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

/** A set as its holder names it. */
export interface HeldSet {
  readonly notificationHash: string;
  readonly offerId: string;
}

/** Acknowledges a live set; its id when this call was the first. */
export async function acceptSet(trx: Db, held: HeldSet, now: number): Promise<string | undefined> {
  const row = await trx
    .updateTable('issuance')
    .set({ accepted_at: now })
    .where('notification_hash', '=', held.notificationHash)
    .where('offer_id', '=', held.offerId)
    .where('accepted_at', 'is', null)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Ends a live set, acknowledged or not, for its holder; its id when this call was the one. */
export async function giveBackSet(trx: Db, held: HeldSet, reason: EndReason, now: number): Promise<string | undefined> {
  const row = await trx
    .updateTable('issuance')
    .set({ ended_at: now, end_reason: reason })
    .where('notification_hash', '=', held.notificationHash)
    .where('offer_id', '=', held.offerId)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Replaces a set, unless it was acknowledged or ended meanwhile; whether it did. */
export async function supersedeSet(trx: Db, id: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('issuance')
    .set({ ended_at: now, end_reason: 'superseded' })
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
