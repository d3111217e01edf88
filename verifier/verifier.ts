/**
 * The verifier, put together: rooms in the order of a showing's life. Asked by a relying party or a desk, fetched and
 * answered by a wallet, looked at by a clerk, kept in the register.
 */
import type { RequestListener } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import { createDidKeys } from '../shared/did/index.ts';
import type { FetchText } from '../shared/fetch.ts';
import { BoundedCache, type Crypto } from '../shared/keys/index.ts';
import { createIssuerPartCache } from '../shared/sd-jwt/index.ts';
import { recordAudit } from '../shared/server/audit.ts';
import type { Database } from '../shared/server/database.ts';
import { withDocs } from '../shared/server/docs.ts';
import type { Envelope } from '../shared/server/envelope.ts';
import { createHttpApp } from '../shared/server/http.ts';
import type { Log } from '../shared/server/log.ts';
import { nodeOpenJwe } from '../shared/server/node-jwe.ts';
import { type Route, route } from '../shared/server/routes.ts';
import { staticFiles } from '../shared/server/static-files.ts';
import { startSweeper } from '../shared/server/sweeper.ts';
import { createStatusChecker, type Inflate } from '../shared/status-list/index.ts';
import { createIssuerTrust } from '../shared/trust/index.ts';
import { accessRoutes, callerAuth, deskAuth, type SessionRules, sweepSessions } from './access/index.ts';
import type { VerifierConfig } from './config.ts';
import { deskCsp } from './pages/csp.ts';
import { presentationRoutes, type ReceiveDeps, responseRoute } from './presentations/index.ts';
import { recordRoutes, sweepRecords } from './records/index.ts';
import { createRefusalAudit } from './refusal-audit.ts';
import { type AccessKey, createChanges, requestRoutes, sweepRequests, walletRequestRoutes } from './requests/index.ts';
import { createQuestions } from './scenes/index.ts';
import type { VerifierTables } from './tables.ts';

export interface VerifierDeps {
  readonly config: VerifierConfig;
  readonly db: Database<VerifierTables>;
  readonly envelope: Envelope;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly fetchText: FetchText;
  readonly inflate: Inflate;
  readonly access: AccessKey;
  /** Trade name, from the access certificate. */
  readonly organisation: string;
  /** Name of the desk anybody may open; undefined outside the demo. */
  readonly demoDesk: string | undefined;
  /** Folder of the built desk page; undefined serves the API alone. */
  readonly pagesFolder: string | undefined;
}

export interface Verifier {
  readonly handler: RequestListener;
  readonly routes: readonly Route[];
  sweep(): Promise<void>;
  close(): Promise<void>;
}

const sessionRules: SessionRules = { idle: 900, absolute: 43_200 };
const sweepBatch = 200;
const seenCredentials = 4_096;
const recentLinks = 1_024;

export function createVerifier(deps: VerifierDeps): Verifier {
  const { config, db, clock, crypto, log, organisation } = deps;
  const https = config.baseUrl.startsWith('https:');
  const refusals = createRefusalAudit(db, clock);

  const receive = receiveDeps(deps, refusals.markAudited);
  const auth = {
    db,
    clock,
    rules: sessionRules,
    cookieName: https ? '__Host-hufu-desk' : 'hufu-desk',
    origin: new URL(config.baseUrl).origin,
  };
  const caller = callerAuth(auth);

  const routes = withDocs(
    [
      ...requestRoutes({ deps: receive, caller, https }),
      ...walletRequestRoutes(receive),
      responseRoute(receive),
      ...presentationRoutes({ deps: receive, caller }),
      ...recordRoutes({ deps: receive, caller }),
      ...accessRoutes({ ...auth, crypto, desk: deskAuth(auth), https, organisation, demoDesk: deps.demoDesk }),
    ],
    {
      title: 'hufu verifier',
      version: '1',
      description:
        'Ask for a presentation, learn how it was judged, keep what the scene keeps. Times are epoch seconds.',
      baseUrl: config.baseUrl,
    },
  );

  const handler = createHttpApp({
    baseUrl: config.baseUrl,
    routes: [...routes, homeRoute(config.baseUrl)],
    log,
    trustProxy: config.trustProxy,
    onRefusal: refusals.onRefusal,
    mounts: deps.pagesFolder === undefined ? [] : [{ path: '', handler: deskPage(deps.pagesFolder) }],
  });
  const sweeper = startSweeper({ tasks: sweepTasks(deps), everySeconds: 60, log });
  return { handler, routes, sweep: sweeper.sweep, close: sweeper.stop };
}

/** Everything a request, its answer and its end need. */
function receiveDeps(deps: VerifierDeps, markAudited: (requestId: string) => void): ReceiveDeps {
  const { config, db, envelope, clock, crypto, access, fetchText, inflate } = deps;
  const dids = createDidKeys({ clock, fetchText, allowOrigins: config.allowOrigins });
  const trust = createIssuerTrust({ issuers: config.trustedIssuers, dids, clock, crypto });
  const status = createStatusChecker({ fetchText, trust, crypto, clock, inflate });
  return {
    db,
    envelope,
    clock,
    crypto,
    access,
    markAudited,
    changes: createChanges(),
    times: config.times,
    questions: createQuestions(config.types),
    recentSecrets: new BoundedCache(recentLinks),
    openJwe: nodeOpenJwe,
    baseUrl: config.baseUrl,
    walletPresentUrl: config.walletPresentUrl,
    statusMaxAge: config.statusMaxAge,
    verify: { crypto, trust, dids, status, seen: createIssuerPartCache(seenCredentials) },
  };
}

function sweepTasks({ db, envelope, clock }: VerifierDeps): Record<string, () => Promise<number>> {
  const now = () => clock.now();
  return {
    requests: () => db.transaction((trx) => sweepRequests(trx, envelope, now(), sweepBatch)),
    sessions: () => sweepSessions(db.kysely, now(), sessionRules),
    records: () =>
      db.transaction(async (trx) => {
        const ids = await sweepRecords(trx, envelope, now(), sweepBatch);
        const entry = { at: now(), actor: 'system', role: 'system', action: 'record.delete', outcome: 'done' } as const;
        for (const object of ids) await recordAudit(trx, { ...entry, object });
        return ids.length;
      }),
  };
}

function deskPage(folder: string) {
  return staticFiles({ folder, csp: deskCsp, pages: { '/desk': 'index.html' } });
}

/** Who comes to the bare address is a clerk who typed it. */
function homeRoute(baseUrl: string): Route {
  return route({
    method: 'GET',
    path: '/',
    summary: 'The desk',
    tag: 'desk',
    replies: { 303: { description: 'To the desk page.' } },
    handle: async () => ({ status: 303, headers: { Location: `${baseUrl}/desk` }, text: '' }),
  });
}
