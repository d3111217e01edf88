import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Code, codeOf } from '../../shared/errors.ts';
import { browserFetch, type FetchTextOptions } from '../../shared/fetch.ts';

const fetchText = browserFetch();
let answer: RequestListener = (_, response) => void response.end();
let seen: { readonly method: string | undefined; readonly headers: NodeJS.Dict<string | string[]>; body: string }[] =
  [];
const server = createServer((request, response) => {
  const entry = { method: request.method, headers: request.headers, body: '' };
  seen.push(entry);
  request.on('data', (chunk) => {
    entry.body += chunk;
  });
  request.on('end', () => answer(request, response));
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function verdict(options: FetchTextOptions, listener: RequestListener): Promise<Code | 'accepted'> {
  answer = listener;
  try {
    await fetchText(url, options);
    return 'accepted';
  } catch (error) {
    return codeOf(error);
  }
}

const json: RequestListener = (_, response) =>
  void response.setHeader('content-type', 'application/json; charset=utf-8').end('{}');

describe('browserFetch', () => {
  it('gives status, type, text and headers', async () => {
    answer = (_, response) =>
      void response
        .writeHead(201, { 'content-type': 'Application/JSON;charset=utf-8', 'dpop-nonce': 'n' })
        .end('{"名":1}');
    seen = [];
    const body = await fetchText(url, {
      method: 'POST',
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      accept: 'application/json',
      okStatuses: [201],
      expectedTypes: ['application/json'],
    });
    expect(body).toMatchObject({ status: 201, contentType: 'Application/JSON;charset=utf-8', text: '{"名":1}' });
    expect(body.headers.get('DPoP-Nonce')).toBe('n');
    expect(seen[0]).toMatchObject({ method: 'POST', body: 'a=b', headers: { accept: 'application/json' } });
    expect(seen[0]?.headers.cookie).toBeUndefined();
    expect(seen[0]?.headers.referer).toBeUndefined();
  });

  it.each([
    'http://example.com/',
    'http://10.0.0.1/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'data:,a',
    'https://user@example.com/',
    'http://user:pass@localhost/',
    'http://localhost.example.com/',
    'javascript:1',
    '/path',
    '',
  ])('the address %j is refused, and nobody is called', async (address) => {
    const canary = browserFetch({ fetch: () => expect.unreachable('called') });
    await expect(canary(address, {})).rejects.toThrow(expect.objectContaining({ code: 'fetch_blocked' }));
  });

  it('https anywhere and http on this machine are allowed', async () => {
    const own = browserFetch({ fetch: async () => new Response('a') });
    for (const address of [
      'https://example.com/',
      'http://localhost:1/',
      'http://wallet.localhost:1/',
      'http://[::1]:1/',
    ]) {
      expect((await own(address, {})).text).toBe('a');
    }
  });

  it('nc-106 a body beyond its bound is cut, with a length or without', async () => {
    const sized: RequestListener = (_, response) => void response.end('a'.repeat(11));
    const chunked: RequestListener = (_, response) => {
      response.write('a'.repeat(6));
      response.end('a'.repeat(5));
    };
    for (const listener of [sized, chunked]) {
      expect(await verdict({ maxBytes: 10 }, listener)).toBe('fetch_limit');
      expect(await verdict({ maxBytes: 11 }, listener)).toBe('accepted');
    }
    expect(await verdict({}, (_, response) => void response.end('a'.repeat(65_537)))).toBe('fetch_limit');
    expect(await verdict({}, (_, response) => void response.end('a'.repeat(65_536)))).toBe('accepted');
  });

  it('a slow answer is cut, before its head and inside its body', async () => {
    expect(await verdict({ timeoutMs: 100 }, () => undefined)).toBe('fetch_failed');
    expect(await verdict({ timeoutMs: 100 }, (_, response) => void response.write('a'))).toBe('fetch_failed');
  });

  it('redirects are not followed', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const listener: RequestListener = (request, response) =>
        request.url === '/' ? response.writeHead(status, { location: '/else' }).end() : response.end();
      expect(await verdict({ okStatuses: 'any' }, listener)).toBe('fetch_failed');
    }
  });

  it('only the statuses that were asked for pass', async () => {
    const status =
      (code: number): RequestListener =>
      (_, response) =>
        void response.writeHead(code).end();
    expect(await verdict({}, status(404))).toBe('fetch_status');
    expect(await verdict({}, status(204))).toBe('fetch_status');
    expect(await verdict({ okStatuses: [204] }, status(204))).toBe('accepted');
    expect(await verdict({ okStatuses: 'any' }, status(500))).toBe('accepted');
  });

  it('only the media types that were asked for pass', async () => {
    expect(await verdict({ expectedTypes: ['application/json'] }, json)).toBe('accepted');
    expect(await verdict({ expectedTypes: ['application/jwt', 'text/plain'] }, json)).toBe('fetch_type');
    expect(await verdict({ expectedTypes: ['application/json'] }, (_, response) => void response.end('{}'))).toBe(
      'fetch_type',
    );
  });

  it('a body that is no UTF-8 is refused', async () => {
    expect(await verdict({}, (_, response) => void response.end(Buffer.of(0x22, 0xff, 0x22)))).toBe('encoding');
  });
});
