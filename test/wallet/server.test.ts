import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { type Listening, listen } from '../../shared/server/listen.ts';
import { silentLog } from '../../shared/server/log.ts';
import { readWalletConfig, type WalletServerConfig } from '../../wallet/config.ts';
import { parseConfiguration } from '../../wallet/core/configuration.ts';
import { buildWallet, createWalletApp } from '../../wallet/server.ts';
import { pagesDir } from '../support/served-world.ts';

const folder = join(pagesDir, 'pages');
const config: WalletServerConfig = {
  baseUrl: 'http://wallet.localhost:4030',
  mode: 'demo',
  trustedIssuers: [
    {
      id: 'http://localhost:4010',
      dids: ['did:web:localhost%3A4010'],
      anchors: ['MIIB'],
      types: ['http://localhost:4010/types/resident-id/1'],
      name: { 'zh-Hans': '示例', en: 'Example' },
    },
  ],
  relyingPartyAnchors: ['MIIB'],
  connectOrigins: ['http://localhost:4020', 'https://verifier.example'],
  demo: { issuerPage: 'http://localhost:4010/demo' },
  trustProxy: 0,
};

let server: Listening;
beforeAll(async () => {
  await buildWallet(folder, silentLog);
  server = await listen(createWalletApp(config, { folder, log: silentLog }), { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function call(
  path: string,
  options: {
    method?: string;
    host?: string;
    body?: string;
    type?: string;
    headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const { method = 'GET', host = 'wallet.localhost:4030', body, type } = options;
  return new Promise((resolve, reject) => {
    const headers = { host, ...(type === undefined ? {} : { 'content-type': type }), ...options.headers };
    const sent = request({ port: server.port, host: '127.0.0.1', path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
  "connect-src 'self' http://localhost:4010 http://localhost:4020 https://verifier.example; worker-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; " +
  "require-trusted-types-for 'script'; trusted-types wallet#1; upgrade-insecure-requests; report-to csp";

describe('the headers of the wallet', () => {
  for (const path of [
    '/',
    '/receive',
    '/present',
    '/sw.js',
    '/argon2.js',
    '/config.json',
    '/manifest.webmanifest',
    '/nothing-here',
  ]) {
    it(`nc-130 ${path}: the whole policy, and no way in from another page`, async () => {
      const { headers } = await call(path);
      expect(headers['content-security-policy']).toBe(csp);
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'origin-agent-cluster': '?1',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['permissions-policy']).toMatch(/^camera=\((self)?\), geolocation=\(\)/);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    });
  }

  it('screens are the page, everything else is not there, and only reading is allowed', async () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    for (const path of ['/', '/scan', '/card', '/history', '/settings', '/present?client_id=x']) {
      expect((await call(path)).text, path).toBe(page);
    }
    expect((await call('/')).headers['permissions-policy']).toContain('camera=(self)');
    for (const path of [
      '/.sources',
      '/index.htm',
      '/../config.ts',
      '/%2e%2e/config.ts',
      '/assets/',
      '//',
      '/config.json/',
    ]) {
      expect((await call(path)).status, path).toBe(404);
    }
    expect((await call('/', { method: 'POST' })).status).toBe(405);
  });

  it('the way out clears what the browser kept, for our own page alone: nobody else can empty a wallet by a link', async () => {
    const cleared = async (path: string, headers: Record<string, string>) =>
      (await call(path, { headers })).headers['clear-site-data'];
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' };
    expect(await cleared('/wiped', own)).toBe('"cache", "cookies", "storage"');
    expect(await cleared('/', own)).toBeUndefined();
    expect(await cleared('/wiped', {})).toBeUndefined();
    for (const site of ['cross-site', 'same-site', 'none']) {
      expect(await cleared('/wiped', { ...own, 'sec-fetch-site': site })).toBeUndefined();
    }
    expect(await cleared('/wiped', { ...own, 'sec-fetch-mode': 'no-cors' })).toBeUndefined();
  });

  it("whoever comes to another name of this machine is sent to the wallet's own", async () => {
    for (const host of ['localhost:4030', '127.0.0.1:4030', '[::1]:4030']) {
      const { status, headers } = await call('/present?client_id=x', { host });
      expect(status, host).toBe(307);
      expect(headers.location).toBe('http://wallet.localhost:4030/present?client_id=x');
    }
    expect((await call('/', { host: 'evil.example' })).headers.location).toBeUndefined();
  });

  it('counts reports of its policy, bounded, and keeps nothing of them', async () => {
    const send = (body: string, type = 'application/reports+json') =>
      call('/csp-reports', { method: 'POST', body, type });
    expect((await send('[{"type":"csp-violation"}]')).status).toBe(204);
    expect((await send('{"csp-report":{}}', 'application/csp-report')).status).toBe(204);
    expect((await send('x')).status).toBe(400);
    expect((await send('[]', 'text/plain')).status).toBe(415);
    expect((await send(`["${'a'.repeat(100_000)}"]`)).status).toBe(413);
  });
});

describe('what the page is told', () => {
  it('whom it trusts, where it may go, and no more', async () => {
    const told = parseConfiguration((await call('/config.json')).text);
    expect(told.connectOrigins).toEqual(['http://localhost:4010', 'http://localhost:4020', 'https://verifier.example']);
    expect(told.httpOrigins).toEqual(['http://localhost:4010', 'http://localhost:4020']);
    expect(told.issuers[0]?.id).toBe('http://localhost:4010');
    expect(told.demo).toEqual({ issuerPage: 'http://localhost:4010/demo' });
  });
});

describe('what is built', () => {
  const gzipped = (path: string) => gzipSync(readFileSync(join(folder, path))).length;

  it('the first screen is at most 90 kB of JavaScript, compressed, and the heavy parts come later', () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    const scripts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path);
    expect(scripts.length).toBeGreaterThan(1);
    expect(scripts.reduce((sum, path) => sum + gzipped(path), 0)).toBeLessThan(90_000);
    const texts = scripts.map((path) => readFileSync(join(folder, path), 'utf8')).join('');
    // Signs of @peculiar/x509, did-jwt-vc and the code reader.
    for (const sign of ['1.2.840.10045.2.1', 'VerifiablePresentation', 'finder']) expect(texts).not.toContain(sign);
  });

  it('the service worker stands alone and names every file of the shell with its hash', () => {
    const worker = readFileSync(join(folder, 'sw.js'), 'utf8');
    expect(worker).not.toMatch(/^import|\bimport\s*[({'"]/m);
    expect(worker).not.toContain('__SHELL__');
    for (const path of ['/', '/icon.svg', '/manifest.webmanifest', '/argon2.js'])
      expect(worker).toContain(`\\"${path}\\":\\"sha256-`);
    expect(worker).not.toContain('config.json\\"');
    expect(existsSync(join(folder, 'argon2.js'))).toBe(true);
  });

  it('no page asks for anything from anywhere else', () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page).not.toMatch(/\bstyle=|<style/);
  });
});

describe('settings', () => {
  let files: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    files = mkdtempSync(join(tmpdir(), 'hufu-wallet-config-'));
    const roots = await ensureDevelopmentRoots(join(files, 'ca'));
    const issuers = [{ ...config.trustedIssuers[0], anchors: [roots.credential] }];
    writeFileSync(join(files, 'issuers.json'), JSON.stringify(issuers));
    writeFileSync(
      join(files, 'real.json'),
      JSON.stringify([{ ...issuers[0], id: 'https://issuer.example', anchors: [] }]),
    );
    writeFileSync(join(files, 'none.json'), '[]');
    writeFileSync(join(files, 'anchors.pem'), `${roots.access}\n${roots.access}`);
    env = {
      BASE_URL: 'http://wallet.localhost:4030',
      MODE: 'demo',
      TRUSTED_ISSUERS_FILE: join(files, 'issuers.json'),
      RELYING_PARTY_ANCHORS_FILE: join(files, 'anchors.pem'),
      CONNECT_ORIGINS: 'http://localhost:4020',
      DEMO_ISSUER_PAGE: 'http://localhost:4010/demo',
    };
  });
  afterAll(() => rmSync(files, { recursive: true, force: true }));

  it('are read whole', () => {
    const { config: read, place } = readWalletConfig(env);
    expect(read.relyingPartyAnchors).toHaveLength(2);
    expect(read.connectOrigins).toEqual(['http://localhost:4020']);
    expect(place).toMatchObject({ host: '127.0.0.1', port: 4030 });
  });

  const faults: readonly [string, Record<string, string>, string][] = [
    ['no base URL', { BASE_URL: '' }, 'BASE_URL'],
    ['a base URL with a path', { BASE_URL: 'https://example.com/wallet' }, 'BASE_URL'],
    ['an origin with a path', { CONNECT_ORIGINS: 'https://example.com/x' }, 'CONNECT_ORIGINS'],
    ['half a certificate', { TLS_CERT_FILE: '/x' }, 'TLS_KEY_FILE'],
    ['a port that is none', { PORT: '70000' }, 'PORT'],
    ['a trust list that is not there', { TRUSTED_ISSUERS_FILE: '/nowhere' }, 'TRUSTED_ISSUERS_FILE'],
    ['anchors that are not there', { RELYING_PARTY_ANCHORS_FILE: '/nowhere' }, 'RELYING_PARTY_ANCHORS_FILE'],
  ];
  for (const [name, change, setting] of faults) {
    it(`${name}: refused by name`, () => {
      expect(() => readWalletConfig({ ...env, ...change })).toThrow('config_invalid');
      try {
        readWalletConfig({ ...env, ...change });
      } catch (error) {
        expect(String(Reflect.get(Object(error), 'at'))).toContain(setting);
      }
    });
  }

  it('nc-101 an empty trust list is not a trust list', () => {
    expect(() => readWalletConfig({ ...env, TRUSTED_ISSUERS_FILE: join(files, 'none.json') })).toThrow(
      'config_invalid',
    );
  });

  it('production refuses plain http, the demo and its certificates, all at once', () => {
    const production: Record<string, string> = { ...env, MODE: 'production' };
    expect(() => readWalletConfig(production)).toThrow('config_invalid');
    try {
      readWalletConfig(production);
    } catch (error) {
      const at = String(Reflect.get(Object(error), 'at'));
      for (const setting of ['BASE_URL', 'CONNECT_ORIGINS', 'DEMO_ISSUER_PAGE']) expect(at).toContain(setting);
    }
    const { DEMO_ISSUER_PAGE: _, ...rest } = production;
    const real = { ...rest, BASE_URL: 'https://wallet.example', CONNECT_ORIGINS: 'https://verifier.example' };
    expect(() => readWalletConfig(real)).toThrow('config_invalid');
  });
});

it('describes itself like every service, under a policy of its own page', async () => {
  const document = JSON.parse((await call('/openapi.json')).text);
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/config.json', '/csp-reports', '/docs']));
  const docs = await call('/docs');
  expect(docs.status).toBe(200);
  expect(docs.headers['content-type']).toContain('text/html');
  expect(docs.headers['content-security-policy']).toContain("default-src 'none'");
  expect(docs.headers['content-security-policy']).not.toContain('script-src');
});
