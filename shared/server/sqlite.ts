/**
 * node:sqlite as a Kysely dialect. One connection per process; WAL, and synchronous=FULL because an acknowledged commit
 * must survive a power cut. Every transaction begins IMMEDIATE: one that reads first and writes later fails at once
 * when another process wrote in between. A lock held by another connection is waited for without blocking the process.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

/** Hot statements are prepared once; beyond this many the oldest goes. */
const cachedStatements = 500;

/** Milliseconds to wait for another connection's lock: in SQLite itself, blocking; and altogether. */
const blockingWait = 5;
const longestWait = 10_000;

export function sqliteDialect(file: string): Dialect {
  const driver = new SqliteDriver(file);
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;

  constructor(file: string) {
    this.#connection = new SqliteConnection(file);
  }

  async init(): Promise<void> {
    await this.#connection.open();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#connection.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>();

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: blockingWait, enableDoubleQuotedStringLiterals: false });
  }

  async open(): Promise<void> {
    // Turning a new file into WAL mode needs it alone for a moment, and does not wait by itself.
    await this.#whenFree(() => this.#db.exec('PRAGMA journal_mode = WAL'));
    this.#db.exec(
      'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF',
    );
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, reads } = await this.#whenFree(() => this.#prepare(query.sql));
    // SQLite itself refuses what is not of the portable subset: booleans, dates, objects.
    const parameters = query.parameters as SQLInputValue[];
    if (reads) return { rows: (await this.#whenFree(() => statement.all(...parameters))) as R[] };
    const { changes } = await this.#whenFree(() => statement.run(...parameters));
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: a cursor would keep the only connection
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new TypeError('page through rows instead of streaming them');
  }

  close(): void {
    this.#db.close();
  }

  #prepare(sql: string): { readonly statement: StatementSync; readonly reads: boolean } {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    const prepared = { statement, reads: statement.columns().length > 0 };
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= cachedStatements && oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /** A busy statement did nothing, so it can be tried again; meanwhile this process goes on with other work. */
  async #whenFree<R>(run: () => R): Promise<R> {
    for (let waited = 0; ; ) {
      try {
        return run();
      } catch (error) {
        if (resultCode(error) !== busy || waited >= longestWait) throw error;
        const pause = 1 + Math.random() * Math.min(20, 1 + waited);
        await sleep(pause);
        waited += pause + blockingWait;
      }
    }
  }
}

const busy = 5;
const unavailable = new Set([busy, 6 /* LOCKED */, 8 /* READONLY */, 10 /* IOERR */, 13 /* FULL */, 14 /* CANTOPEN */]);

/** Whether the store could not be asked, as against the statement being wrong. */
export function isSqliteUnavailable(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && unavailable.has(code);
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
