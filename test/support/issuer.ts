/** A whole issuer on loopback: real database, keys in a folder of its own, the twelve drawn people in its register. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPeople } from '../../issuer/demo/people.ts';
import type { CreatedOffer, OfferRequest } from '../../issuer/issuance/index.ts';
import { createIssuer, type Issuer } from '../../issuer/issuer.ts';
import { type IssuerKeys, openIssuerKeys } from '../../issuer/keys/index.ts';
import { issuerMigrations } from '../../issuer/migrations/index.ts';
import type { CardReader } from '../../issuer/reading/index.ts';
import type { IssuerTables } from '../../issuer/tables.ts';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { createIdCard } from '../../shared/id-card/index.ts';
import { type AuditEntry, readAudit } from '../../shared/server/audit.ts';
import { type Database, openDatabase } from '../../shared/server/database.ts';
import { ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { type Log, silentLog } from '../../shared/server/log.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';

export interface TestIssuerOptions {
  /** `:memory:` unless said. */
  readonly databaseUrl?: string;
  /** Folder of keys and certificates; one that vanishes with the issuer unless said. */
  readonly dataDir?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Path of the base URL, `/tenant`. */
  readonly path?: string;
  /** Public address, for a second process of the same issuer: it still listens on a port of its own. */
  readonly baseUrl?: string;
  /** No people in the register. */
  readonly empty?: boolean;
  readonly walletReceiveUrl?: string;
  /** No machine reads photos unless said; the caller's to close. */
  readonly cardReader?: CardReader;
  /** Of `buildIssuerPages`; no pages unless said. */
  readonly pagesFolder?: string;
}

export interface TestIssuer {
  /** Base URL, which is the Credential Issuer Identifier. */
  readonly url: string;
  /** Where this process listens; the same as the origin of `url` unless `baseUrl` was given. */
  readonly origin: string;
  readonly issuer: Issuer;
  readonly db: Database<IssuerTables>;
  readonly keys: IssuerKeys;
  readonly dataDir: string;
  /** PEM of the root that the credentials' certificate chains to. */
  readonly anchorPem: string;
  /** Register row of a demo person: `lin-yizhou`, ... */
  personId(slug: string): string;
  offer(slug: string, options?: Partial<OfferRequest>): Promise<CreatedOffer>;
  audit(object?: string): Promise<readonly AuditEntry[]>;
  close(): Promise<void>;
}

export async function startTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const clock = options.clock ?? systemClock;
  const ownFolder = options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'hufu-issuer-')) : undefined;
  const dataDir = options.dataDir ?? join(ownFolder ?? '', 'issuer');

  const waiting: { handler: Issuer['handler'] | undefined } = { handler: undefined };
  const server = createServer((request, response) => waiting.handler?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server listens on a port');
  const origin = `http://localhost:${address.port}`;
  const url = options.baseUrl ?? `${origin}${options.path ?? ''}`;

  const config = {
    baseUrl: url,
    mode: 'demo',
    name: { 'zh-Hans': '示例市公安局', en: 'Example City Public Security Bureau' },
    walletReceiveUrl: options.walletReceiveUrl,
    trustProxy: 0,
  } as const;
  const place = { host: '127.0.0.1', port: 0, dataDir, databaseUrl: undefined, tls: undefined, credential: undefined };
  const crypto = nodeCrypto();
  const db = await openDatabase<IssuerTables>({
    url: options.databaseUrl ?? ':memory:',
    migrations: issuerMigrations,
  });
  const keys = await openIssuerKeys(config, place, clock);
  const issuer = createIssuer({
    config,
    db,
    clock,
    crypto,
    log: options.log ?? silentLog,
    keys,
    ...(options.cardReader !== undefined && { cardReader: options.cardReader }),
    ...(options.pagesFolder !== undefined && { pagesFolder: options.pagesFolder }),
  });
  const people = options.empty === true ? new Map<string, string>() : await putDemoPeople(issuer, db, clock);
  waiting.handler = issuer.handler;
  const roots = await ensureDevelopmentRoots(join(dataDir, '..', 'ca'), { clock });

  function personId(slug: string): string {
    const id = people.get(slug);
    if (id === undefined) throw new TypeError(`no demo person ${slug}`);
    return id;
  }

  return {
    url,
    origin,
    issuer,
    db,
    keys,
    dataDir,
    anchorPem: roots.credential,
    personId,
    offer: (slug, request = {}) =>
      db.transaction((trx) =>
        issuer.offers.createOffer(trx, {
          personId: personId(slug),
          configurationIds: ['resident-id-sd-jwt'],
          txCode: false,
          byReference: false,
          lifetimeSeconds: 3600,
          actor: { id: 'test', role: 'issuer-operator' },
          ...request,
        }),
      ),
    audit: (object) => readAudit(db.kysely, { limit: 100_000, ...(object !== undefined && { object }) }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await issuer.close();
      await db.close();
      if (ownFolder !== undefined) await rm(ownFolder, { recursive: true, force: true });
    },
  };
}

async function putDemoPeople(issuer: Issuer, db: Database<IssuerTables>, clock: Clock): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { slug, person } of demoPeople(createIdCard({ clock, demoRegion: true }))) {
    const { ref } = await db.transaction((trx) => issuer.register.putPerson(trx, person, clock.now()));
    found.set(slug, ref);
  }
  return found;
}
