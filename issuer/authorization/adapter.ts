import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely } from 'kysely';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../shared/clock.ts';
import { parseJsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import { consumeRecord, findRecord, putRecord, removeGrant, removeRecord } from './store.ts';
import type { AuthorizationTables } from './tables.ts';

type Db = Kysely<AuthorizationTables>;

export interface OauthStorage {
  /** The factory that oidc-provider asks for one adapter per kind of record. */
  adapter(kind: string): Adapter;
  /** Everything the provider stores while `act` runs goes through `trx`. */
  within<T>(trx: Db, act: () => Promise<T>): Promise<T>;
}

/** The hash under which a token is kept, also where this program looks one up itself. */
export function recordHash(id: string, hasher: Hasher): string {
  return hasher.sha256Base64url(`oauth|${id}`);
}

/**
 * Storage of oidc-provider on our tables. Tokens lie there as hashes: the provider's payload carries the token itself
 * as `jti`, which is left out and put back when a record is found by it. Expiry is by our clock. `consume` is one
 * conditional statement and throws when somebody was first: the provider itself reads first and consumes later.
 */
export function createOauthStorage(options: {
  readonly db: Db;
  readonly hasher: Hasher;
  readonly clock: Clock;
}): OauthStorage {
  const { db, hasher, clock } = options;
  const current = new AsyncLocalStorage<Db>();
  const handle = () => current.getStore() ?? db;

  return {
    within: (trx, act) => current.run(trx, act),

    adapter: (kind) => ({
      async upsert(id, payload, expiresIn) {
        if (expiresIn === undefined) throw new TypeError('nothing here is kept for ever');
        const { jti: _token, ...rest } = payload;
        const record = {
          kind,
          idHash: recordHash(id, hasher),
          grantId: payload.grantId,
          payload: JSON.stringify(rest),
        };
        await putRecord(handle(), { ...record, expiresAt: clock.now() + expiresIn });
      },
      async find(id) {
        const found = await findRecord(handle(), kind, recordHash(id, hasher), clock.now());
        if (found === undefined) return undefined;
        const payload: AdapterPayload = { ...parseJsonObject(found.payload), jti: id };
        return found.consumedAt === undefined ? payload : { ...payload, consumed: found.consumedAt };
      },
      async consume(id) {
        const first = await consumeRecord(handle(), kind, recordHash(id, hasher), clock.now());
        if (!first) throw new HufuError('replay', { at: 'oauth' });
      },
      destroy: (id) => removeRecord(handle(), kind, recordHash(id, hasher)),
      revokeByGrantId: (grantId) => removeGrant(handle(), grantId),
      // Device flow and browser sessions are off; they would need indices of their own.
      findByUserCode: async () => undefined,
      findByUid: async () => undefined,
    }),
  };
}
