/**
 * Offers at rest. `bindOffer` decides who redeems: one conditional statement, so of any number of callers with
 * different keys exactly one hears `true`. `lockOffer` takes the row for the transaction, so that wrong transaction
 * codes are compared one after the other and counted exactly.
 */
import type { Kysely, Selectable } from 'kysely';
import type { IssuanceTables } from './tables.ts';

type Db = Kysely<IssuanceTables>;
export type OfferRow = Readonly<Selectable<IssuanceTables['offer']>>;

/** Seconds from the first redemption in which the same key may repeat. */
export const retrySeconds = 600;
export const maxWrongTxCodes = 5;
/** Seconds; long enough to answer somebody who asks what became of it. */
const keptAfterEnd = 30 * 86_400;

export async function putOffer(
  trx: Db,
  offer: Omit<OfferRow, 'tx_code_wrong' | 'bound_jkt' | 'redeemed_at' | 'cancelled_at' | 'completed_at'>,
): Promise<void> {
  const fresh = { tx_code_wrong: 0, bound_jkt: null, redeemed_at: null, cancelled_at: null, completed_at: null };
  await trx
    .insertInto('offer')
    .values({ ...offer, ...fresh })
    .execute();
}

export function findOffer(db: Db, id: string): Promise<OfferRow | undefined> {
  return db.selectFrom('offer').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Only while the offer may still be redeemed for the first time. */
export function findOpenOfferByReference(db: Db, referenceHash: string, now: number): Promise<OfferRow | undefined> {
  return db
    .selectFrom('offer')
    .selectAll()
    .where('reference_hash', '=', referenceHash)
    .where('bound_jkt', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('tx_code_wrong', '<', maxWrongTxCodes)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export function findOffersOf(db: Db, personRef: string): Promise<readonly OfferRow[]> {
  return db
    .selectFrom('offer')
    .selectAll()
    .where('person_ref', '=', personRef)
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute();
}

export function findOfferByCode(db: Db, codeHash: string): Promise<OfferRow | undefined> {
  return db.selectFrom('offer').selectAll().where('code_hash', '=', codeHash).executeTakeFirst();
}

/** The offer of a code, its row held until the transaction ends. */
export function lockOffer(trx: Db, codeHash: string): Promise<OfferRow | undefined> {
  return trx
    .updateTable('offer')
    .set((eb) => ({ tx_code_wrong: eb.ref('tx_code_wrong') }))
    .where('code_hash', '=', codeHash)
    .returningAll()
    .executeTakeFirst();
}

export async function countWrongTxCode(trx: Db, id: string): Promise<void> {
  await trx
    .updateTable('offer')
    .set((eb) => ({ tx_code_wrong: eb('tx_code_wrong', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** Redeems for this key: the first time while the offer is open, again within the retry window for the same key. */
export async function bindOffer(trx: Db, id: string, jkt: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('offer')
    .set((eb) => ({ bound_jkt: jkt, redeemed_at: eb.fn.coalesce('redeemed_at', eb.val(now)) }))
    .where('id', '=', id)
    .where('cancelled_at', 'is', null)
    .where('completed_at', 'is', null)
    .where('tx_code_wrong', '<', maxWrongTxCodes)
    .where((eb) =>
      eb.or([
        eb.and([eb('bound_jkt', 'is', null), eb('expires_at', '>', now)]),
        eb.and([eb('bound_jkt', '=', jkt), eb('redeemed_at', '>', now - retrySeconds)]),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this key may still be given a set; holds the row, so that two requests of one wallet come one by one. */
export async function holdOffer(trx: Db, id: string, jkt: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('offer')
    .set({ bound_jkt: jkt })
    .where('id', '=', id)
    .where('bound_jkt', '=', jkt)
    .where('redeemed_at', '>', now - retrySeconds)
    .where('cancelled_at', 'is', null)
    .where('completed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this call cancelled it: an offer of which something was issued cannot be cancelled, only revoked. */
export async function cancelOffer(trx: Db, id: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('offer')
    .set({ cancelled_at: now })
    .where('id', '=', id)
    .where('cancelled_at', 'is', null)
    .where('completed_at', 'is', null)
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('issuance').select('id').where('offer_id', '=', id))))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function completeOffer(trx: Db, id: string, now: number): Promise<void> {
  await trx
    .updateTable('offer')
    .set({ completed_at: now })
    .where('id', '=', id)
    .where('completed_at', 'is', null)
    .execute();
}

/** Completes an offer when each of its configurations has a set that stays: accepted, or ended for a reason. */
export async function completeIfAllFinal(trx: Db, id: string, now: number): Promise<void> {
  await trx
    .updateTable('offer')
    .set({ completed_at: now })
    .where('id', '=', id)
    .where('completed_at', 'is', null)
    .where('configuration_count', '<=', ({ selectFrom }) =>
      selectFrom('issuance')
        .select(({ fn }) => fn.count<number>('configuration_id').distinct().as('count'))
        .where('offer_id', '=', id)
        .where((eb) => eb.or([eb('accepted_at', 'is not', null), eb('end_reason', '!=', 'superseded')])),
    )
    .execute();
}

/** Removes offers from which nothing was ever issued, thirty days after their end; how many. */
export async function sweepOffers(trx: Db, now: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('offer')
    .where('expires_at', '<=', now - keptAfterEnd)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('issuance').select('id').whereRef('issuance.offer_id', '=', 'offer.id'))),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
