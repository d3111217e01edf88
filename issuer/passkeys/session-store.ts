/**
 * Sessions. A token comes in as a SHA-256 hash and nothing else. Every verb is one statement, except `findSession`,
 * which reads and then moves `seen_at`: two calls at once may both move it, to the same second.
 */
import type { Kysely, Selectable } from 'kysely';
import type { OwnerKind, PasskeyTables } from './tables.ts';

type Db = Kysely<PasskeyTables>;
export type SessionRow = Readonly<Selectable<PasskeyTables['session']>>;

export async function putSession(trx: Db, row: SessionRow): Promise<void> {
  await trx.insertInto('session').values(row).execute();
}

export interface SessionLook {
  readonly tokenHash: string;
  readonly kind: OwnerKind;
  readonly now: number;
  readonly idle: number;
  /** A person acted: only that keeps a session from falling asleep. */
  readonly touch: boolean;
}

/** A live session of a passkey that is still there. */
export async function findSession(db: Db, look: SessionLook): Promise<SessionRow | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('passkey', 'passkey.id', 'session.passkey_id')
    .selectAll('session')
    .where('session.token_hash', '=', look.tokenHash)
    .where('session.owner_kind', '=', look.kind)
    .where('session.expires_at', '>', look.now)
    .where('session.seen_at', '>', look.now - look.idle)
    .where('passkey.removed_at', 'is', null)
    .executeTakeFirst();
  if (row !== undefined && look.touch && row.seen_at !== look.now) {
    await db.updateTable('session').set({ seen_at: look.now }).where('token_hash', '=', look.tokenHash).execute();
  }
  return row;
}

/** Live sessions of an owner, latest first. */
export function sessionsOf(
  db: Db,
  look: { readonly kind: OwnerKind; readonly ownerId: string; readonly now: number; readonly idle: number },
): Promise<readonly SessionRow[]> {
  return db
    .selectFrom('session')
    .selectAll()
    .where('owner_kind', '=', look.kind)
    .where('owner_id', '=', look.ownerId)
    .where('expires_at', '>', look.now)
    .where('seen_at', '>', look.now - look.idle)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}

/** The id of the session that ended. */
export async function endSession(trx: Db, kind: OwnerKind, tokenHash: string): Promise<SessionRow | undefined> {
  return trx
    .deleteFrom('session')
    .where('owner_kind', '=', kind)
    .where('token_hash', '=', tokenHash)
    .returningAll()
    .executeTakeFirst();
}

/** Ends the sessions of an owner: one, those of one passkey, all but one, or all. The ids of those that ended. */
export async function endSessionsOf(
  trx: Db,
  which: {
    readonly kind: OwnerKind;
    readonly ownerId: string;
    readonly id?: string;
    readonly passkeyId?: string;
    readonly exceptId?: string;
  },
): Promise<readonly string[]> {
  const { id, passkeyId, exceptId } = which;
  const rows = await trx
    .deleteFrom('session')
    .where('owner_kind', '=', which.kind)
    .where('owner_id', '=', which.ownerId)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .$if(passkeyId !== undefined, (query) => query.where('passkey_id', '=', passkeyId ?? ''))
    .$if(exceptId !== undefined, (query) => query.where('id', '!=', exceptId ?? ''))
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Removes what has ended; the number removed. */
export async function sweepSessions(trx: Db, kind: OwnerKind, now: number, idle: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('session')
    .where('owner_kind', '=', kind)
    .where((row) => row.or([row('expires_at', '<=', now), row('seen_at', '<=', now - idle)]))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
