import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { encodeBase64url, type JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto, Signer } from '../../shared/keys/index.ts';
import type { Database } from '../../shared/server/database.ts';
import { type Deflate, type StatusReference, statusValues } from '../../shared/status-list/index.ts';
import { createAllocation } from './allocation.ts';
import { createListTokens, type FindListToken } from './list-tokens.ts';
import { changeEntries, type LifecycleTables, listIds, raiseVersion, readEntries } from './store.ts';

export type CredentialStatus = keyof typeof statusValues;
/** What may be done to a credential that was issued. */
export type StatusAct = 'suspend' | 'resume' | 'revoke';

export interface Lifecycle {
  /**
   * `count` places for as many credentials, taken in the caller's transaction: unpredictable, each given once.
   * Refused: `list_full` (no free place was found; a fault of randomness or of the store).
   */
  allocateStatusIndices(trx: Kysely<LifecycleTables>, count: number): Promise<readonly StatusReference[]>;
  /**
   * One act on all of these, or on none. suspend: valid -> suspended; resume: suspended -> valid; revoke: valid or
   * suspended -> revoked, for good. An act that changes nothing is refused, so that each one is a deliberate decision;
   * a caller who does not know whether the first try arrived repeats it under the same Idempotency-Key.
   * Refused: `credential_revoked`, `credential_state` (not in the state the act starts from), `credential_unknown`.
   */
  changeStatuses(trx: Kysely<LifecycleTables>, refs: readonly StatusReference[], act: StatusAct): Promise<void>;
  /** Revokes whatever of these is not revoked yet; for credentials that never arrived. Refused: `credential_unknown`. */
  revokeAll(trx: Kysely<LifecycleTables>, refs: readonly StatusReference[]): Promise<void>;
  /** In the order asked. Refused: `credential_unknown`. */
  readStatuses(db: Kysely<LifecycleTables>, refs: readonly StatusReference[]): Promise<readonly CredentialStatus[]>;
  readonly findListToken: FindListToken;
  /** Addresses of all lists (Token Status List 9.3). */
  listUris(): Promise<readonly string[]>;
  readonly aggregationUri: string;
}

export interface LifecycleOptions {
  readonly db: Database<LifecycleTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly deflate: Deflate;
  readonly signer: Signer;
  /** `x5c` of the signer. */
  readonly header: JsonObject;
  /** Public address of the issuer, without trailing slash. */
  readonly baseUrl: string;
  /** Entries of a list, a multiple of 4; half of them are ever used. */
  readonly listSize: number;
  /** Seconds a verifier may keep a list token. */
  readonly ttl: number;
  /** Seconds after which a list token has expired. */
  readonly lifetime: number;
}

const transitions: Readonly<
  Record<StatusAct, { readonly from: readonly CredentialStatus[]; readonly to: CredentialStatus }>
> = {
  suspend: { from: ['valid'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'valid' },
  revoke: { from: ['valid', 'suspended'], to: 'revoked' },
};

const names = new Map<number, CredentialStatus>([
  [statusValues.valid, 'valid'],
  [statusValues.suspended, 'suspended'],
  [statusValues.revoked, 'revoked'],
]);

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  if (options.listSize < 16 || options.listSize % 4 !== 0) throw new TypeError('listSize');
  const aggregationUri = `${options.baseUrl}/status-lists`;
  const uriOf = (listId: string) => `${aggregationUri}/${listId}`;
  const allocate = createAllocation({
    listSize: options.listSize,
    newListId: () => encodeBase64url(options.crypto.randomBytes(12)),
    now: () => options.clock.now(),
  });

  /** Indices by list, lists in one order for everybody: no two transactions wait for each other. */
  function byList(
    refs: readonly StatusReference[],
  ): readonly (readonly [listId: string, indices: readonly number[]])[] {
    const lists = new Map<string, number[]>();
    for (const { uri, idx } of refs) {
      const listId = uri.slice(uri.lastIndexOf('/') + 1);
      const indices = lists.get(listId);
      if (indices === undefined) lists.set(listId, [idx]);
      else if (!indices.includes(idx)) indices.push(idx);
    }
    return [...lists].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async function readStatuses(
    db: Kysely<LifecycleTables>,
    refs: readonly StatusReference[],
  ): Promise<readonly CredentialStatus[]> {
    const found = new Map<string, CredentialStatus>();
    for (const [listId, indices] of byList(refs)) {
      for (const [idx, status] of await readEntries(db, listId, indices)) {
        const name = names.get(status);
        if (name !== undefined) found.set(`${uriOf(listId)} ${idx}`, name);
      }
    }
    return refs.map(({ uri, idx }) => {
      const status = found.get(`${uriOf(uri.slice(uri.lastIndexOf('/') + 1))} ${idx}`);
      if (status === undefined) throw new HufuError('credential_unknown');
      return status;
    });
  }

  /** How many entries changed; all of them are locked until the transaction ends. */
  async function change(
    trx: Kysely<LifecycleTables>,
    refs: readonly StatusReference[],
    from: readonly CredentialStatus[],
    to: CredentialStatus,
  ): Promise<number> {
    let changed = 0;
    for (const [listId, indices] of byList(refs)) {
      const version = await raiseVersion(trx, listId);
      if (version === undefined) throw new HufuError('credential_unknown');
      const states = from.map((name) => statusValues[name]);
      changed += await changeEntries(trx, { listId, indices, from: states, to: statusValues[to], version });
    }
    return changed;
  }

  return {
    aggregationUri,
    async allocateStatusIndices(trx, count) {
      return (await allocate(trx, count)).map(({ listId, idx }) => ({ uri: uriOf(listId), idx }));
    },

    async changeStatuses(trx, refs, act) {
      const { from, to } = transitions[act];
      const expected = byList(refs).reduce((sum, [, indices]) => sum + indices.length, 0);
      if (expected === 0) throw new HufuError('credential_unknown');
      if ((await change(trx, refs, from, to)) === expected) return;
      // Something was not in the state the act starts from; what changed is undone with the transaction.
      // Judged after the locks are held: no other transaction can have changed it in between.
      const statuses = await readStatuses(trx, refs);
      throw new HufuError(statuses.includes('revoked') ? 'credential_revoked' : 'credential_state');
    },

    async revokeAll(trx, refs) {
      await change(trx, refs, ['valid', 'suspended'], 'revoked');
      await readStatuses(trx, refs);
    },

    readStatuses,
    findListToken: createListTokens({
      db: options.db.kysely,
      clock: options.clock,
      hasher: options.crypto,
      deflate: options.deflate,
      signer: options.signer,
      header: options.header,
      uriOf,
      aggregationUri,
      ttl: options.ttl,
      lifetime: options.lifetime,
    }),
    listUris: async () => (await listIds(options.db.kysely)).map(uriOf),
  };
}
