/**
 * Passkeys and the challenges they answer. A challenge is taken by one DELETE ... RETURNING, a counter moves by one
 * UPDATE that names the value it was judged by: of two answers at once, one finds nothing.
 */
import type { Kysely, Selectable } from 'kysely';
import type { Ceremony, OwnerKind, PasskeyTables } from './tables.ts';

type Db = Kysely<PasskeyTables>;
export type PasskeyRow = Readonly<Selectable<PasskeyTables['passkey']>>;
export type ChallengeRow = Readonly<Selectable<PasskeyTables['passkey_challenge']>>;

export async function putChallenge(db: Db, row: ChallengeRow): Promise<void> {
  await db.insertInto('passkey_challenge').values(row).execute();
}

export function findChallenge(
  db: Db,
  look: { readonly hash: string; readonly kind: OwnerKind; readonly ceremony: Ceremony; readonly now: number },
): Promise<ChallengeRow | undefined> {
  return db
    .selectFrom('passkey_challenge')
    .selectAll()
    .where('challenge_hash', '=', look.hash)
    .where('owner_kind', '=', look.kind)
    .where('ceremony', '=', look.ceremony)
    .where('expires_at', '>', look.now)
    .executeTakeFirst();
}

/** Whether the caller is the one who used it. */
export async function takeChallenge(trx: Db, hash: string): Promise<boolean> {
  const row = await trx
    .deleteFrom('passkey_challenge')
    .where('challenge_hash', '=', hash)
    .returning('challenge_hash')
    .executeTakeFirst();
  return row !== undefined;
}

export async function sweepChallenges(trx: Db, now: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('passkey_challenge')
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Whether it is new; a credential id belongs to one owner for ever, even after it was removed. */
export async function putPasskey(trx: Db, row: PasskeyRow): Promise<boolean> {
  const put = await trx
    .insertInto('passkey')
    .values(row)
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return put !== undefined;
}

export function findPasskey(db: Db, kind: OwnerKind, credentialId: string): Promise<PasskeyRow | undefined> {
  return db
    .selectFrom('passkey')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .where('owner_kind', '=', kind)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
}

export function passkeysOf(db: Db, kind: OwnerKind, ownerId: string): Promise<readonly PasskeyRow[]> {
  return db
    .selectFrom('passkey')
    .selectAll()
    .where('owner_kind', '=', kind)
    .where('owner_id', '=', ownerId)
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Whether the counter was still the one the answer was judged by, and the passkey still there. */
export async function moveCounter(
  trx: Db,
  move: { readonly id: string; readonly from: number; readonly to: number; readonly now: number },
): Promise<boolean> {
  const row = await trx
    .updateTable('passkey')
    .set({ counter: move.to, used_at: move.now })
    .where('id', '=', move.id)
    .where('counter', '=', move.from)
    .where('removed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this call removed it. */
export async function removePasskey(
  trx: Db,
  at: { readonly kind: OwnerKind; readonly ownerId: string; readonly id: string; readonly now: number },
): Promise<boolean> {
  const row = await trx
    .updateTable('passkey')
    .set({ removed_at: at.now })
    .where('id', '=', at.id)
    .where('owner_kind', '=', at.kind)
    .where('owner_id', '=', at.ownerId)
    .where('removed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets everything about an owner's passkeys, for a person who leaves. */
export async function erasePasskeys(trx: Db, kind: OwnerKind, ownerId: string): Promise<void> {
  await trx.deleteFrom('passkey').where('owner_kind', '=', kind).where('owner_id', '=', ownerId).execute();
  await trx.deleteFrom('passkey_challenge').where('owner_kind', '=', kind).where('owner_id', '=', ownerId).execute();
}
