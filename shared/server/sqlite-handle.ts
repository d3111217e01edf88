/** One connection of node:sqlite: statements prepared once, locks waited for without blocking the process. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompiledQuery, QueryResult } from 'kysely';

/** Hot statements stay prepared; beyond this many the oldest goes. */
const cachedStatements = 500;

/** Milliseconds to wait for another connection's lock: in SQLite itself, blocking; and altogether. */
const blockingWait = 5;
const longestWait = 10_000;

export class SqliteHandle {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>();

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: blockingWait, enableDoubleQuotedStringLiterals: false });
  }

  /** False again when SQLite itself has rolled back: after a full disk or a failed write. */
  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** One or more statements without parameters or rows. */
  async exec(sql: string): Promise<void> {
    await this.#whenFree(() => this.#db.exec(sql));
  }

  execNow(sql: string): void {
    this.#db.exec(sql);
  }

  async run<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#whenFree(() => {
      const { statement, reads } = this.#prepare(query.sql);
      // SQLite itself refuses what is not of the portable subset: booleans, dates, objects.
      const parameters = query.parameters as SQLInputValue[];
      if (reads) return { rows: statement.all(...parameters) as R[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
    });
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
