/**
 * What authorization keeps. Each verb is one statement. `takeOnce` and `consumeRecord` decide races: of any number of
 * callers, on any number of connections, exactly one hears `true`, and only if its transaction commits.
 * Ids of records are hashed before they reach a statement; a stolen database holds no usable token.
 */
import type { Kysely } from 'kysely';
import type { AuthorizationTables } from './tables.ts';

type Db = Kysely<AuthorizationTables>;

/** Something that may happen once. */
export interface Use {
  /** SHA-256, base64url, over a labelled value. */
  readonly useHash: string;
  /** Epoch seconds after which a repetition is refused for its age alone. */
  readonly expiresAt: number;
}

/** Records all uses, or says which was there before. */
export async function takeOnce(trx: Db, uses: readonly Use[]): Promise<Use | undefined> {
  const taken = await trx
    .insertInto('used_once')
    .values(uses.map((use) => ({ use_hash: use.useHash, expires_at: use.expiresAt })))
    .onConflict((conflict) => conflict.column('use_hash').doNothing())
    .returning('use_hash')
    .execute();
  return uses.find((use) => !taken.some((row) => row.use_hash === use.useHash));
}

export interface OauthRecord {
  readonly kind: string;
  readonly idHash: string;
  readonly grantId: string | undefined;
  readonly payload: string;
  readonly expiresAt: number;
}

export async function putRecord(db: Db, record: OauthRecord): Promise<void> {
  const { payload, expiresAt } = record;
  await db
    .insertInto('oauth_record')
    .values({
      kind: record.kind,
      id_hash: record.idHash,
      grant_id: record.grantId ?? null,
      payload,
      consumed_at: null,
      expires_at: expiresAt,
    })
    .onConflict((conflict) => conflict.columns(['kind', 'id_hash']).doUpdateSet({ payload, expires_at: expiresAt }))
    .execute();
}

export async function findRecord(
  db: Db,
  kind: string,
  idHash: string,
  now: number,
): Promise<{ readonly payload: string; readonly consumedAt: number | undefined } | undefined> {
  const row = await db
    .selectFrom('oauth_record')
    .select(['payload', 'consumed_at'])
    .where('kind', '=', kind)
    .where('id_hash', '=', idHash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row === undefined ? undefined : { payload: row.payload, consumedAt: row.consumed_at ?? undefined };
}

/** Whether this call was the one that consumed the record. */
export async function consumeRecord(db: Db, kind: string, idHash: string, now: number): Promise<boolean> {
  const row = await db
    .updateTable('oauth_record')
    .set({ consumed_at: now })
    .where('kind', '=', kind)
    .where('id_hash', '=', idHash)
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id_hash')
    .executeTakeFirst();
  return row !== undefined;
}

export async function removeRecord(db: Db, kind: string, idHash: string): Promise<void> {
  await db.deleteFrom('oauth_record').where('kind', '=', kind).where('id_hash', '=', idHash).execute();
}

/** Ends every token of a grant; a grant is an offer. */
export async function removeGrant(db: Db, grantId: string): Promise<void> {
  await db.deleteFrom('oauth_record').where('grant_id', '=', grantId).execute();
}

/** Removes what has expired; the number of rows. */
export async function sweepAuthorization(trx: Db, now: number): Promise<number> {
  const records = await trx.deleteFrom('oauth_record').where('expires_at', '<=', now).executeTakeFirst();
  const uses = await trx.deleteFrom('used_once').where('expires_at', '<=', now).executeTakeFirst();
  return Number(records.numDeletedRows + uses.numDeletedRows);
}
