/** The issuer, put together: rooms in the order of a credential's life. */
import type { RequestListener } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import { createDidKeys } from '../shared/did/index.ts';
import { createIdCard, demoRegionCode } from '../shared/id-card/index.ts';
import type { Crypto } from '../shared/keys/index.ts';
import type { Database } from '../shared/server/database.ts';
import { withDocs } from '../shared/server/docs.ts';
import { createEnvelope, type Envelope } from '../shared/server/envelope.ts';
import { createHttpApp } from '../shared/server/http.ts';
import type { Log } from '../shared/server/log.ts';
import { nodeDeflate } from '../shared/server/node-inflate.ts';
import type { Route } from '../shared/server/routes.ts';
import { startSweeper } from '../shared/server/sweeper.ts';
import { accountAuth, bindPerson, createAccounts, isFrozen } from './accounts/index.ts';
import { adminRoutes, createIdempotency } from './admin/index.ts';
import { createAuthorization, sweepAuthorization } from './authorization/index.ts';
import { type Catalogue, catalogueRoutes, createCatalogue } from './catalogue/index.ts';
import type { IssuerConfig } from './config.ts';
import { demoRoutes, putDemoPeople, refuseDemoPeople } from './demo/index.ts';
import {
  applyOfferRoute,
  applyRoutes,
  createEnrolment,
  defaultOutcomeTable,
  type Enrolment,
  type EnrolmentSettings,
} from './enrolment/index.ts';
import {
  createIssuance,
  createIssuances,
  createOfferRedemption,
  createOfferSecrets,
  createOffers,
  type Issuances,
  type Offers,
  sweepOffers,
} from './issuance/index.ts';
import type { IssuerKeys } from './keys/index.ts';
import { createLifecycle, type Lifecycle, lifecycleRoutes } from './lifecycle/index.ts';
import { pageMounts } from './pages/mount.ts';
import { createPasskeys, createSessions, sessionRules } from './passkeys/index.ts';
import type { CardReader } from './reading/index.ts';
import { createRefusalAudit } from './refusal-audit.ts';
import { createEmbeddedRegister, type EmbeddedRegister } from './register/index.ts';
import { consoleRoutes } from './review/index.ts';
import type { IssuerTables } from './tables.ts';

export interface IssuerDeps {
  readonly config: IssuerConfig;
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly keys: IssuerKeys;
  /** Of `buildIssuerPages`; undefined: the API without its pages. */
  readonly pagesFolder?: string;
  /** Undefined: photos of cards are not read by a machine. The caller's to close. */
  readonly cardReader?: CardReader;
  /** Without it: the built-in outcome table, and a person compares faces. */
  readonly enrolment?: EnrolmentSettings;
}

/** What the outside gets, and the doors that tools and tests go through. */
export interface Issuer {
  readonly handler: RequestListener;
  readonly routes: readonly Route[];
  readonly register: EmbeddedRegister;
  readonly catalogue: Catalogue;
  readonly offers: Offers;
  readonly issuances: Issuances;
  readonly lifecycle: Lifecycle;
  readonly enrolment: Enrolment;
  /** Before the first request. demo: its people are in the register. production: they are not (`config_invalid`). */
  prepare(): Promise<void>;
  sweep(): Promise<void>;
  /** Stops the sweeper; the database is the caller's. */
  close(): Promise<void>;
}

const statusLists = { listSize: 131_072, ttl: 300, lifetime: 86_400 } as const;
const sweepSeconds = 60;
const sweepBatch = 500;
const examineBatch = 20;

export function createIssuer(deps: IssuerDeps): Issuer {
  const { config, db, clock, crypto, log, keys } = deps;
  const issuer = config.baseUrl;
  const { signer, x5c } = keys.credential;
  const refusals = createRefusalAudit({ db, clock });

  const envelope = createIssuerEnvelope(deps);
  const register = createEmbeddedRegister({ db, envelope });
  const catalogue = createCatalogue({ baseUrl: issuer, issuerName: config.name['zh-Hans'], hasher: crypto });
  const lifecycle = createLifecycle({
    db,
    clock,
    crypto,
    deflate: nodeDeflate,
    signer,
    header: { x5c: [...x5c] },
    baseUrl: issuer,
    ...statusLists,
  });
  const secrets = createOfferSecrets(keys.offerKey, crypto);
  const knownConfigurations = catalogue.configurations.map(({ id }) => id);
  const offers = createOffers({ issuer, db: db.kysely, clock, crypto, secrets, knownConfigurations });
  const issuances = createIssuances(db.kysely);
  const redeem = createOfferRedemption({ secrets, markAudited: refusals.markAudited });
  const authorization = createAuthorization({ issuer, db, clock, crypto, nonceKey: keys.nonceKey, redeem });
  const issuance = createIssuance({
    issuer,
    name: config.name,
    db,
    clock,
    crypto,
    dids: createDidKeys({ clock }),
    checkAccess: authorization.checkAccess,
    dpopNonces: authorization.dpopNonces,
    offers,
    catalogue,
    register,
    lifecycle,
    signer: keys.credential,
    requestKey: keys.requestKey,
    isFrozen,
    nonceKey: keys.nonceKey,
  });

  const isDemo = config.mode === 'demo';
  const idCard = createIdCard({ clock, demoRegion: isDemo });
  const identityConfigurations = knownConfigurations.filter((id) => id.startsWith('resident-id-'));
  const enrolment = createEnrolment({
    db,
    clock,
    crypto,
    log,
    envelope,
    idCard,
    register,
    issuances,
    offers,
    lifecycle,
    bindPerson,
    reader: deps.cardReader,
    ...(deps.enrolment ?? { table: defaultOutcomeTable }),
    extraCounties: isDemo ? [demoRegionCode] : [],
    configurationIds: knownConfigurations,
    identityConfigurationIds: identityConfigurations,
    markAudited: refusals.markAudited,
  });

  const idempotency = createIdempotency({ db, envelope, clock });
  const admin = adminRoutes({
    db,
    clock,
    idCard,
    register,
    catalogue,
    offers,
    issuances,
    lifecycle,
    idempotency,
    markAudited: refusals.markAudited,
  });

  const { origin, hostname, protocol } = new URL(issuer);
  const holders = {
    passkeys: createPasskeys({ db, clock, rpId: hostname, rpName: config.name['zh-Hans'], origin, kind: 'holder' }),
    sessions: createSessions({
      db,
      clock,
      kind: 'holder',
      cookieName: 'hufu-account',
      https: protocol === 'https:',
      rules: sessionRules.holder,
    }),
  };
  const accounts = createAccounts({
    ...holders,
    db,
    clock,
    envelope,
    issuances,
    lifecycle,
    register,
    applications: { list: enrolment.list, open: enrolment.openApplication, erase: enrolment.erase },
    mailer: undefined,
    markAudited: refusals.markAudited,
    baseUrl: issuer,
    name: config.name,
  });

  const staff = {
    passkeys: createPasskeys({ db, clock, rpId: hostname, rpName: config.name['zh-Hans'], origin, kind: 'staff' }),
    sessions: createSessions({
      db,
      clock,
      kind: 'staff',
      cookieName: 'hufu-console',
      https: protocol === 'https:',
      rules: sessionRules.staff,
    }),
  };

  const { name, walletReceiveUrl } = config;
  const demo = isDemo
    ? demoRoutes({ baseUrl: issuer, name, walletReceiveUrl, db, clock, register, catalogue, offers })
    : [];

  const routes = withDocs(
    [
      ...catalogueRoutes(catalogue),
      ...admin,
      ...accounts.routes,
      ...applyRoutes({
        db,
        enrolment,
        auth: accountAuth({ db, sessions: holders.sessions }),
        sessionOf: holders.sessions.current,
        flows: undefined,
        defaultConfigurationIds: ['resident-id-sd-jwt'],
      }),
      applyOfferRoute({
        db,
        enrolment,
        offers,
        auth: accountAuth({ db, sessions: holders.sessions }),
        freshSessionOf: holders.sessions.requireFresh,
        walletReceiveUrl: config.walletReceiveUrl,
      }),
      ...consoleRoutes({ ...staff, db, clock, envelope, enrolment, markAudited: refusals.markAudited }),
      ...authorization.routes,
      ...issuance.routes,
      ...lifecycleRoutes(lifecycle),
      ...demo,
    ],
    {
      title: 'hufu issuer',
      version: '1',
      description: 'Issue credentials by OpenID4VCI 1.0 and look after them. Times are epoch seconds.',
      baseUrl: issuer,
    },
  );
  const handler = createHttpApp({
    baseUrl: issuer,
    routes,
    log,
    mounts: deps.pagesFolder === undefined ? [] : pageMounts(deps.pagesFolder),
    trustProxy: config.trustProxy,
    onRefusal: refusals.onRefusal,
  });
  const sweeper = startSweeper({
    tasks: {
      authorization: () => db.transaction((trx) => sweepAuthorization(trx, clock.now())),
      offers: () => db.transaction((trx) => sweepOffers(trx, clock.now())),
      idempotency: () => idempotency.sweep(sweepBatch),
      accounts: accounts.sweep,
      staff: () => db.transaction((trx) => staff.sessions.sweep(trx)),
      enrolment: async () => (await enrolment.examineDue(examineBatch)) + (await enrolment.sweep(sweepBatch)),
    },
    everySeconds: sweepSeconds,
    log,
  });
  return {
    handler,
    routes,
    register,
    catalogue,
    offers,
    issuances,
    lifecycle,
    enrolment,
    prepare: () => (isDemo ? putDemoPeople({ db, clock, register }) : refuseDemoPeople({ clock, register })),
    sweep: sweeper.sweep,
    async close() {
      await sweeper.stop();
      await enrolment.settled();
    },
  };
}

/** The envelope of this issuer's sealed records; the import command opens the same. */
export function createIssuerEnvelope(deps: Pick<IssuerDeps, 'config' | 'clock' | 'keys'>): Envelope {
  const { keks, blindIndexKey } = deps.keys;
  return createEnvelope({ app: 'issuer', env: deps.config.baseUrl, keks, blindIndexKey, clock: deps.clock });
}
