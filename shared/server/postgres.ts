/** PostgreSQL through pg's pool. READ COMMITTED is enough because one use is one conditional statement (house rule 8). */
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';

const int8 = 20;

export function postgresPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    // Also the longest wait for one of ours to become free.
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 15_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 ? parseInt8 : pg.types.getTypeParser(oid, format),
    },
  });
  // An idle connection that the server closes must not end the process; the next query opens another or says so.
  pool.on('error', () => undefined);
  return pool;
}

export function postgresDialect(pool: pg.Pool): Dialect {
  return new PostgresDialect({ pool });
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('bigint column beyond 2^53');
  return value;
}

/** serialization_failure, deadlock_detected: the transaction never happened and may be tried again. */
export function isPostgresRetry(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** Connection lost or refused, server starting or stopping, out of disk, memory or connections, statement cancelled. */
export function isPostgresUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== undefined && /^(08|53|57|58|25P0[34])/.test(state)) return true;
  if ('code' in error && typeof error.code === 'string' && /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT)/.test(error.code))
    return true;
  return state === undefined && error.constructor === Error && isPoolWord(error.message);
}

/** pg gives these no code; the words are pg's own, not the server's, and only decide between 500 and 503. */
function isPoolWord(message: string): boolean {
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    message,
  );
}

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  return error.code;
}
