/** A verifier at a place: its files, database, keys and pages opened, ready to listen. Used by both main files. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../shared/clock.ts';
import { buildPages } from '../shared/server/build-pages.ts';
import { openDatabase } from '../shared/server/database.ts';
import { createEnvelope } from '../shared/server/envelope.ts';
import { fileKeks } from '../shared/server/kek.ts';
import { loadOrCreateSecret } from '../shared/server/key-files.ts';
import { type Listening, listen } from '../shared/server/listen.ts';
import type { Log } from '../shared/server/log.ts';
import { nodeCrypto } from '../shared/server/node-crypto.ts';
import { nodeInflate } from '../shared/server/node-inflate.ts';
import { safeFetch } from '../shared/server/safe-fetch.ts';
import { ensureDemoDesk } from './access/index.ts';
import type { VerifierConfig, VerifierPlace } from './config.ts';
import { migrations } from './migrations/index.ts';
import { openAccess } from './open-access.ts';
import type { VerifierTables } from './tables.ts';
import { createVerifier } from './verifier.ts';

export interface Running {
  readonly listening: Listening;
  close(): Promise<void>;
}

const demoDeskName = '前台 1';

export async function startVerifier(
  config: VerifierConfig,
  place: VerifierPlace,
  powers: { readonly log: Log; readonly clock?: Clock },
): Promise<Running> {
  const clock = powers.clock ?? systemClock;
  const crypto = nodeCrypto();
  mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
  const keys = join(place.dataDir, 'keys');
  const db = await openDatabase<VerifierTables>({
    url: place.databaseUrl ?? join(place.dataDir, 'verifier.sqlite'),
    migrations,
  });
  const demoDesk = config.mode === 'demo' ? demoDeskName : undefined;
  if (demoDesk !== undefined) await ensureDemoDesk({ db, crypto, clock }, demoDesk);
  const verifier = createVerifier({
    config,
    db,
    clock,
    crypto,
    log: powers.log,
    envelope: createEnvelope({
      app: 'verifier',
      env: config.baseUrl,
      keks: fileKeks(keys),
      blindIndexKey: loadOrCreateSecret(join(keys, 'blind-index.key'), 32),
      clock,
    }),
    fetchText: safeFetch({ allowOrigins: config.allowOrigins }),
    inflate: nodeInflate,
    ...(await openAccess(config, place, crypto)),
    demoDesk,
    pagesFolder: await buildDesk(place, powers.log),
  });
  const { host, port, tls } = place;
  const listening = await listen(verifier.handler, { host, port, ...(tls === undefined ? {} : { tls }) });
  return {
    listening,
    async close() {
      await listening.close();
      await verifier.close();
      await db.close();
    },
  };
}

async function buildDesk(place: VerifierPlace, log: Log): Promise<string> {
  const here = import.meta.dirname;
  const outDir = join(place.dataDir, 'pages');
  await buildPages({
    root: join(here, 'pages/desk'),
    configFile: join(here, 'pages/vite.config.ts'),
    sources: [join(here, 'pages'), join(here, '../shared/look'), join(here, '../package-lock.json')],
    outDir,
    log,
  });
  return outDir;
}
