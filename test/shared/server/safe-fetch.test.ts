import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../../shared/errors.ts';
import type { FetchTextOptions } from '../../../shared/fetch.ts';
import { isPublicAddress } from '../../../shared/server/public-address.ts';
import { type ResolvedAddress, safeFetch } from '../../../shared/server/safe-fetch.ts';

const open: (Server | TcpServer)[] = [];
afterEach(async () => {
  await Promise.all(
    open.splice(0).map((server) => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address() as AddressInfo;
  return address.port;
}

/** Counts whoever connects, and says nothing. */
async function canary(): Promise<{ port: number; connections: () => number }> {
  let count = 0;
  const port = await listen(
    createTcpServer((socket) => {
      count++;
      socket.destroy();
    }),
  );
  return { port, connections: () => count };
}

async function serving(handler: RequestListener): Promise<string> {
  return `http://localhost:${await listen(createServer(handler))}`;
}

const answers =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

async function codeAnd(at: Promise<unknown>): Promise<string> {
  const error: unknown = await at.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return codeOf(error);
}

const names =
  (table: Record<string, readonly string[]>) =>
  async (hostname: string): Promise<ResolvedAddress[]> =>
    (table[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('public addresses', () => {
  it.each([
    ['0.0.0.0'],
    ['10.1.2.3'],
    ['100.64.0.1'],
    ['100.100.100.200'],
    ['127.0.0.1'],
    ['127.255.255.254'],
    ['168.63.129.16'],
    ['169.254.169.254'],
    ['172.16.0.1'],
    ['172.31.255.255'],
    ['192.0.0.8'],
    ['192.0.2.1'],
    ['192.31.196.1'],
    ['192.52.193.1'],
    ['192.88.99.1'],
    ['192.168.1.1'],
    ['192.175.48.1'],
    ['198.18.0.1'],
    ['198.19.255.255'],
    ['198.51.100.7'],
    ['203.0.113.9'],
    ['224.0.0.1'],
    ['240.0.0.1'],
    ['255.255.255.255'],
    ['::'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:8.8.8.8'],
    ['::127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['64:ff9b:1::1'],
    ['100::1'],
    ['2001::1'],
    ['2001:db8::1'],
    ['2002:7f00:1::1'],
    ['2620:4f:8000::1'],
    ['3fff::1'],
    ['5f00::1'],
    ['fc00::1'],
    ['fd00:ec2::254'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fec0::1'],
    ['ff02::1'],
    ['localhost'],
    [''],
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ['1.1.1.1'],
    ['8.8.8.8'],
    ['100.63.255.255'],
    ['100.128.0.1'],
    ['172.15.0.1'],
    ['172.32.0.1'],
    ['192.0.1.1'],
    ['192.31.195.1'],
    ['192.52.192.1'],
    ['192.88.98.1'],
    ['192.175.47.1'],
    ['198.17.0.1'],
    ['198.51.99.1'],
    ['203.0.112.1'],
    ['223.255.255.255'],
    ['168.63.129.17'],
    ['169.253.0.1'],
    ['2606:4700::1111'],
    ['2001:4860:4860::8888'],
    ['2001:200::1'],
    ['2620:4f:8001::1'],
    ['3ffe::1'],
    ['2400:3200::1'],
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('where a call may go', () => {
  it('an allow-listed loopback origin answers over http', async () => {
    const origin = await serving(answers('{"a":1}', { etag: '"x"' }));
    const answer = await safeFetch({ allowOrigins: [origin] })(`${origin}/x?y=1`, {
      expectedTypes: ['application/json'],
    });
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json', text: '{"a":1}' });
    expect(answer.headers.get('ETag')).toBe('"x"');
    expect(answer.headers.get('absent')).toBeNull();
  });

  it('a name under localhost is loopback without asking anybody', async () => {
    const port = await listen(createServer(answers('{}')));
    const origin = `http://wallet.localhost:${port}`;
    const fetchText = safeFetch({ allowOrigins: [origin], lookup: () => Promise.reject(new Error('asked')) });
    expect((await fetchText(origin, {})).status).toBe(200);
  });

  it('posts a body and says what it accepts', async () => {
    const seen: unknown[] = [];
    const origin = await serving((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        const { accept, 'accept-encoding': coding, 'content-length': length } = request.headers;
        seen.push(request.method, body, accept, coding, length);
        response.writeHead(201, { 'content-type': 'text/plain' }).end();
      });
    });
    const request: FetchTextOptions = { method: 'POST', body: '虎符', accept: 'text/plain', okStatuses: [201] };
    expect((await safeFetch({ allowOrigins: [origin] })(origin, request)).status).toBe(201);
    expect(seen).toEqual(['POST', '虎符', 'text/plain', 'identity', '6']);
  });

  it('nc-003 nc-040 lg-49 literal loopback and private addresses are refused and see no connection', async () => {
    const bird = await canary();
    const fetchText = safeFetch({ allowOrigins: ['http://localhost:1'] });
    for (const host of [
      '127.0.0.1',
      '0x7f.1',
      '2130706433',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
      '169.254.169.254',
    ]) {
      expect(await codeAnd(fetchText(`https://${host}:${bird.port}/`, {})), host).toBe('fetch_blocked');
    }
    expect(bird.connections()).toBe(0);
  });

  it('nc-003 nc-040 names that lead to loopback or private addresses are refused and see no connection', async () => {
    const bird = await canary();
    const lookup = names({
      'inside.example': ['127.0.0.1'],
      'mixed.example': ['8.8.8.8', '10.0.0.1'],
      'mapped.example': ['::ffff:127.0.0.1'],
      'link.example': ['fe80::1'],
      'meta.example': ['169.254.169.254'],
    });
    const fetchText = safeFetch({ allowOrigins: [], lookup });
    for (const host of ['inside', 'mixed', 'mapped', 'link', 'meta']) {
      expect(await codeAnd(fetchText(`https://${host}.example:${bird.port}/`, {})), host).toBe('fetch_blocked');
    }
    expect(await codeAnd(safeFetch({ allowOrigins: [] })(`https://localhost:${bird.port}/`, {}))).toBe('fetch_blocked');
    expect(bird.connections()).toBe(0);
  });

  it('the address that was checked is the address that is connected to', async () => {
    // A name that answers differently each time: checked once, used once.
    let asked = 0;
    const bird = await canary();
    const lookup = async (): Promise<ResolvedAddress[]> => {
      asked++;
      return [{ address: asked === 1 ? '203.0.113.1' : '127.0.0.1', family: 4 }];
    };
    expect(await codeAnd(safeFetch({ allowOrigins: [], lookup })(`https://rebind.example:${bird.port}/`, {}))).toBe(
      'fetch_blocked',
    );
    expect(asked).toBe(1);
    expect(bird.connections()).toBe(0);
  });

  it('public addresses, by number or by name, are not blocked; nor is a number on the allow-list', async () => {
    const lookup = names({ 'far.example': ['2606:4700::1111'] });
    const fetchText = safeFetch({ allowOrigins: [], lookup });
    const request = { timeoutMs: 50 };
    expect(await codeAnd(fetchText('https://[2606:4700::1111]:1/', request))).toBe('fetch_failed');
    expect(await codeAnd(fetchText('https://far.example:1/', request))).toBe('fetch_failed');
    const origin = (await serving(answers('{}'))).replace('localhost', '127.0.0.1');
    expect((await safeFetch({ allowOrigins: [origin] })(origin, {})).status).toBe(200);
  });

  it('the allow-list is exact: scheme, name and port', async () => {
    const bird = await canary();
    const lookup = names({ 'app.example': ['127.0.0.1'] });
    const fetchText = safeFetch({ allowOrigins: [`http://app.example:${bird.port}`], lookup });
    expect(await codeAnd(fetchText(`https://app.example:${bird.port}/`, {}))).toBe('fetch_blocked');
    expect(await codeAnd(fetchText(`http://app.example:${bird.port + 1}/`, {}))).toBe('fetch_blocked');
    expect(await codeAnd(fetchText(`http://app.example.:${bird.port}/`, {}))).toBe('fetch_blocked');
    expect(bird.connections()).toBe(0);
    expect(await codeAnd(fetchText(`http://app.example:${bird.port}/`, {}))).toBe('fetch_failed');
    expect(bird.connections()).toBe(1);
  });

  it.each([
    ['http://example.com/'],
    ['file:///etc/passwd'],
    ['ftp://example.com/'],
    ['data:,x'],
    ['javascript:0'],
    ['/relative'],
    [''],
  ])('refuses %s', async (url) => {
    expect(await codeAnd(safeFetch({ allowOrigins: [] })(url, {}))).toBe('fetch_blocked');
  });

  it('refuses credentials in the address and a very long address, on an allowed origin too', async () => {
    const origin = await serving(answers('{}'));
    const fetchText = safeFetch({ allowOrigins: [origin] });
    expect(await codeAnd(fetchText(origin.replace('//', '//user@'), {}))).toBe('fetch_blocked');
    expect(await codeAnd(fetchText(origin.replace('//', '//:secret@'), {}))).toBe('fetch_blocked');
    expect(await codeAnd(fetchText(`${origin}/${'a'.repeat(4096)}`, {}))).toBe('fetch_blocked');
    expect((await fetchText(`${origin}/${'a'.repeat(3000)}`, {})).status).toBe(200);
  });

  it('takes only exact origins into the allow-list', () => {
    expect(() => safeFetch({ allowOrigins: ['http://localhost:4010/'] })).toThrow(TypeError);
    expect(() => safeFetch({ allowOrigins: ['localhost:4010'] })).toThrow(TypeError);
    expect(() => safeFetch({ allowOrigins: ['*'] })).toThrow(TypeError);
  });
});

describe('what may come back', () => {
  const refusals: [string, RequestListener, FetchTextOptions, string][] = [
    ['another status', answers('{}', {}, 404), {}, 'fetch_status'],
    ['no content', answers('', {}, 204), {}, 'fetch_status'],
    [
      'html for json',
      answers('<p>', { 'content-type': 'text/html' }),
      { expectedTypes: ['application/json'] },
      'fetch_type',
    ],
    ['no media type', answers('{}', { 'content-type': '' }), { expectedTypes: ['application/json'] }, 'fetch_type'],
    ['ill-formed UTF-8', answers(Buffer.from([0x7b, 0xff])), {}, 'encoding'],
    ['gzip nobody asked for', answers(gzipSync('{}'), { 'content-encoding': 'gzip' }), {}, 'fetch_type'],
    ['announced too large', answers('x'.repeat(70_000), { 'content-length': '70000' }), {}, 'fetch_limit'],
    ['more than its own bound', answers('x'.repeat(101)), { maxBytes: 100 }, 'fetch_limit'],
    [
      'a cut body',
      (_q, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('x', () => response.destroy());
      },
      {},
      'fetch_failed',
    ],
  ];
  it.each(refusals)('refuses %s', async (_name, handler, request, code) => {
    const origin = await serving(handler);
    expect(await codeAnd(safeFetch({ allowOrigins: [origin] })(origin, request))).toBe(code);
  });

  it('hangs up on an answer that it does not want', async () => {
    let closed = false;
    const origin = await serving((_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(404).write('x');
    });
    expect(await codeAnd(safeFetch({ allowOrigins: [origin] })(origin, {}))).toBe('fetch_status');
    await expect.poll(() => closed, { timeout: 1000 }).toBe(true);
  });

  it('does not wait for a body that is announced too large', async () => {
    const origin = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': '70000' }).write('x');
    });
    expect(await codeAnd(safeFetch({ allowOrigins: [origin] })(origin, {}))).toBe('fetch_limit');
    const small = await serving(answers('{}', { 'content-encoding': 'Identity' }));
    expect((await safeFetch({ allowOrigins: [small] })(small, {})).text).toBe('{}');
  });

  it('takes exactly as much as the bound', async () => {
    const origin = await serving(answers('x'.repeat(65_536)));
    expect((await safeFetch({ allowOrigins: [origin] })(origin, {})).text).toHaveLength(65_536);
  });

  it('takes a media type with parameters and in any case, and judges only successes by it', async () => {
    const json = await serving(answers('{}', { 'content-type': 'Application/JSON; charset=utf-8' }));
    const expectedTypes = ['application/json'];
    expect((await safeFetch({ allowOrigins: [json] })(json, { expectedTypes })).text).toBe('{}');
    const fault = await serving(answers('busy', { 'content-type': 'text/plain' }, 503));
    expect((await safeFetch({ allowOrigins: [fault] })(fault, { expectedTypes, okStatuses: 'any' })).status).toBe(503);
  });

  it('lg-50 nc-040 a redirect is never followed, wherever it leads and whatever statuses are accepted', async () => {
    const bird = await canary();
    const inside = await serving(answers('{"secret":1}'));
    for (const location of [`http://127.0.0.1:${bird.port}/`, inside, '/again']) {
      const origin = await serving(answers('', { location }, 302));
      const fetchText = safeFetch({ allowOrigins: [origin, inside] });
      expect(await codeAnd(fetchText(origin, {}))).toBe('fetch_failed');
      expect(await codeAnd(fetchText(origin, { okStatuses: 'any' }))).toBe('fetch_failed');
    }
    expect(bird.connections()).toBe(0);
  });

  it('lg-51 nc-042 an endless body is cut at the bound', async () => {
    let written = 0;
    let ended = false;
    const origin = await serving((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('close', () => {
        ended = true;
      });
      const more = () => {
        if (ended || written > 300_000_000) return;
        written += 16_384;
        if (response.write(Buffer.alloc(16_384, 0x20))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    expect(await codeAnd(safeFetch({ allowOrigins: [origin] })(origin, {}))).toBe('fetch_limit');
    await expect.poll(() => ended).toBe(true);
    expect(written).toBeLessThan(50_000_000);
  });

  it('lg-52 nc-042 slow headers, a dripping body and a slow resolver end with the time', async () => {
    const silent = `http://localhost:${await listen(createTcpServer((socket) => socket.resume()))}`;
    const drip = await serving((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    });
    const request = { timeoutMs: 300 };
    const started = performance.now();
    const fetchText = safeFetch({ allowOrigins: [silent, drip] });
    const never = safeFetch({ allowOrigins: [], lookup: () => new Promise(() => undefined) });
    expect(await codeAnd(fetchText(silent, request))).toBe('fetch_failed');
    expect(await codeAnd(fetchText(drip, request))).toBe('fetch_failed');
    expect(await codeAnd(never('https://never.example/', request))).toBe('fetch_failed');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('nc-042 the time is three seconds when nobody says', async () => {
    const silent = `http://localhost:${await listen(createTcpServer((socket) => socket.resume()))}`;
    const started = performance.now();
    expect(await codeAnd(safeFetch({ allowOrigins: [silent] })(silent, {}))).toBe('fetch_failed');
    expect(performance.now() - started).toBeGreaterThan(2900);
    expect(performance.now() - started).toBeLessThan(6000);
  });
});
