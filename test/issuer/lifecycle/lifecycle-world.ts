import { createLifecycle, type Lifecycle, type LifecycleTables } from '../../../issuer/lifecycle/index.ts';
import { lifecycleMigration } from '../../../issuer/migrations/004-lifecycle.ts';
import { fixedClock } from '../../../shared/clock.ts';
import { type Database, openDatabase } from '../../../shared/server/database.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { nodeDeflate, nodeInflate } from '../../../shared/server/node-inflate.ts';
import {
  type Deflate,
  type StatusReference,
  type VerifiedStatusList,
  verifyStatusList,
} from '../../../shared/status-list/index.ts';

export const now = Date.UTC(2026, 10, 22, 4) / 1000;
export const baseUrl = 'http://localhost:4010';
export const crypto = nodeCrypto();
export const migrations = { lifecycle: lifecycleMigration };

/** One issuer process: a connection, a signer, and what is in its memory. */
export function lifecycleOn(
  db: Database<LifecycleTables>,
  options: {
    readonly listSize?: number;
    readonly clock?: ReturnType<typeof fixedClock>;
    readonly deflate?: Deflate;
  } = {},
) {
  const clock = options.clock ?? fixedClock(now);
  const signer = generateNodeSigner('ES256');
  const lifecycle = createLifecycle({
    db,
    clock,
    crypto,
    deflate: options.deflate ?? nodeDeflate,
    signer,
    header: {},
    baseUrl,
    listSize: options.listSize ?? 1024,
    ttl: 60,
    lifetime: 3600,
  });
  return { db, lifecycle, clock, signer };
}

export async function anotherProcess(url: string, options: { readonly listSize?: number } = {}) {
  const db = await openDatabase<LifecycleTables>({ url, migrations });
  return lifecycleOn(db, options);
}

type World = ReturnType<typeof lifecycleOn>;

export function take({ db, lifecycle }: World, count: number): Promise<readonly StatusReference[]> {
  return db.transaction((trx) => lifecycle.allocateStatusIndices(trx, count));
}

export async function listOf({ lifecycle, signer, clock }: World, uri: string): Promise<VerifiedStatusList> {
  const found = await (lifecycle as Lifecycle).findListToken(uri.slice(uri.lastIndexOf('/') + 1));
  return verifyStatusList(found?.token ?? '', {
    crypto,
    expectedUri: uri,
    key: signer.publicJwk,
    now: clock.now(),
    inflate: nodeInflate,
  });
}
