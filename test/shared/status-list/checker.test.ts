import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { type Code, codeOf, HufuError } from '../../../shared/errors.ts';
import { browserFetch } from '../../../shared/fetch.ts';
import { generateNodeSigner, nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { nodeDeflate, nodeInflate } from '../../../shared/server/node-inflate.ts';
import {
  compressList,
  createStatusChecker,
  packStatuses,
  type StatusChecker,
  type StatusTrust,
  signStatusList,
} from '../../../shared/status-list/index.ts';

const start = 1_800_000_000;
const issuer = 'https://issuer.example';
const clock = fixedClock(start);
const [signer, otherSigner] = [generateNodeSigner('ES256'), generateNodeSigner('ES256')];

/** Two issuers are trusted, each for its own lists. */
const trust: StatusTrust = {
  statusKeyFor: async (_jwt, issuerId) => {
    if (issuerId === issuer) return signer.publicJwk;
    if (issuerId === 'https://other.example') return otherSigner.publicJwk;
    throw new HufuError('key_untrusted');
  },
};

let answer: RequestListener;
let requests: { readonly url: string | undefined; readonly accept: string | undefined }[];
const server = createServer((request, response) => {
  requests.push({ url: request.url, accept: request.headers.accept });
  answer(request, response);
});
let base: string;
let uri: string;
let checker: StatusChecker;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  uri = `${base}/status-lists/1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  clock.set(start);
  requests = [];
  answer = serving({});
  const fetchText = browserFetch();
  checker = createStatusChecker({
    fetchText: (url, options) => fetchText(url, { ...options, timeoutMs: 300 }),
    trust,
    crypto: nodeCrypto(),
    clock,
    inflate: nodeInflate,
  });
});

interface Served {
  readonly statuses?: readonly number[];
  readonly iat?: number;
  readonly exp?: number;
  readonly ttl?: number;
  readonly by?: typeof signer;
  readonly bits?: 2 | 8;
}

async function token({
  statuses = [0, 1, 2, 3],
  iat = clock.now(),
  exp = iat + 3_600,
  ttl = 600,
  by = signer,
  bits = 2,
}: Served) {
  const lst = await compressList(packStatuses(Uint8Array.from(statuses), bits), nodeDeflate);
  return signStatusList({ uri, bits, lst, iat, exp, ttl, header: {}, signer: by });
}

function serving(served: Served): RequestListener {
  return (_request, response) =>
    void token(served).then((text) => response.setHeader('content-type', 'application/statuslist+jwt').end(text));
}

async function verdict(idx: number, maxAge = 0, issuerId = issuer): Promise<string> {
  try {
    return (await checker.check({ uri, idx }, issuerId, { maxAge })).status;
  } catch (error) {
    return codeOf(error) satisfies Code;
  }
}

describe('asking for a status', () => {
  it('tells the three that we know, when it was asked and how old the list is', async () => {
    answer = serving({ iat: start - 30 });
    expect(await checker.check({ uri, idx: 0 }, issuer, { maxAge: 0 })).toEqual({
      status: 'valid',
      checkedAt: start,
      listIat: start - 30,
    });
    expect(await verdict(1)).toBe('revoked');
    expect(await verdict(2)).toBe('suspended');
    expect(requests[0]).toEqual({ url: '/status-lists/1', accept: 'application/statuslist+jwt' });
  });

  it('never takes another status for valid', async () => {
    expect(await verdict(3)).toBe('status_invalid');
    answer = serving({ bits: 8, statuses: [0, 0x0c, 4, 255] });
    expect(await verdict(0)).toBe('valid');
    for (const idx of [1, 2, 3]) expect(await verdict(idx)).toBe('status_invalid');
  });

  it.each([4, 5, -1, 1.5, Number.NaN, 2 ** 31, 2 ** 53])('nc-095 idx %d is refused', async (idx) => {
    expect(await verdict(idx)).toBe('status_range');
  });

  it('nc-097 a list of another trusted issuer is refused, and its own is not', async () => {
    answer = serving({ by: otherSigner });
    expect(await verdict(0)).toBe('status_invalid');
    expect(await verdict(0, 0, 'https://other.example')).toBe('valid');
    expect(await verdict(0, 0, 'https://unknown.example')).toBe('status_invalid');
  });

  it('nc-097 what one issuer was told is not kept for another', async () => {
    answer = serving({ by: otherSigner });
    expect(await verdict(0, 600, 'https://other.example')).toBe('valid');
    expect(await verdict(0, 600)).toBe('status_invalid');
  });
});

describe('nc-096 a host that does not answer as it should', () => {
  const html = (_: unknown, response: Parameters<RequestListener>[1]) =>
    void response.setHeader('content-type', 'text/html').end('<html></html>');
  const cases: readonly (readonly [string, RequestListener])[] = [
    ['404', (_, response) => void response.writeHead(404, { 'content-type': 'application/statuslist+jwt' }).end('a')],
    ['500', (_, response) => void response.writeHead(500).end()],
    ['304', (_, response) => void response.writeHead(304).end()],
    ['redirect', (_, response) => void response.writeHead(302, { location: '/status-lists/2' }).end()],
    ['no answer in time', () => undefined],
    [
      'half an answer',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/statuslist+jwt' }).write('eyJ'),
    ],
    ['cut off', (request) => void request.socket.destroy()],
    ['empty', (_, response) => void response.setHeader('content-type', 'application/statuslist+jwt').end()],
    ['no content type', (_, response) => void response.end('a.b.c')],
    ['HTML', html],
    [
      'bytes that are no text',
      (_, response) => void response.setHeader('content-type', 'application/statuslist+jwt').end(Buffer.of(0xff, 0xfe)),
    ],
  ];

  it.each(cases)('%s is could-not-check', async (_name, listener) => {
    answer = listener;
    expect(await verdict(0)).toBe('status_unavailable');
    answer = serving({});
    expect(await verdict(0)).toBe('valid');
  });

  it('connection refused, a name that does not exist, and TLS where there is none', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    for (const address of [
      `http://127.0.0.1:${port}/`,
      'https://does-not-exist.invalid/',
      uri.replace('http', 'https'),
    ]) {
      const asking = checker.check({ uri: address, idx: 0 }, issuer, { maxAge: 600 });
      await expect(asking).rejects.toThrow(expect.objectContaining({ code: 'status_unavailable' }));
    }
  });

  it('nc-098 an endless answer is cut', async () => {
    answer = (_request, response) => {
      response.setHeader('content-type', 'application/statuslist+jwt');
      const timer = setInterval(() => response.write('a'.repeat(1_000_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    expect(await verdict(0)).toBe('list_limit');
  });

  it('what was known before does not stand in for what could not be asked', async () => {
    expect(await verdict(0, 600)).toBe('valid');
    answer = (_, response) => void response.writeHead(500).end();
    expect(await verdict(0, 600)).toBe('valid');
    expect(await verdict(0)).toBe('status_unavailable');
    clock.advance(601);
    expect(await verdict(0, 600)).toBe('status_unavailable');
  });
});

describe('freshness', () => {
  it('a look is as old as the asker accepts, to the second, and 0 always asks', async () => {
    expect(await verdict(0, 60)).toBe('valid');
    answer = serving({ statuses: [1, 1, 1, 1] });
    clock.advance(60);
    expect(await verdict(0, 60)).toBe('valid');
    expect(requests).toHaveLength(1);
    clock.advance(1);
    expect(await verdict(0, 60)).toBe('revoked');
    expect(requests).toHaveLength(2);
    answer = serving({});
    expect(await verdict(0, 0)).toBe('valid');
    expect(requests).toHaveLength(3);
    expect(await verdict(0, 60)).toBe('valid');
    expect(requests).toHaveLength(3);
  });

  it('ttl and exp of the list end it sooner than the asker would', async () => {
    answer = serving({ ttl: 30 });
    await verdict(0, 600);
    clock.advance(30);
    await verdict(0, 600);
    expect(requests).toHaveLength(1);
    clock.advance(1);
    await verdict(0, 600);
    expect(requests).toHaveLength(2);
    answer = serving({ exp: clock.now() + 20 });
    clock.advance(31);
    answer = serving({ exp: clock.now() + 20 });
    await verdict(0, 600);
    clock.advance(19);
    await verdict(0, 600);
    expect(requests).toHaveLength(3);
    clock.advance(1);
    await verdict(0, 600);
    expect(requests).toHaveLength(4);
  });

  it('a list that arrives older than its own ttl is stale; past its exp it is invalid', async () => {
    answer = serving({ iat: start - 661, ttl: 600 });
    expect(await verdict(0)).toBe('status_stale');
    answer = serving({ iat: start - 660, ttl: 600 });
    expect(await verdict(0)).toBe('valid');
    answer = serving({ iat: start - 700, exp: start - 60, ttl: 6_000 });
    expect(await verdict(0)).toBe('status_invalid');
    answer = serving({ iat: start + 61 });
    expect(await verdict(0)).toBe('status_invalid');
  });

  it('a clock that went back does not make an old look young', async () => {
    await verdict(0, 600);
    clock.set(start - 30);
    answer = serving({ iat: start - 30 });
    await verdict(0, 600);
    expect(requests).toHaveLength(2);
  });

  it('one request serves all who ask meanwhile, each with their own entry', async () => {
    const verdicts = await Promise.all(Array.from({ length: 30 }, (_, i) => verdict(i % 3, i % 2 === 0 ? 0 : 60)));
    expect(new Set(verdicts)).toEqual(new Set(['valid', 'revoked', 'suspended']));
    expect(requests).toHaveLength(1);
  });

  it('a request that began too long ago serves nobody who asks now', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = (request, response) => void held.then(() => serving({ iat: start })(request, response));
    const early = verdict(0, 0);
    await expect.poll(() => requests.length).toBe(1);
    clock.advance(1);
    const [late, patient] = [verdict(0, 0), verdict(0, 5)];
    await expect.poll(() => requests.length).toBe(2);
    release();
    expect(await Promise.all([early, late, patient])).toEqual(['valid', 'valid', 'valid']);
    expect(requests).toHaveLength(2);
  });

  it('a shared request that fails fails for all, and is tried again by the next', async () => {
    answer = (_, response) => void response.writeHead(500).end();
    expect(await Promise.all([verdict(0), verdict(0)])).toEqual(['status_unavailable', 'status_unavailable']);
    answer = serving({});
    expect(await verdict(0)).toBe('valid');
    expect(requests).toHaveLength(2);
  });

  it('keeps no more lists than it was told to', async () => {
    const two = createStatusChecker({
      fetchText: browserFetch(),
      trust,
      crypto: nodeCrypto(),
      clock,
      inflate: nodeInflate,
      cacheEntries: 2,
    });
    const lists = ['a', 'b', 'c'].map((name) => `${base}/${name}`);
    answer = (request, response) => {
      void compressList(packStatuses(Uint8Array.of(0), 2), nodeDeflate)
        .then((lst) =>
          signStatusList({
            uri: `${base}${request.url}`,
            bits: 2,
            lst,
            iat: start,
            exp: start + 60,
            ttl: 60,
            header: {},
            signer,
          }),
        )
        .then((text) => response.setHeader('content-type', 'application/statuslist+jwt').end(text));
    };
    for (const list of [...lists, ...lists]) await two.check({ uri: list, idx: 0 }, issuer, { maxAge: 60 });
    expect(requests).toHaveLength(6);
    await two.check({ uri: lists[2] ?? '', idx: 0 }, issuer, { maxAge: 60 });
    expect(requests).toHaveLength(6);
  });

  it.each([-1, Number.NaN])('a greatest age of %d is a mistake in our own program', async (maxAge) => {
    await expect(checker.check({ uri, idx: 0 }, issuer, { maxAge })).rejects.toThrow(TypeError);
  });
});
