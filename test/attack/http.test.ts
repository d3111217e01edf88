import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  adminToken,
  readerToken,
  type Sample,
  secretWord,
  send,
  sendJson,
  startSample,
} from '../support/sample-app.ts';

let sample: Sample;
beforeAll(async () => {
  sample = await startSample();
});
afterAll(() => sample.close());

const json = { 'content-type': 'application/json' };
const bearer = { authorization: `Bearer ${adminToken}` };

function codeOf(answer: Answer): string {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['cache-control']).toBe('no-store');
  const problem = JSON.parse(answer.text);
  expect(problem).toMatchObject({ type: `urn:hufu:problem:${problem.code}`, status: answer.status });
  expect(problem.request_id).toMatch(/^[0-9a-f-]{36}$/);
  return problem.code;
}

describe('honest requests', () => {
  it('are answered', async () => {
    expect(JSON.parse((await send(sample.port, 'GET', '/things/a-1')).text)).toEqual({ id: 'a-1' });
    expect(JSON.parse((await send(sample.port, 'GET', '/search?id=%E7%8E%8B+1&limit=10')).text).id).toBe('王 1');
    expect(JSON.parse((await send(sample.port, 'GET', '/loose?id=1&other=2')).text)).toEqual({ id: '1', other: '2' });
    expect(JSON.parse((await sendJson(sample.port, '/admin/things', { name: 'n' }, bearer)).text)).toEqual({
      name: 'n',
      by: 'operator-1',
    });
    const form = await send(sample.port, 'POST', '/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      body: 'grant=a%26b',
    });
    expect(JSON.parse(form.text)).toEqual({ grant: 'a&b' });
  });

  it('get HEAD where there is GET, without a body', async () => {
    const answer = await send(sample.port, 'HEAD', '/things/a-1');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });

  it('see the public address in call.url whatever Host says', async () => {
    const answer = await send(sample.port, 'GET', '/search?id=1', { headers: { host: 'evil.example' } });
    expect(JSON.parse(answer.text).url).toBe(`${sample.baseUrl}/search?id=1`);
  });
});

describe('library gaps of express', () => {
  it('lg-54 an own __proto__ member is refused and nothing is inherited', async () => {
    const answer = await sendJson(sample.port, '/things', '{"name":"n","__proto__":{"admin":true}}');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'json_reserved_key']);
    expect(JSON.parse((await sendJson(sample.port, '/things', { name: 'n' })).text)).toEqual({
      name: 'n',
      admin: null,
    });
  });

  it('lg-55 a member that occurs twice is refused', async () => {
    const answer = await sendJson(sample.port, '/things', '{"name":"a","name":"b"}');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'json_dup_key']);
  });

  it('lg-56 an exception shows no stack, and no answer says what runs here', async () => {
    const answer = await send(sample.port, 'GET', '/broken');
    expect([answer.status, codeOf(answer)]).toEqual([500, 'internal']);
    expect(answer.text).not.toMatch(/select|at |\.ts|node_modules|stack/);
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers.server).toBeUndefined();
  });

  it('lg-57 a query parameter given twice is refused', async () => {
    const answer = await send(sample.port, 'GET', '/search?id=1&id=2');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'query_parameter']);
  });

  it('lg-59 a wrong content type is 415, not an undefined body', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/json; charset=utf-16',
      '',
    ]) {
      const answer = await send(sample.port, 'POST', '/things', {
        headers: { 'content-type': type },
        body: '{"name":"n"}',
      });
      expect([type, answer.status, codeOf(answer)]).toEqual([type, 415, 'media_type']);
    }
    const none = await send(sample.port, 'POST', '/things', { body: '{"name":"n"}' });
    expect(none.status).toBe(415);
  });
});

describe('nc-105 shapes', () => {
  const refused: readonly [string, string, string][] = [
    ['array for object', '[]', 'shape'],
    ['null', 'null', 'shape'],
    ['number for string', '{"name":1}', 'shape'],
    ['string for number', '{"name":"n","count":"1"}', 'shape'],
    ['negative count', '{"name":"n","count":-1}', 'shape'],
    ['infinite count', '{"name":"n","count":1e400}', 'json_number'],
    ['missing member', '{}', 'shape'],
    ['no JSON', '{name}', 'json_syntax'],
    ['two documents', '{"name":"n"}{}', 'json_syntax'],
    ['byte order mark', '\ufeff{"name":"n"}', 'encoding'],
    ['lone surrogate', '{"name":"\\ud800"}', 'json_syntax'],
    ['deep', `{"name":${'['.repeat(100)}${']'.repeat(100)}}`, 'json_limit'],
  ];
  it.each(refused)('nc-105 body: %s', async (_title, body, code) => {
    const before = sample.refusals.length;
    const answer = await sendJson(sample.port, '/things', body);
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    expect(sample.refusals.slice(before)).toMatchObject([{ code, route: 'POST /things' }]);
  });

  it('nc-105 bytes that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]);
    const answer = await send(sample.port, 'POST', '/things', { headers: json, body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'encoding']);
  });

  it('nc-105 the position is told, the value is not', async () => {
    const answer = await sendJson(sample.port, '/things', { name: 'n', count: 'secret-value' });
    expect(JSON.parse(answer.text).at).toBe('body.count');
    expect(answer.text).not.toContain('secret-value');
  });

  const queries = [
    ['repeated', 'id=1&id=1'],
    ['repeated through an escape', 'id=1&%69d=2'],
    ['brackets', 'id[a]=1'],
    ['escaped brackets', 'id%5Ba%5D=1'],
    ['empty brackets', 'id[]=1'],
    ['reserved name', 'id=1&__proto__=1'],
    ['reserved name', 'id=1&constructor=1'],
    ['broken escape', 'id=%'],
    ['overlong UTF-8', 'id=%C0%AF'],
    ['too many', Array.from({ length: 65 }, (_, n) => `p${n}=1`).join('&')],
    ['empty pair', 'id=1&'],
  ] as const;
  it.each(queries)('nc-105 query: %s (%s)', async (_title, query) => {
    const answer = await send(sample.port, 'GET', `/loose?${query}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'query_parameter']);
  });

  it('nc-105 the schema of a query is applied, unknown names and undescribed queries are refused', async () => {
    expect(codeOf(await send(sample.port, 'GET', '/search?id=1&limit=all'))).toBe('shape');
    expect(codeOf(await send(sample.port, 'GET', '/search?limit=1'))).toBe('shape');
    expect(codeOf(await send(sample.port, 'GET', '/search?id=1&role=admin'))).toBe('query_parameter');
    expect((await send(sample.port, 'GET', '/metadata?x=1')).status).toBe(400);
    expect((await send(sample.port, 'GET', '/metadata?')).status).toBe(200);
  });

  it('nc-105 a form name given twice is refused, in the words of OAuth', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await send(sample.port, 'POST', '/token', { headers, body: 'grant=a&grant=b' });
    expect([answer.status, Object.keys(JSON.parse(answer.text))]).toEqual([400, ['error', 'error_description']]);
  });

  it('nc-105 a body is required where one is described, and refused where none is', async () => {
    expect(codeOf(await send(sample.port, 'POST', '/things', { headers: json }))).toBe('body_missing');
    expect(
      codeOf(
        await send(sample.port, 'POST', '/things', { headers: { ...json, 'transfer-encoding': 'chunked' }, body: [] }),
      ),
    ).toBe('body_missing');
    const answer = await send(sample.port, 'GET', '/metadata', {
      headers: { ...json, 'content-length': '2' },
      body: '{}',
    });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'media_type']);
  });

  it('nc-105 path parameters are checked', async () => {
    const answer = await send(sample.port, 'GET', '/things/A');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'shape']);
  });
});

describe('nc-106 sizes', () => {
  const name = (bytes: number) => JSON.stringify({ name: 'n', pad: 'x'.repeat(bytes) });

  it('nc-106 a length over the limit is refused before a byte is read', async () => {
    const answer = await send(sample.port, 'POST', '/things', {
      headers: { ...json, 'content-length': '10001', expect: '100-continue' },
    });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'body_too_large']);
  });

  it('nc-106 the last byte under the limit passes and the first over it does not', async () => {
    const exact = name(10_000 - name(0).length);
    expect((await sendJson(sample.port, '/things', exact)).status).toBe(200);
    expect((await sendJson(sample.port, '/things', `${exact} `)).status).toBe(413);
  });

  it('nc-106 chunks without a length are counted, and 100 MB leave no trace in memory', async () => {
    const chunk = Buffer.alloc(1_000_000, 0x20);
    const before = process.memoryUsage().rss;
    const headers = { ...json, 'transfer-encoding': 'chunked' };
    const answer = await send(sample.port, 'POST', '/things', {
      headers,
      body: Array.from({ length: 100 }, () => chunk),
    }).catch(() => undefined);
    if (answer !== undefined) expect([answer.status, codeOf(answer)]).toEqual([413, 'body_too_large']);
    expect(sample.refusals.at(-1)?.code).toBe('body_too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    expect((await sendJson(sample.port, '/things', { name: 'n' })).status).toBe(200);
  });

  it('nc-106 a refusal before the body has come ends the connection', async () => {
    const socket = connect(sample.port, '127.0.0.1');
    socket.write(
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n',
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 415 [\s\S]*\r\nConnection: close\r\n/);
    await once(socket, 'close');
  });

  it('nc-106 a compressed body is not opened', async () => {
    const body = gzipSync(Buffer.alloc(10_000_000));
    for (const encoding of ['gzip', 'br', 'deflate', 'identity']) {
      const answer = await send(sample.port, 'POST', '/things', {
        headers: { ...json, 'content-encoding': encoding },
        body: body.subarray(0, 5000),
      });
      expect([answer.status, codeOf(answer)]).toEqual([415, 'media_type']);
    }
  });
});

describe('nc-109 cross-origin', () => {
  const origins = [
    'https://evil.example',
    'null',
    'http://127.0.0.1.evil.example',
    'http://localhost',
    'https://127.0.0.1',
  ];
  it.each(origins)('nc-109 %s may read public routes without cookies and nothing else', async (origin) => {
    for (const [method, path] of [
      ['GET', '/things/a'],
      ['POST', '/admin/things'],
      ['OPTIONS', '/admin/things'],
      ['OPTIONS', '/session'],
      ['POST', '/session'],
    ] as const) {
      const headers = { origin, 'access-control-request-method': 'POST', ...json };
      const answer = await send(sample.port, method, path, { headers: method === 'POST' ? headers : { origin } });
      expect(Object.keys(answer.headers).filter((header) => header.startsWith('access-control'))).toEqual([]);
    }
    const open = await send(sample.port, 'GET', '/metadata', { headers: { origin, cookie: 'session=1' } });
    expect(open.headers['access-control-allow-origin']).toBe('*');
    expect(open.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('nc-109 a preflight is answered on public routes only, and refusals there can be read', async () => {
    const answer = await send(sample.port, 'OPTIONS', '/token', {
      headers: { origin: 'https://wallet.example', 'access-control-request-method': 'POST' },
    });
    expect([answer.status, answer.headers['access-control-allow-methods']]).toEqual([204, 'POST']);
    const refused = await send(sample.port, 'POST', '/token', { headers: { origin: 'https://wallet.example' } });
    expect(refused.status).toBe(400);
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect((await send(sample.port, 'OPTIONS', '/things')).status).toBe(405);
  });

  it('nc-109 a route that trusts a cookie answers our own pages only', async () => {
    const origin = new URL(sample.baseUrl).origin;
    const cookie = 'session=abc';
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin, 'sec-fetch-site': 'cross-site' },
      { origin, 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await send(sample.port, 'POST', '/session', { headers: { ...headers, cookie } });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'origin_refused']);
    }
    const own = await send(sample.port, 'POST', '/session', {
      headers: { origin, cookie, 'sec-fetch-site': 'same-origin' },
    });
    expect(JSON.parse(own.text)).toEqual({ session: 'abc' });
    const twice = await send(sample.port, 'POST', '/session', {
      headers: { origin, cookie: 'session=abc; session=def' },
    });
    expect(JSON.parse(twice.text)).toEqual({ session: null });
  });
});

describe('nc-110 errors', () => {
  it('nc-110 a fault tells its code on the wire and its place in the log, its words nowhere', async () => {
    for (const [path, status, code] of [
      ['/broken', 500, 'internal'],
      ['/refused', 409, 'conflict'],
    ] as const) {
      const answer = await send(sample.port, 'GET', path);
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
      expect(answer.text + JSON.stringify(answer.headers)).not.toContain('小明');
      expect(JSON.parse(answer.text).at).toBeUndefined();
    }
    const failed = sample.lines.map((line) => JSON.parse(line)).find((line) => line.event === 'http.failed');
    expect(failed).toMatchObject({ kind: 'Error', route: 'GET /broken' });
    expect(sample.lines.join('')).not.toContain(secretWord);
  });

  it('nc-110 every answer carries the same protective headers', async () => {
    for (const path of ['/', '/nowhere', '/things/a', '/broken', '/a//b']) {
      const { headers } = await send(sample.port, 'GET', path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'permissions-policy': expect.stringContaining('camera=()'),
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
    }
  });

  it('nc-110 when the audit trail cannot be written the refusal becomes 503', async () => {
    const mute = await startSample({ onRefusal: () => Promise.reject(new Error(secretWord)) });
    const answer = await send(mute.port, 'GET', '/refused');
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
    await mute.close();
  });

  it('nc-110 authentication comes before parsing and tells missing from insufficient', async () => {
    const none = await sendJson(sample.port, '/admin/things', '{broken');
    expect([none.status, codeOf(none), none.headers['www-authenticate']]).toEqual([401, 'unauthenticated', 'Bearer']);
    const faulty = [
      'Bearer',
      `Bearer ${adminToken}x`,
      `bearer ${adminToken}`,
      `Bearer  ${adminToken}`,
      `Basic ${adminToken}`,
      `Bearer ${adminToken.toLowerCase()}`,
    ];
    for (const authorization of faulty) {
      expect((await sendJson(sample.port, '/admin/things', { name: 'n' }, { authorization })).status).toBe(401);
    }
    const reader = await sendJson(
      sample.port,
      '/admin/things',
      { name: 'n' },
      { authorization: `Bearer ${readerToken}` },
    );
    expect([reader.status, codeOf(reader)]).toEqual([403, 'forbidden']);
    const twice = await send(sample.port, 'POST', '/admin/things', {
      headers: { ...json, authorization: [bearer.authorization, bearer.authorization] },
      body: '{"name":"n"}',
    });
    expect(twice.status).toBe(401);
  });
});
