/** An issuer at a place: its files, database and keys opened, ready to listen. Used by both main files. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../shared/clock.ts';
import { type Database, openDatabase } from '../shared/server/database.ts';
import { type Listening, listen } from '../shared/server/listen.ts';
import type { Log } from '../shared/server/log.ts';
import { nodeCrypto } from '../shared/server/node-crypto.ts';
import type { IssuerConfig, IssuerPlace } from './config.ts';
import { openEnrolmentSettings } from './enrolment/index.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { openIssuerKeys } from './keys/index.ts';
import { issuerMigrations } from './migrations/index.ts';
import { buildIssuerPages } from './pages/mount.ts';
import { createCardReader } from './reading/index.ts';
import type { IssuerTables } from './tables.ts';

/** Photos read at the same time; a thread starts when there is something to read, and leaves a core to the service. */
const readers = Math.max(1, Math.min(4, availableParallelism() - 1));

export interface Running {
  readonly listening: Listening;
  readonly issuer: Issuer;
  close(): Promise<void>;
}

export async function startIssuer(
  config: IssuerConfig,
  place: IssuerPlace,
  powers: { readonly log: Log; readonly clock?: Clock },
): Promise<Running> {
  const clock = powers.clock ?? systemClock;
  const enrolment = openEnrolmentSettings(place);
  const db = await openIssuerDatabase(place);
  const keys = await openIssuerKeys(config, place, clock);
  const cardReader = createCardReader({ modelDir: join(place.dataDir, 'models'), workers: readers });
  const powersOf = { crypto: nodeCrypto(), log: powers.log, clock };
  const pagesFolder = await buildIssuerPages(join(place.dataDir, 'pages'), powers.log);
  const issuer = createIssuer({ config, db, ...powersOf, keys, enrolment, cardReader, pagesFolder });
  await issuer.prepare();
  const { host, port, tls } = place;
  const listening = await listen(issuer.handler, { host, port, ...(tls === undefined ? {} : { tls }) });
  return {
    listening,
    issuer,
    async close() {
      await listening.close();
      await issuer.close();
      await cardReader.close();
      await db.close();
    },
  };
}

/** The database of a place, for the service and for its command-line tools. */
export function openIssuerDatabase(
  place: Pick<IssuerPlace, 'dataDir' | 'databaseUrl'>,
): Promise<Database<IssuerTables>> {
  mkdirSync(place.dataDir, { recursive: true, mode: 0o700 });
  return openDatabase({ url: place.databaseUrl ?? join(place.dataDir, 'issuer.sqlite'), migrations: issuerMigrations });
}
