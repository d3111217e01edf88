import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { decodeUtf8, type Json, type JsonObject, parseJsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Principal } from '../../shared/server/routes.ts';
import type { IssuerTables } from '../tables.ts';
import { expiredAnswers, fillAnswer, readAnswer, removeAnswer, takeAnswer } from './store.ts';

/** How long a key stands for its answer. */
const keptSeconds = 86_400;
const keyShape = /^[\x21-\x7e]{8,128}$/;

export interface IdempotentCall {
  readonly principal: Principal;
  /** The Idempotency-Key header, if there was one. */
  readonly key: string | undefined;
  /** Method, path and body as the schema gave it, members in its order: what the key stands for. */
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

export interface Idempotency {
  /**
   * Runs `act` in a transaction, once per key: the answer is sealed in that same transaction and given again to the
   * same request. A request that failed left nothing and is simply run anew. Without a key every call acts.
   * Refused: `shape` (malformed key), `idempotency_mismatch` (the key stands for another request).
   */
  once(call: IdempotentCall, act: (trx: Kysely<IssuerTables>) => Promise<JsonObject>): Promise<JsonObject>;
  /** Forgets answers that are past their time; how many. */
  sweep(limit: number): Promise<number>;
}

export function createIdempotency(deps: {
  readonly db: Database<IssuerTables>;
  readonly envelope: Envelope;
  readonly clock: Clock;
}): Idempotency {
  const { db, envelope, clock } = deps;
  const contextOf = (id: string) => ({ table: 'idempotent_answer', column: 'sealed', row: id });

  return {
    async once({ principal, key, method, path, body }, act) {
      if (key === undefined) return db.transaction(act);
      if (!keyShape.test(key)) throw new HufuError('shape', { at: 'Idempotency-Key' });
      // Keyed hashes both: a body may hold an identity number, which a plain hash would give away.
      const id = envelope.blindIndex('idempotency-key', `${principal.id} ${key}`);
      const requestIndex = envelope.blindIndex('idempotency-request', `${method} ${path} ${JSON.stringify(body)}`);
      return db.transaction(async (trx) => {
        const now = clock.now();
        if (!(await takeAnswer(trx, { id, requestIndex, expiresAt: now + keptSeconds, now }))) {
          const known = await readAnswer(trx, id);
          if (known.request_index !== requestIndex) throw new HufuError('idempotency_mismatch');
          return parseJsonObject(decodeUtf8(await envelope.open(trx, contextOf(id), known.sealed)));
        }
        const answer = await act(trx);
        await fillAnswer(trx, id, await envelope.seal(trx, contextOf(id), JSON.stringify(answer)));
        return answer;
      });
    },

    async sweep(limit) {
      return db.transaction(async (trx) => {
        const ids = await expiredAnswers(trx, clock.now(), limit);
        for (const id of ids) {
          await removeAnswer(trx, id);
          await envelope.forget(trx, { table: 'idempotent_answer', row: id });
        }
        return ids.length;
      });
    },
  };
}
