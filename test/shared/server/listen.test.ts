import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ensureDevelopmentRelyingParty } from '../../../shared/server/dev-ca.ts';
import { listen } from '../../../shared/server/listen.ts';
import { route } from '../../../shared/server/routes.ts';
import { send, startSample } from '../../support/sample-app.ts';

/** Seconds until the server cuts a connection that sends `first` and then one byte every half second. */
function secondsUntilCut(port: number, first: string): Promise<number> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(first));
    const drip = setInterval(() => socket.write('a'), 500);
    socket.on('error', () => undefined).resume();
    socket.on('close', () => {
      clearInterval(drip);
      resolve((performance.now() - started) / 1000);
    });
  });
}

it('lg-58 nc-107 dripping headers are cut within 15 s, dripping bodies within 30 s, and honest requests go on', {
  timeout: 60_000,
}, async () => {
  const sample = await startSample();
  const headers = Array.from({ length: 150 }, () =>
    secondsUntilCut(sample.port, 'GET /things/a HTTP/1.1\r\nHost: x\r\nX-Slow: '),
  );
  const silent = Array.from({ length: 50 }, () => secondsUntilCut(sample.port, ''));
  const bodies = Array.from({ length: 50 }, () =>
    secondsUntilCut(
      sample.port,
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{',
    ),
  );
  let cut = false;
  let slowest = 0;
  const honest = (async () => {
    while (!cut) {
      const started = performance.now();
      expect((await send(sample.port, 'GET', '/things/a')).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - started);
      await sleep(200);
    }
  })();
  expect(Math.max(...(await Promise.all([...headers, ...silent])))).toBeLessThan(20);
  expect(Math.max(...(await Promise.all(bodies)))).toBeLessThan(35);
  cut = true;
  await honest;
  expect(slowest).toBeLessThan(2000);
  await sample.close();
});

it('an honest slow body of a few seconds is accepted', async () => {
  const sample = await startSample();
  const body = '{"name":"n"}';
  const socket = connect(sample.port, '127.0.0.1');
  const closed = once(socket, 'close');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write('POST /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n');
  socket.write(`Content-Length: ${body.length}\r\n\r\n`);
  for (const byte of body) {
    socket.write(byte);
    await sleep(100);
  }
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  await sample.close();
});

it('close finishes requests in flight, ends event streams and idle connections, then takes no more', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let stopped = 0;
  const ok = { 200: { description: 'Fine.' } };
  const slowRoute = route({
    method: 'GET',
    path: '/slow',
    summary: '',
    tag: '',
    replies: ok,
    handle: () => held.then(() => ({ text: 'done' })),
  });
  const events = route({
    method: 'GET',
    path: '/events',
    summary: '',
    tag: '',
    replies: ok,
    handle: async () => ({
      events: (sender) => {
        sender.send('hello', { n: 1 });
        return () => {
          stopped += 1;
        };
      },
    }),
  });
  const sample = await startSample({ routes: [slowRoute, events] });
  const stream = fetch(`${sample.url}/events`).then((answer) => answer.text());
  const slow = fetch(`${sample.url}/slow`).then((answer) => answer.text());
  await sleep(100);
  const started = performance.now();
  const closed = sample.close();
  expect(await stream).toBe('event: hello\ndata: {"n":1}\n\n');
  expect(stopped).toBe(1);
  release();
  expect(await slow).toBe('done');
  await closed;
  expect(performance.now() - started).toBeLessThan(5000);
  await expect(fetch(sample.url)).rejects.toThrow();
});

it('close cuts what does not end within the grace', async () => {
  const server = await listen(() => undefined, { host: '127.0.0.1', port: 0, graceMs: 200 });
  const never = fetch(server.url);
  never.catch(() => undefined);
  await sleep(100);
  await server.close();
  await expect(never).rejects.toThrow();
});

it('a port that is taken is an error, not a silent other port', async () => {
  const first = await listen(() => undefined, { host: '127.0.0.1', port: 0 });
  await expect(listen(() => undefined, { host: '127.0.0.1', port: first.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await first.close();
});

it('serves TLS from a certificate and a key file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-tls-'));
  const party = await ensureDevelopmentRelyingParty(folder, { baseUrl: 'https://localhost:1', name: 'test' });
  const leaf = new X509Certificate(Buffer.from(party.x5c[0] ?? '', 'base64'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(certFile, leaf.toString());
  writeFileSync(keyFile, party.privateKeyPem, { mode: 0o600 });
  const server = await listen((_request, response) => response.end('sealed'), {
    host: '127.0.0.1',
    port: 0,
    tls: { certFile, keyFile },
  });
  expect(server.url).toMatch(/^https:/);
  const answer = (ca: string) =>
    new Promise<string>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: server.port, servername: 'localhost', ca, agent: false };
      httpsGet(options, (response) => {
        response.on('data', (chunk) => resolve(String(chunk)));
      }).on('error', reject);
    });
  expect(await answer(party.anchorPem)).toBe('sealed');
  await expect(answer('')).rejects.toThrow();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
