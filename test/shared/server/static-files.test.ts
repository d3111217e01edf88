import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { staticFiles } from '../../../shared/server/static-files.ts';
import { type Sample, send, startSample } from '../../support/sample-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'hufu-static-'));
const csp = "default-src 'none'; script-src 'self'";
let sample: Sample;

beforeAll(async () => {
  const root = join(folder, 'dist');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>x</title>');
  writeFileSync(join(root, 'assets', 'index-AbCd_123.js'), 'export {};');
  writeFileSync(join(root, 'sw.js'), '0;');
  writeFileSync(join(root, '.sources'), 'hash');
  writeFileSync(join(folder, 'outside.txt'), 'secret');
  symlinkSync(join(folder, 'outside.txt'), join(root, 'link.txt'));
  const handler = staticFiles({
    folder: root,
    csp,
    pages: { '/': 'index.html', '/present': 'index.html' },
    headers: { '/sw.js': { 'Service-Worker-Allowed': '/' } },
    permissions: 'camera=(self)',
  });
  sample = await startSample({ routes: [], mounts: [{ path: '', handler }], basePath: '/wallet' });
});
afterAll(async () => {
  await sample.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => send(sample.port, 'GET', path, { headers });

it('serves files and listed pages with type, policy and cache of their kind', async () => {
  const page = await get('/wallet/');
  expect([page.status, page.headers['content-type'], page.headers['cache-control']]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-cache',
  ]);
  expect(page.headers['content-security-policy']).toBe(csp);
  expect(page.headers['permissions-policy']).toBe('camera=(self)');
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  expect((await get('/wallet/present?request_uri=http%3A%2F%2Fx')).text).toBe(page.text);
  const asset = await get('/wallet/assets/index-AbCd_123.js');
  expect([asset.headers['content-type'], asset.headers['cache-control']]).toEqual([
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
  const worker = await get('/wallet/sw.js');
  expect([worker.headers['cache-control'], worker.headers['service-worker-allowed']]).toEqual(['no-cache', '/']);
});

it('answers HEAD, a known ETag and gzip', async () => {
  const first = await get('/wallet/sw.js');
  const head = await send(sample.port, 'HEAD', '/wallet/sw.js');
  expect([head.text, head.headers['content-length']]).toEqual(['', '2']);
  const again = await get('/wallet/sw.js', { 'if-none-match': String(first.headers.etag) });
  expect([again.status, again.text, again.headers['content-security-policy']]).toEqual([304, '', csp]);
  const answer = await fetch(`${sample.baseUrl}/sw.js`, { headers: { 'accept-encoding': 'gzip' } });
  expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual(['gzip', '0;']);
  expect(answer.headers.get('etag')).not.toBe(first.headers.etag);
  expect(gunzipSync).toBeDefined();
});

it('nc-111 nothing but the listed files exists: no dot file, no link, no traversal, no unlisted page', async () => {
  const paths = [
    '/wallet/.sources',
    '/wallet/link.txt',
    '/wallet/../outside.txt',
    '/wallet/%2e%2e/outside.txt',
    '/wallet/..%2foutside.txt',
    '/wallet/assets',
    '/wallet/assets/',
    '/wallet/other',
    '/wallet/Index.html',
    '/wallet//index.html',
    '/wallet/constructor',
    '/wallet/__proto__',
    '/index.html',
    '/',
  ];
  for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect((await get('/wallet/index.html')).status).toBe(200);
});

it('refuses other methods', async () => {
  const answer = await send(sample.port, 'POST', '/wallet/', { headers: { 'content-type': 'text/plain' }, body: 'x' });
  expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
});

it('HSTS is sent on https only', async () => {
  expect((await get('/wallet/')).headers['strict-transport-security']).toBeUndefined();
  const secure = await startSample({ baseUrl: 'https://wallet.example' });
  expect((await send(secure.port, 'GET', '/')).headers['strict-transport-security']).toMatch(/^max-age=31536000/);
  await secure.close();
});

it('refuses at start a page that is not there and a kind of file it does not know', () => {
  const root = join(folder, 'other');
  mkdirSync(root);
  expect(() => staticFiles({ folder: root, csp, pages: { '/': 'index.html' } })).toThrow(TypeError);
  writeFileSync(join(root, 'x.php'), '');
  expect(() => staticFiles({ folder: root, csp, pages: {} })).toThrow(TypeError);
});
