/**
 * The one writer of a SQLite file. Transactions run one after another, each in a savepoint of its own; those that come
 * in while others are at work share one COMMIT and so one wait for the disk. A transaction's promise settles only
 * after that COMMIT, also when it rolled back: what it saw may have been another's work that was not yet safe.
 */
import type { CompiledQuery, QueryResult } from 'kysely';
import { HufuError } from '../errors.ts';
import type { SqliteHandle } from './sqlite-handle.ts';

interface Group {
  readonly settled: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  turns: number;
}

export class SqliteWriter {
  readonly #handle: SqliteHandle;
  /** Transactions that may share a commit; 1 makes every one its own. */
  readonly #limit: number;
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #taken = false;
  #group: Group | undefined;

  constructor(handle: SqliteHandle, limit: number) {
    this.#handle = handle;
    this.#limit = limit;
  }

  /** Waits for the turn and begins. Whoever has begun must commit or roll back. */
  async begin(): Promise<void> {
    if (this.#taken) await this.#turn();
    this.#taken = true;
    try {
      if (this.#group === undefined) {
        await this.#handle.exec('begin immediate');
        this.#group = newGroup();
      }
      this.#handle.execNow('savepoint one');
    } catch (error) {
      // Somebody else holds the file: those behind would wait as long again, one after the other.
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
      this.#pass();
      throw error;
    }
  }

  async run<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // SQLite ends a transaction by itself when the disk is full; what followed would otherwise commit alone.
    if (!this.#handle.inTransaction) throw new HufuError('unavailable', { at: 'database' });
    return this.#handle.run(query);
  }

  /** One read between transactions; only for a writer whose transactions share no commit, or it would see unsafe work. */
  async readBetween<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#taken) await this.#turn();
    this.#taken = true;
    try {
      return await this.#handle.run(query);
    } finally {
      this.#pass();
    }
  }

  async commit(): Promise<void> {
    await this.#end('release one');
  }

  async rollback(): Promise<void> {
    await this.#end('rollback to one; release one');
  }

  async #end(statement: string): Promise<void> {
    const group = this.#group;
    if (group === undefined) throw new TypeError('nothing was begun');
    group.turns += 1;
    try {
      if (this.#handle.inTransaction) this.#handle.execNow(statement);
    } catch (cause) {
      this.#fail(group, cause);
    }
    this.#pass();
    await group.settled;
  }

  #turn(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Gives the turn on; the group is closed when it is full or lost, or when nobody has come for one round of the loop. */
  #pass(): void {
    const group = this.#group;
    if (group !== undefined && (group.turns >= this.#limit || !this.#handle.inTransaction)) this.#close(group);
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.resolve();
      return;
    }
    this.#taken = false;
    if (this.#group !== undefined) {
      setImmediate(() => {
        if (!this.#taken && this.#group !== undefined) this.#close(this.#group);
      });
    }
  }

  #close(group: Group): void {
    try {
      this.#handle.execNow('commit');
      this.#group = undefined;
      group.resolve();
    } catch (cause) {
      this.#fail(group, cause);
    }
  }

  #fail(group: Group, cause: unknown): void {
    this.#group = undefined;
    if (this.#handle.inTransaction) this.#handle.execNow('rollback');
    group.reject(new HufuError('unavailable', { at: 'database', cause }));
  }
}

function newGroup(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { settled: promise, resolve, reject, turns: 0 };
}
