/**
 * node:sqlite as a Kysely dialect. WAL, and synchronous=FULL because an acknowledged commit must survive a power cut.
 * Every transaction begins IMMEDIATE: one that reads first and writes later fails at once when another process wrote
 * in between. A file has a connection to write and one to read, so that reading does not wait for a commit.
 */
import { closeSync, openSync } from 'node:fs';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { SqliteHandle } from './sqlite-handle.ts';
import { SqliteWriter } from './sqlite-writer.ts';

/** Transactions of one process that may share a commit. */
const groupLimit = 64;

export interface SqliteDialect {
  readonly dialect: Dialect;
  /** Writes the journal back and empties it: what was deleted before is in no file any more. Whether it could. */
  emptyJournal(): Promise<boolean>;
}

export function sqliteDialect(file: string): SqliteDialect {
  const driver = new SqliteDriver(file);
  return {
    emptyJournal: () => driver.emptyJournal(),
    dialect: {
      createAdapter: () => new QueueingAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  };
}

/** Kysely need not queue: the writer does. */
class QueueingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #handles: readonly SqliteHandle[];
  readonly #writer: SqliteWriter;
  /** Undefined in memory, where a second connection would be a second database. */
  readonly #reader: SqliteHandle | undefined;

  constructor(file: string) {
    const inMemory = file === ':memory:';
    if (!inMemory) createPrivately(file);
    const handle = new SqliteHandle(file);
    this.#reader = inMemory ? undefined : new SqliteHandle(file);
    this.#handles = this.#reader === undefined ? [handle] : [handle, this.#reader];
    this.#writer = new SqliteWriter(handle, inMemory ? 1 : groupLimit);
  }

  async init(): Promise<void> {
    // Turning a new file into WAL mode needs it alone for a moment.
    for (const handle of this.#handles) {
      await handle.exec('PRAGMA journal_mode = WAL');
      await handle.exec(
        'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF',
      );
    }
    await this.#reader?.exec('PRAGMA query_only = ON');
  }

  async acquireConnection(): Promise<SqliteConnection> {
    return new SqliteConnection(this.#writer, this.#reader);
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    await connection.rollback();
  }

  /** On the reading connection, which may do this and nothing else that writes; the writer is not in its way for long. */
  async emptyJournal(): Promise<boolean> {
    if (this.#reader === undefined) return true;
    const { rows } = await this.#reader.run<{ readonly busy: number }>(
      CompiledQuery.raw('PRAGMA wal_checkpoint(TRUNCATE)'),
    );
    return rows[0]?.busy === 0;
  }

  async destroy(): Promise<void> {
    for (const handle of this.#handles) handle.close();
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #writer: SqliteWriter;
  readonly #reader: SqliteHandle | undefined;
  #begun = false;

  constructor(writer: SqliteWriter, reader: SqliteHandle | undefined) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#begun) return this.#writer.run(query);
    if (SelectQueryNode.is(query.query)) return this.#reader?.run(query) ?? this.#writer.readBetween(query);
    await this.begin();
    try {
      const result = await this.#writer.run<R>(query);
      await this.commit();
      return result;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  // biome-ignore lint/correctness/useYield: a cursor would keep the only connection
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new TypeError('page through rows instead of streaming them');
  }

  async begin(): Promise<void> {
    await this.#writer.begin();
    this.#begun = true;
  }

  async commit(): Promise<void> {
    this.#begun = false;
    await this.#writer.commit();
  }

  /** After a commit that failed there is nothing left to roll back. */
  async rollback(): Promise<void> {
    if (!this.#begun) return;
    this.#begun = false;
    await this.#writer.rollback();
  }
}

/** A new database is for its owner alone, whatever the folder and the umask say; its log and index take its mode. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch {
    // What is wrong with the place, SQLite says better.
  }
}
