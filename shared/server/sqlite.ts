/**
 * node:sqlite behind Kysely's SQLite dialect. One connection per process; WAL, and synchronous=FULL because an
 * acknowledged commit must survive a power cut. Every transaction begins IMMEDIATE: reading first and writing later
 * in a deferred one fails at once when another process wrote in between, whatever the busy timeout.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** Hot statements are prepared once; beyond this many the oldest goes. */
const cachedStatements = 500;

/** Milliseconds a statement waits for another process's write lock. The wait blocks this process, so locks are short. */
const busyTimeout = 5000;

export function openSqlite(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: busyTimeout, enableDoubleQuotedStringLiterals: false });
  if (file !== ':memory:') db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF');
  return db;
}

export function sqliteDialect(db: DatabaseSync): Dialect {
  return new SqliteDialect({ database: adapt(db) });
}

function adapt(db: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => db.close(),
    prepare(text) {
      const sql = text === 'begin' ? 'begin immediate' : text;
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = adaptStatement(db.prepare(sql));
      const [oldest] = statements.keys();
      if (statements.size >= cachedStatements && oldest !== undefined) statements.delete(oldest);
      statements.set(sql, statement);
      return statement;
    },
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...inputs(parameters)),
    run: (parameters) => statement.run(...inputs(parameters)),
    iterate: () => {
      throw new TypeError('page through rows instead: a cursor would keep the only connection');
    },
  };
}

/** SQLite itself refuses booleans, dates and objects: the portable subset is text, integers, bytes and null. */
function inputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}

const transient = new Set([5 /* BUSY */, 6 /* LOCKED */, 8 /* READONLY */, 10 /* IOERR */, 13 /* FULL */, 14 /* CANTOPEN */]);

/** Whether the store could not be asked, as against the statement being wrong. */
export function isSqliteUnavailable(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return transient.has(error.errcode & 0xff);
}
