/**
 * Tokens and desk sessions. Secrets come in as SHA-256 hashes and nothing else. Every verb is one statement, except
 * `findSession`, which reads and then moves `last_seen_at`: two calls at once may both move it, to the same second.
 */
import type { Handle } from '../tables.ts';
import type { AccessTables } from './tables.ts';

export interface AccessToken {
  readonly id: string;
  readonly kind: AccessTables['access_token']['kind'];
  readonly name: string;
  readonly returnOrigins: readonly string[];
}

export interface SessionRules {
  /** Seconds without a human act after which a session ends. */
  readonly idle: number;
  /** Seconds after which it ends whatever happens. */
  readonly absolute: number;
}

export async function putToken(db: Handle, token: AccessToken, tokenHash: string, now: number): Promise<void> {
  const { id, kind, name } = token;
  const return_origins = JSON.stringify(token.returnOrigins);
  await db
    .insertInto('access_token')
    .values({ id, kind, name, token_hash: tokenHash, return_origins, created_at: now, revoked_at: null })
    .execute();
}

/** Withdraws every token of that name, and with a desk's its sessions; how many there were. */
export async function revokeTokens(db: Handle, name: string, now: number): Promise<number> {
  const result = await db
    .updateTable('access_token')
    .set({ revoked_at: now })
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Tokens that were withdrawn are not found. */
export async function findTokenByHash(db: Handle, tokenHash: string): Promise<AccessToken | undefined> {
  const row = await db
    .selectFrom('access_token')
    .select(['id', 'kind', 'name', 'return_origins'])
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row && tokenOf(row);
}

/** Of a caller who was let in just now. */
export async function findTokenById(db: Handle, id: string): Promise<AccessToken | undefined> {
  const row = await db
    .selectFrom('access_token')
    .select(['id', 'kind', 'name', 'return_origins'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && tokenOf(row);
}

export async function findDeskByName(db: Handle, name: string): Promise<AccessToken | undefined> {
  const row = await db
    .selectFrom('access_token')
    .select(['id', 'kind', 'name', 'return_origins'])
    .where('kind', '=', 'desk')
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row && tokenOf(row);
}

export async function putSession(
  db: Handle,
  session: {
    readonly sessionHash: string;
    readonly tokenId: string;
    readonly now: number;
    readonly rules: SessionRules;
  },
): Promise<void> {
  const { sessionHash, tokenId, now, rules } = session;
  await db
    .insertInto('desk_session')
    .values({
      session_hash: sessionHash,
      token_id: tokenId,
      created_at: now,
      last_seen_at: now,
      expires_at: now + rules.absolute,
    })
    .execute();
}

/** The desk of a live session. `touch` says that a person acted: only that keeps a session from falling asleep. */
export async function findSession(
  db: Handle,
  look: { readonly sessionHash: string; readonly now: number; readonly touch: boolean; readonly rules: SessionRules },
): Promise<AccessToken | undefined> {
  const row = await db
    .selectFrom('desk_session')
    .innerJoin('access_token', 'access_token.id', 'desk_session.token_id')
    .select(['id', 'kind', 'name', 'return_origins', 'last_seen_at'])
    .where('session_hash', '=', look.sessionHash)
    .where('expires_at', '>', look.now)
    .where('last_seen_at', '>', look.now - look.rules.idle)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row !== undefined && look.touch && row.last_seen_at !== look.now) {
    await db
      .updateTable('desk_session')
      .set({ last_seen_at: look.now })
      .where('session_hash', '=', look.sessionHash)
      .execute();
  }
  return row && tokenOf(row);
}

export async function deleteSession(db: Handle, sessionHash: string): Promise<void> {
  await db.deleteFrom('desk_session').where('session_hash', '=', sessionHash).execute();
}

/** Removes what has ended; the number removed. */
export async function sweepSessions(db: Handle, now: number, rules: SessionRules): Promise<number> {
  const result = await db
    .deleteFrom('desk_session')
    .where((row) => row.or([row('expires_at', '<=', now), row('last_seen_at', '<=', now - rules.idle)]))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

function tokenOf(row: Pick<AccessTables['access_token'], 'id' | 'kind' | 'name' | 'return_origins'>): AccessToken {
  const origins: unknown = JSON.parse(row.return_origins);
  const returnOrigins = Array.isArray(origins) ? origins.filter((origin) => typeof origin === 'string') : [];
  return { id: row.id, kind: row.kind, name: row.name, returnOrigins };
}
