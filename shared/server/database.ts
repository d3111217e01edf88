/**
 * One way to a database, two engines: SQLite (node:sqlite) for a file or ':memory:', PostgreSQL for a postgres:// URL.
 * Portable subset: text, integers (epoch seconds; bigint comes back as a number), 0/1, JSON as text, bytes,
 * ON CONFLICT, RETURNING, explicit columns.
 *
 * A transaction either commits before its promise resolves or leaves nothing. On SQLite there is one writer, so `fn`
 * must await nothing but its own queries; the outer handle and a second transaction inside `fn` would wait for
 * themselves for ever and are refused as TypeErrors. On PostgreSQL `fn` may run again after a deadlock: no effects
 * outside the database in it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dialect, Kysely, type KyselyPlugin, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { HufuError } from '../errors.ts';
import { isPostgresRetry, isPostgresUnavailable, postgresDialect, postgresPool } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import { isSqliteUnavailable } from './sqlite-handle.ts';

export type { Migration } from 'kysely/migration';

export interface Database<T> {
  readonly kysely: Kysely<T>;
  readonly kind: 'sqlite' | 'postgres';
  /** Runs `fn` in one transaction. A store that cannot be reached is `unavailable`; what `fn` throws rolls back. */
  transaction<R>(fn: (trx: Kysely<T>) => Promise<R>): Promise<R>;
  /**
   * After deletions that must be final. SQLite overwrites what is deleted, but its journal keeps former pages until it
   * is emptied: this empties it; false when somebody was in the way, and then it is to be tried again. PostgreSQL
   * cleans up by its own vacuum and log retention (docs/operations.md), so there is nothing to do here.
   */
  emptyJournal(): Promise<boolean>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** postgres://..., a file path, or ':memory:' (the default). */
  readonly url?: string;
  /** Applied in the order given, each once, by whichever process comes first. */
  readonly migrations: Readonly<Record<string, Migration>>;
}

const attempts = 5;

export async function openDatabase<T>(options: DatabaseOptions): Promise<Database<T>> {
  const url = options.url ?? ':memory:';
  const kind = /^postgres(ql)?:\/\//.test(url) ? 'postgres' : 'sqlite';
  const database = createDatabase<T>(kind, openEngine(kind, url));
  try {
    await migrate(database, options.migrations);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

interface Engine {
  readonly dialect: Dialect;
  readonly emptyJournal: () => Promise<boolean>;
}

function openEngine(kind: 'sqlite' | 'postgres', url: string): Engine {
  try {
    if (kind === 'sqlite') return sqliteDialect(url);
    return { dialect: postgresDialect(postgresPool(url)), emptyJournal: async () => true };
  } catch (error) {
    throw asUnavailable(error);
  }
}

function createDatabase<T>(kind: 'sqlite' | 'postgres', { dialect, emptyJournal }: Engine): Database<T> {
  const inTransaction = new AsyncLocalStorage<true>();
  const base = new Kysely<T>({ dialect });
  const refuseInside: KyselyPlugin = {
    transformQuery({ node }) {
      if (inTransaction.getStore()) throw new TypeError('the outer handle was used inside a transaction');
      return node;
    },
    transformResult: async ({ result }) => result,
  };

  return {
    kysely: base.withPlugin(refuseInside),
    kind,
    emptyJournal,
    async transaction(fn) {
      if (inTransaction.getStore()) throw new TypeError('a transaction was opened inside a transaction');
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await base.transaction().execute((trx) => inTransaction.run(true, () => fn(trx)));
        } catch (error) {
          if (!isPostgresRetry(error) || attempt === attempts) throw asUnavailable(error);
          await sleep(attempt * 10 * Math.random());
        }
      }
    },
    close: () => base.destroy(),
  };
}

/** For migrations: whether this handle speaks to PostgreSQL. The few words that differ between the engines need it. */
export function isPostgres<T>(db: Kysely<T>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Faults of the store as the code `unavailable`; everything else as it is. */
export function asUnavailable(error: unknown): unknown {
  if (!isSqliteUnavailable(error) && !isPostgresUnavailable(error)) return error;
  return new HufuError('unavailable', { at: 'database', cause: error });
}

/** Any number of processes may start at once: the whole run is one transaction under one lock. */
async function migrate<T>(database: Database<T>, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  await database.transaction(async (trx) => {
    if (database.kind === 'postgres') await sql`select pg_advisory_xact_lock(hashtext('hufu-migration'))`.execute(trx);
    await sql`create table if not exists migration (name text primary key)`.execute(trx);
    const { rows } = await sql<{ name: string }>`select name from migration`.execute(trx);
    const applied = new Set(rows.map((row) => row.name));
    for (const [name, migration] of Object.entries(migrations)) {
      if (applied.has(name)) continue;
      await migration.up(trx);
      await sql`insert into migration (name) values (${name})`.execute(trx);
    }
  });
}
