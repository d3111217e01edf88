/** The wallet's server: files, headers and one configuration. It never sees anything of anybody who uses the wallet. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import { buildPages } from '../shared/server/build-pages.ts';
import { withDocs } from '../shared/server/docs.ts';
import { createHttpApp } from '../shared/server/http.ts';
import { type Listening, listen } from '../shared/server/listen.ts';
import type { Log } from '../shared/server/log.ts';
import { type Route, route } from '../shared/server/routes.ts';
import { staticFiles } from '../shared/server/static-files.ts';
import type { WalletPlace, WalletServerConfig } from './config.ts';
import type { WalletConfiguration } from './core/configuration.ts';

/** Where the page goes when everything on the device has been deleted. */
const wipedPath = '/wiped';
/** Addresses that are screens of the page; whatever else is not a file does not exist. */
const screens = ['/', '/receive', '/present', '/scan', '/card', '/history', '/entry', '/settings', wipedPath];

const reportPath = '/csp-reports';

/**
 * The content security policy of the page, its workers and every other answer: own scripts only, no HTML made from
 * text (Trusted Types, with one policy for two script addresses), and connections to the configured origins alone.
 */
export function walletCsp(connectOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    `connect-src ${["'self'", ...connectOrigins].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types wallet#1',
    'upgrade-insecure-requests',
    'report-to csp',
  ].join('; ');
}

/** What the page is told (`/config.json`). */
export function publicConfiguration(config: WalletServerConfig): WalletConfiguration {
  const connectOrigins = originsOf(config);
  return {
    issuers: config.trustedIssuers.map(({ id, dids, anchors, types, name, compromisedKeys }) => ({
      id,
      dids: [...dids],
      anchors: [...anchors],
      types: [...types],
      name,
      compromisedKeys: [...(compromisedKeys ?? [])],
    })),
    relyingPartyAnchors: [...config.relyingPartyAnchors],
    connectOrigins: [...connectOrigins],
    httpOrigins: connectOrigins.filter((origin) => config.mode === 'demo' && origin.startsWith('http:')),
    ...(config.demo === undefined ? {} : { demo: config.demo }),
  };
}

export function createWalletApp(
  config: WalletServerConfig,
  powers: { readonly folder: string; readonly log: Log },
): RequestListener {
  const csp = walletCsp(originsOf(config));
  const files = staticFiles({
    folder: powers.folder,
    csp,
    pages: Object.fromEntries(screens.map((path) => [path, 'index.html'])),
    permissions: 'camera=(self), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)',
    headers: {
      [wipedPath]: { 'Cache-Control': 'no-store' },
      '/sw.js': { 'Service-Worker-Allowed': '/' },
    },
  });
  return createHttpApp({
    baseUrl: config.baseUrl,
    log: powers.log,
    csp,
    trustProxy: config.trustProxy,
    routes: walletRoutes(config, powers.log),
    mounts: [
      {
        path: '',
        handler: (request, response, next) => {
          response.setHeader('Reporting-Endpoints', `csp="${config.baseUrl}${reportPath}"`);
          const elsewhere = otherName(request.headers.host, config.baseUrl);
          if (elsewhere && (request.method === 'GET' || request.method === 'HEAD')) {
            response.statusCode = 307;
            response.setHeader('Location', `${config.baseUrl}${request.originalUrl}`);
            response.end();
            return;
          }
          if (isOwnWipe(request)) response.setHeader('Clear-Site-Data', '"cache", "cookies", "storage"');
          files(request, response, next);
        },
      },
    ],
  });
}

/**
 * Whether our own page is leaving after a wipe. The header empties the wallet wherever it comes from, even with the
 * answer to an image: to a link or a page of anybody else it is not sent (Fetch Metadata 2.2, 2.4).
 */
function isOwnWipe({ headers, url = '' }: IncomingMessage): boolean {
  return (
    url.split('?', 1)[0] === wipedPath &&
    headers['sec-fetch-site'] === 'same-origin' &&
    headers['sec-fetch-mode'] === 'navigate'
  );
}

function walletRoutes(config: WalletServerConfig, log: Log): readonly Route[] {
  const body = JSON.stringify(publicConfiguration(config));
  const routes = [
    route({
      method: 'GET',
      path: '/config.json',
      summary: 'Whom the wallet trusts and where it may go',
      tag: 'wallet',
      replies: { 200: { description: 'Configuration' } },
      handle: async () => ({ text: body, type: 'application/json', headers: { 'Cache-Control': 'no-cache' } }),
    }),
    route({
      method: 'POST',
      path: reportPath,
      summary: 'Reports of the content security policy: counted, not read',
      tag: 'wallet',
      body: {
        type: 'json',
        media: ['application/reports+json', 'application/csp-report'],
        schema: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
      },
      replies: { 204: { description: 'Counted' } },
      rate: { points: 30, seconds: 60, key: 'ip' },
      handle: async () => {
        log.event('wallet.csp_report', {});
        return { status: 204 };
      },
    }),
  ];
  return withDocs(routes, {
    title: 'hufu wallet server',
    version: '1',
    description: 'Files, and one configuration. Nothing of anybody who uses the wallet is ever sent here.',
    baseUrl: config.baseUrl,
  });
}

/**
 * Whether this machine was called by another of its names. The wallet has a host of its own, since all ports of
 * `localhost` would share passkeys and cookies: whoever comes to `localhost` is sent on.
 */
function otherName(host: string | undefined, baseUrl: string): boolean {
  const base = new URL(baseUrl);
  if (host === undefined || host === base.host || !base.hostname.endsWith('.localhost')) return false;
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host);
}

function originsOf(config: WalletServerConfig): readonly string[] {
  const issuers = config.trustedIssuers.map(({ id }) => new URL(id).origin);
  return [...new Set([...issuers, ...config.connectOrigins])];
}

export interface RunningWallet {
  readonly listening: Listening;
  close(): Promise<void>;
}

/** Builds the pages if their sources changed, and serves them. Used by both main files. */
export async function startWallet(
  config: WalletServerConfig,
  place: WalletPlace,
  powers: { readonly log: Log },
): Promise<RunningWallet> {
  const folder = join(place.dataDir, 'pages');
  await buildWallet(folder, powers.log);
  const { host, port, tls } = place;
  const app = createWalletApp(config, { folder, log: powers.log });
  const listening = await listen(app, { host, port, ...(tls === undefined ? {} : { tls }) });
  return { listening, close: () => listening.close() };
}

export async function buildWallet(folder: string, log: Log): Promise<void> {
  const here = import.meta.dirname;
  await buildPages({
    root: here,
    configFile: join(here, 'vite.config.ts'),
    sources: [here, join(here, '../shared'), join(here, '../package-lock.json')],
    outDir: folder,
    log,
  });
}
