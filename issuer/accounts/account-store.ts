/**
 * Holder accounts and their sign-ins. A state changes by one UPDATE that names the state it starts from; the column
 * `person_ref` is unique, so that two accounts of one person cannot be, whoever comes first.
 */
import type { Kysely, Selectable } from 'kysely';
import type { AccountTables, FreezeReason } from './tables.ts';

type Db = Kysely<AccountTables>;
export type AccountRow = Readonly<Selectable<AccountTables['holder_account']>>;
export type SignInRow = Readonly<Selectable<AccountTables['sign_in']>>;

export async function putAccount(trx: Db, id: string, now: number): Promise<void> {
  await trx
    .insertInto('holder_account')
    .values({
      id,
      state: 'open',
      person_ref: null,
      contact: null,
      created_at: now,
      frozen_at: null,
      freeze_reason: null,
      deleted_at: null,
    })
    .execute();
}

/** Accounts that were deleted are not found. */
export function findAccount(db: Db, id: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom('holder_account')
    .selectAll()
    .where('id', '=', id)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
}

/**
 * From now on this account is the person's. Whoever proved themselves last is the person: an earlier account of
 * theirs (all passkeys lost) no longer speaks for them.
 */
export async function bindPerson(trx: Db, accountId: string, personRef: string): Promise<void> {
  await trx
    .updateTable('holder_account')
    .set({ person_ref: null })
    .where('person_ref', '=', personRef)
    .where('id', '!=', accountId)
    .execute();
  await trx.updateTable('holder_account').set({ person_ref: personRef }).where('id', '=', accountId).execute();
}

/** Whether this call froze it. */
export async function markFrozen(trx: Db, id: string, reason: FreezeReason, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('holder_account')
    .set({ state: 'frozen', frozen_at: now, freeze_reason: reason })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this call opened it. */
export async function markOpen(trx: Db, id: string): Promise<boolean> {
  const row = await trx
    .updateTable('holder_account')
    .set({ state: 'open', frozen_at: null, freeze_reason: null })
    .where('id', '=', id)
    .where('state', '=', 'frozen')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function setContact(trx: Db, id: string, contact: string | null): Promise<void> {
  await trx.updateTable('holder_account').set({ contact }).where('id', '=', id).execute();
}

export async function holdIssuance(trx: Db, accountId: string, issuanceId: string): Promise<void> {
  await trx
    .insertInto('account_hold')
    .values({ account_id: accountId, issuance_id: issuanceId })
    .onConflict((conflict) => conflict.columns(['account_id', 'issuance_id']).doNothing())
    .execute();
}

/** What was held, which it no longer is. */
export async function releaseHolds(trx: Db, accountId: string): Promise<readonly string[]> {
  const rows = await trx
    .deleteFrom('account_hold')
    .where('account_id', '=', accountId)
    .returning('issuance_id')
    .execute();
  return rows.map((row) => row.issuance_id);
}

export async function putSignIn(trx: Db, row: SignInRow): Promise<void> {
  await trx.insertInto('sign_in').values(row).execute();
}

/** Latest first. */
export function signInsOf(db: Db, accountId: string, limit: number): Promise<readonly SignInRow[]> {
  return db
    .selectFrom('sign_in')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** What of this is known from good sign-ins since `since`. */
export async function knownFrom(
  trx: Db,
  look: {
    readonly accountId: string;
    readonly passkeyId: string;
    readonly agent: string;
    readonly placeHash: string;
    readonly since: number;
  },
): Promise<{ readonly device: boolean; readonly place: boolean }> {
  const good = trx
    .selectFrom('sign_in')
    .select('id')
    .where('account_id', '=', look.accountId)
    .where('outcome', '=', 'done')
    .where('at', '>=', look.since);
  const device = await good
    .where('passkey_id', '=', look.passkeyId)
    .where('agent', '=', look.agent)
    .limit(1)
    .executeTakeFirst();
  const place = await good.where('place_hash', '=', look.placeHash).limit(1).executeTakeFirst();
  return { device: device !== undefined, place: place !== undefined };
}

export async function countRefused(trx: Db, accountId: string, since: number): Promise<number> {
  const { count } = await trx
    .selectFrom('sign_in')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('outcome', '=', 'refused')
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Forgets sign-ins before `before`; the number forgotten. */
export async function sweepSignIns(trx: Db, before: number): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('sign_in').where('at', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}

/** What is left of an account that was deleted: that there was one, and when it ended. */
export async function eraseAccount(trx: Db, id: string, now: number): Promise<void> {
  await trx.deleteFrom('sign_in').where('account_id', '=', id).execute();
  await trx.deleteFrom('account_alert').where('account_id', '=', id).execute();
  await trx.deleteFrom('account_hold').where('account_id', '=', id).execute();
  await trx
    .updateTable('holder_account')
    .set({
      state: 'deleted',
      person_ref: null,
      contact: null,
      frozen_at: null,
      freeze_reason: null,
      deleted_at: now,
    })
    .where('id', '=', id)
    .execute();
}
