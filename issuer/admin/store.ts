/**
 * Tokens, remembered answers and the record of official acts. `takeAnswer` is the one statement that decides who
 * acts under an Idempotency-Key: on PostgreSQL a second caller waits in it until the first has committed or failed.
 */
import type { Kysely } from 'kysely';
import type { EnvelopeTables } from '../../shared/server/envelope.ts';
import type { StatusAct } from '../lifecycle/index.ts';
import type { ActReason } from './reasons.ts';

export interface AdminTables extends EnvelopeTables {
  admin_token: {
    id: string;
    token_hash: string;
    name: string;
    /** Roles with blanks between them. */
    roles: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
  };
  idempotent_answer: { id: string; request_index: string; sealed: string; expires_at: number };
  official_act: { issuance_id: string; number: number; act: StatusAct; reason: ActReason; actor: string; at: number };
}

type Db = Kysely<AdminTables>;

export async function putToken(trx: Db, token: Omit<AdminTables['admin_token'], 'revoked_at'>): Promise<void> {
  await trx
    .insertInto('admin_token')
    .values({ ...token, revoked_at: null })
    .execute();
}

/** A token that is still good. */
export function findToken(db: Db, tokenHash: string, now: number): Promise<{ id: string; roles: string } | undefined> {
  return db
    .selectFrom('admin_token')
    .select(['id', 'roles'])
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

export function listTokens(db: Db) {
  return db
    .selectFrom('admin_token')
    .select(['id', 'name', 'roles', 'created_at', 'expires_at', 'revoked_at'])
    .orderBy('created_at')
    .execute();
}

/** Whether this call withdrew it. */
export async function revokeToken(trx: Db, id: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('admin_token')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the caller is the first under this id and has to act; the row is empty until `fillAnswer`. */
export async function takeAnswer(
  trx: Db,
  answer: { readonly id: string; readonly requestIndex: string; readonly expiresAt: number; readonly now: number },
): Promise<boolean> {
  await trx.deleteFrom('idempotent_answer').where('id', '=', answer.id).where('expires_at', '<=', answer.now).execute();
  const row = await trx
    .insertInto('idempotent_answer')
    .values({ id: answer.id, request_index: answer.requestIndex, sealed: '', expires_at: answer.expiresAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function fillAnswer(trx: Db, id: string, sealed: string): Promise<void> {
  await trx.updateTable('idempotent_answer').set({ sealed }).where('id', '=', id).execute();
}

export function readAnswer(trx: Db, id: string): Promise<{ request_index: string; sealed: string }> {
  return trx
    .selectFrom('idempotent_answer')
    .select(['request_index', 'sealed'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Ids of answers that may be forgotten, at most `limit`. */
export async function expiredAnswers(trx: Db, now: number, limit: number): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('idempotent_answer')
    .select('id')
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function removeAnswer(trx: Db, id: string): Promise<void> {
  await trx.deleteFrom('idempotent_answer').where('id', '=', id).execute();
}

/** The next act on an issuance. Its status list is held by the caller, so acts come one by one and so do numbers. */
export async function putAct(trx: Db, act: Omit<AdminTables['official_act'], 'number'>): Promise<void> {
  const { last } = await trx
    .selectFrom('official_act')
    .select((eb) => eb.fn.max('number').as('last'))
    .where('issuance_id', '=', act.issuance_id)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('official_act')
    .values({ ...act, number: (last ?? 0) + 1 })
    .execute();
}

export function actsOn(db: Db, issuanceId: string) {
  return db
    .selectFrom('official_act')
    .select(['act', 'reason', 'actor', 'at'])
    .where('issuance_id', '=', issuanceId)
    .orderBy('number')
    .execute();
}
