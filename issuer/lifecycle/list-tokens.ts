/**
 * Status list tokens (Token Status List 5.1), signed anew when a list changed and before they grow old, and served
 * from memory in between. A list is kept packed; after a change only the changed rows are read.
 */
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import type { Hasher, Signer } from '../../shared/keys/index.ts';
import {
  compressList,
  type Deflate,
  type StatusList,
  signStatusList,
  writeStatus,
} from '../../shared/status-list/index.ts';
import { changesSince, findVersion, type LifecycleTables } from './store.ts';

export const statusBits = 2;

export interface ListToken {
  readonly token: string;
  /** Strong entity tag, quotes included. */
  readonly etag: string;
}

export interface ListTokenOptions {
  readonly db: Kysely<LifecycleTables>;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly deflate: Deflate;
  readonly signer: Signer;
  /** `x5c` of the status signer. */
  readonly header: JsonObject;
  readonly uriOf: (listId: string) => string;
  readonly aggregationUri: string;
  /** Seconds a verifier may keep a token. */
  readonly ttl: number;
  /** Seconds after which a token is worth nothing. */
  readonly lifetime: number;
  /** Lists kept in memory. */
  readonly cachedLists?: number;
}

interface Kept {
  readonly list: StatusList;
  readonly version: number;
  readonly lst: string;
  readonly iat: number;
  readonly token: string;
  readonly etag: string;
}

/** The token of a list as of the last committed change before this call; undefined for an unknown list. */
export type FindListToken = (listId: string) => Promise<ListToken | undefined>;

export function createListTokens(options: ListTokenOptions): FindListToken {
  const { db, clock, ttl } = options;
  const kept = new Map<string, Kept>();
  const limit = options.cachedLists ?? 64;

  async function refresh(listId: string): Promise<Kept | undefined> {
    const current = await findVersion(db, listId);
    if (current === undefined) return undefined;
    const known = kept.get(listId);
    const now = clock.now();
    // Half the ttl, so that nobody is handed a token that is as good as stale; also when the clock went back.
    const young = known !== undefined && now >= known.iat && now - known.iat < ttl / 2;
    if (known?.version === current.version && young) return known;
    const next = await rebuild(listId, current, known, now);
    // Oldest out first: a list nobody asks for is rebuilt when somebody does.
    kept.delete(listId);
    for (const oldest of kept.keys()) if (kept.size >= limit) kept.delete(oldest);
    kept.set(listId, next);
    return next;
  }

  async function rebuild(
    listId: string,
    current: { readonly version: number; readonly size: number },
    known: Kept | undefined,
    now: number,
  ): Promise<Kept> {
    const list = known?.list ?? { bits: statusBits, bytes: new Uint8Array(Math.ceil((current.size * statusBits) / 8)) };
    const changes = await changesSince(db, listId, known?.version ?? 0);
    for (const { idx, status } of changes) writeStatus(list, idx, status);
    const version = changes.reduce((highest, change) => Math.max(highest, change.version), current.version);
    const lst =
      known !== undefined && changes.length === 0 ? known.lst : await compressList(list.bytes, options.deflate);
    const token = await signStatusList({
      uri: options.uriOf(listId),
      bits: statusBits,
      lst,
      iat: now,
      exp: now + options.lifetime,
      ttl,
      aggregationUri: options.aggregationUri,
      header: options.header,
      signer: options.signer,
    });
    return { list, version, lst, iat: now, token, etag: `"${options.hasher.sha256Base64url(token).slice(0, 22)}"` };
  }

  const oneAtATime = createTurns(refresh);
  return async (listId) => {
    const found = await oneAtATime(listId);
    return found && { token: found.token, etag: found.etag };
  };
}

/**
 * Callers who arrive while a look is under way share the next one, never the one that began before they asked: the
 * answer is at most as old as the question, at one query for everybody.
 */
function createTurns<R>(look: (id: string) => Promise<R>): (id: string) => Promise<R> {
  const turns = new Map<string, { running: Promise<R>; next: Promise<R> | undefined }>();

  function start(id: string): Promise<R> {
    const running = look(id);
    const turn = { running, next: undefined };
    turns.set(id, turn);
    const end = () => {
      if (turns.get(id) === turn) turns.delete(id);
    };
    running.then(end, end);
    return running;
  }

  return (id) => {
    const turn = turns.get(id);
    if (turn === undefined) return start(id);
    turn.next ??= turn.running.then(
      () => start(id),
      () => start(id),
    );
    return turn.next;
  };
}
