import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { documentUrl } from '../../../shared/did/did-web.ts';
import { createDidKeys, type DidKeys, didWebOf } from '../../../shared/did/index.ts';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';

import { generateNodeSigner } from '../../../shared/server/node-crypto.ts';
import { safeFetch } from '../../../shared/server/safe-fetch.ts';

const signing: JsonObject = plainKey();
const agreeing: JsonObject = plainKey();
const clock = fixedClock(1_800_000_000);

function plainKey(): JsonObject {
  const { x, y = '' } = generateNodeSigner('ES256').publicJwk;
  return { kty: 'EC', crv: 'P-256', x, y };
}

const open: (Server | TcpServer)[] = [];
afterEach(async () => {
  await Promise.all(
    open.splice(0).map((server) => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function listen<S extends Server | TcpServer>(server: S): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Host {
  readonly did: string;
  readonly dids: DidKeys;
  readonly requests: () => string[];
}

/** A did:web host of this machine, and a resolver that may reach it. */
async function host(document: (did: string) => unknown, headers: Record<string, string> = {}): Promise<Host> {
  const requests: string[] = [];
  let did = '';
  const origin = await serve((request, response) => {
    requests.push(request.url ?? '');
    const body = document(did);
    response.writeHead(200, { 'content-type': 'application/did+json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  did = didWebOf(origin);
  return { did, dids: resolver(origin), requests: () => requests };
}

async function serve(handler: RequestListener): Promise<string> {
  return `http://localhost:${await listen(createServer(handler))}`;
}

function resolver(...origins: string[]): DidKeys {
  return createDidKeys({ clock, fetchText: safeFetch({ allowOrigins: origins }), allowOrigins: origins });
}

function documentOf(did: string, changes: JsonObject = {}): JsonObject {
  const method = (name: string, key: JsonObject) => ({
    id: `${did}#${name}`,
    type: 'JsonWebKey2020',
    controller: did,
    publicKeyJwk: key,
  });
  return {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: did,
    verificationMethod: [method('sign', signing), method('agree', agreeing), method('login', agreeing)],
    assertionMethod: [`${did}#sign`],
    authentication: [`${did}#login`],
    keyAgreement: [`${did}#agree`],
    ...changes,
  };
}

async function codeAnd(at: Promise<unknown>): Promise<string> {
  return codeOf(
    await at.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
}

describe('did:web', () => {
  it('hands out keys by purpose', async () => {
    const { did, dids, requests } = await host((id) => documentOf(id));
    expect(await dids.findKey(`${did}#sign`, 'assertionMethod')).toEqual(signing);
    expect(await dids.findKey(`${did}#login`, 'authentication')).toEqual(agreeing);
    expect(requests()).toEqual(['/.well-known/did.json']);
  });

  it('nc-038 lg-24 a key is good only for what its document lists it for', async () => {
    const { did, dids } = await host((id) => documentOf(id));
    expect(await codeAnd(dids.findKey(`${did}#agree`, 'assertionMethod'))).toBe('key_purpose');
    expect(await codeAnd(dids.findKey(`${did}#login`, 'assertionMethod'))).toBe('key_purpose');
    expect(await codeAnd(dids.findKey(`${did}#agree`, 'authentication'))).toBe('key_purpose');
    expect(await codeAnd(dids.findKey(`${did}#sign`, 'authentication'))).toBe('key_purpose');
    expect(await codeAnd(dids.findKey(`${did}#gone`, 'assertionMethod'))).toBe('key_untrusted');
  });

  it('nc-038 a document that lists no relationship gives no key', async () => {
    const { did, dids } = await host((id) => ({ id, verificationMethod: documentOf(id).verificationMethod }));
    expect(await codeAnd(dids.findKey(`${did}#sign`, 'assertionMethod'))).toBe('key_purpose');
  });

  it('takes a method embedded in a relationship for that relationship alone', async () => {
    const { did, dids } = await host((id) =>
      documentOf(id, {
        assertionMethod: [{ id: `${id}#inside`, type: 'JsonWebKey2020', controller: id, publicKeyJwk: signing }],
      }),
    );
    expect(await dids.findKey(`${did}#inside`, 'assertionMethod')).toEqual(signing);
    expect(await codeAnd(dids.findKey(`${did}#inside`, 'authentication'))).toBe('key_purpose');
  });

  it('reads the document of a path', async () => {
    const port = await listen(
      createServer((request, response) => {
        response.writeHead(request.url === '/gov/a.b/did.json' ? 200 : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(documentOf(`did:web:localhost%3A${port}:gov:a.b`)));
      }),
    );
    const did = `did:web:localhost%3A${port}:gov:a.b`;
    expect(await resolver(`http://localhost:${port}`).findKey(`${did}#sign`, 'assertionMethod')).toEqual(signing);
  });

  const faults: [string, (did: string) => JsonObject | string][] = [
    ['nc-039 lg-25 the id of another DID', (did) => documentOf(did, { id: `${did}:other` })],
    ['nc-039 lg-23 a deactivated DID', (did) => documentOf(did, { deactivated: true })],
    ['nc-039 a foreign controller of the document', (did) => documentOf(did, { controller: 'did:web:other.example' })],
    [
      'nc-039 a foreign controller among several',
      (did) => documentOf(did, { controller: [did, 'did:web:other.example'] }),
    ],
    ['nc-039 a method with a foreign controller', (did) => withMethod(did, { controller: 'did:web:other.example' })],
    ['nc-039 two methods with one id', (did) => withMethod(did, { id: `${did}#sign` })],
    [
      'nc-039 an embedded method with a listed id',
      (did) => documentOf(did, { authentication: [{ id: `${did}#sign`, type: 'JsonWebKey2020', controller: did }] }),
    ],
    ['a relative method id', (did) => withMethod(did, { id: '#x' })],
    ['a method id of another DID', (did) => withMethod(did, { id: 'did:web:other.example#x' })],
    [
      'a reference to a method of another DID',
      (did) => documentOf(did, { assertionMethod: ['did:web:other.example#x'] }),
    ],
    ['a reference to nothing', (did) => documentOf(did, { keyAgreement: [`${did}#nothing`] })],
    [
      'more methods than anybody needs',
      (did) =>
        documentOf(did, {
          verificationMethod: Array.from({ length: 33 }, (_, i) => ({
            id: `${did}#${i}`,
            type: 'JsonWebKey2020',
            controller: did,
          })),
          assertionMethod: [],
          authentication: [],
          keyAgreement: [],
        }),
    ],
    ['an array', () => '[]'],
    ['methods that are no list', (did) => documentOf(did, { verificationMethod: {} })],
    ['the same key twice in the JSON', (did) => JSON.stringify(documentOf(did)).replace('{', `{"id":"${did}",`)],
    ['no JSON', () => '<html>'],
  ];
  it.each(faults)('%s is did_invalid', async (_name, document) => {
    const { did, dids } = await host(document);
    expect(await codeAnd(dids.resolve(did))).toBe('did_invalid');
  });

  it('its own name as controller is no foreign one, and 32 methods are enough', async () => {
    const { did, dids } = await host((id) =>
      documentOf(id, {
        controller: [id],
        deactivated: false,
        verificationMethod: Array.from({ length: 32 }, (_, i) => ({
          id: `${id}#${i}`,
          type: 'JsonWebKey2020',
          controller: id,
        })),
        assertionMethod: [`${id}#31`],
        authentication: [],
        keyAgreement: [],
      }),
    );
    expect((await dids.resolve(did)).verificationMethod).toHaveLength(32);
    expect(await codeAnd(dids.findKey(`${did}#31`, 'assertionMethod'))).toBe('key_invalid');
  });

  it('lg-12 a private key in a document is no key', async () => {
    const { did, dids } = await host((id) => withMethod(id, { publicKeyJwk: { ...signing, d: String(signing.x) } }));
    expect(await codeAnd(dids.findKey(`${did}#extra`, 'assertionMethod'))).toBe('key_invalid');
  });

  it('without a way out did:web is not supported', async () => {
    expect(await codeAnd(createDidKeys({ clock }).resolve('did:web:example.com'))).toBe('did_unsupported');
  });
});

function withMethod(did: string, changes: JsonObject): JsonObject {
  const extra = {
    id: `${did}#extra`,
    type: 'JsonWebKey2020',
    controller: did,
    publicKeyJwk: signing,
    ...changes,
  };
  const document = documentOf(did);
  const methods = Array.isArray(document.verificationMethod) ? document.verificationMethod : [];
  return {
    ...document,
    verificationMethod: [...methods, extra],
    assertionMethod: [`${did}#sign`, ...(extra.id === `${did}#extra` ? [extra.id] : [])],
  };
}

describe('where did:web may lead', () => {
  it.each([
    ['did:web:127.0.0.1'],
    ['did:web:127.0.0.1%3A8080'],
    ['did:web:10.0.0.1'],
    ['did:web:169.254.169.254'],
    ['did:web:0x7f.1'],
    ['did:web:0x7f'],
    ['did:web:2130706433'],
    ['did:web:%5B%3A%3A1%5D'],
    ['did:web:[::1]'],
    ['did:web:::1'],
    ['did:web:localhost'],
    ['did:web:localhost%3A1'],
    ['did:web:a.localhost%3A1'],
    ['did:web:intranet'],
    ['did:web:user%40example.com'],
    ['did:web:user@example.com'],
    ['did:web:user%3Apw%40example.com'],
    ['did:web:Example.com'],
    ['did:web:example.com%3a8080'],
    ['did:web:example.com%3A0'],
    ['did:web:example.com%3A99999'],
    ['did:web:example.com%3A443'],
    ['did:web:example.com%3A80%3A80'],
    ['did:web:example.com.'],
    ['did:web:-example.com'],
    ['did:web:ex%2Eample.com'],
    ['did:web:example.com%2Fa'],
    ['did:web:'],
    ['did:web:..'],
    ['did:web:'.concat('a'.repeat(64), '.com')],
  ])('nc-040 lg-49 %s is did_blocked and nobody is called', async (did) => {
    let calls = 0;
    const dids = createDidKeys({
      clock,
      fetchText: () => {
        calls++;
        return Promise.reject(new Error('called'));
      },
    });
    expect(await codeAnd(dids.resolve(did))).toMatch(did === 'did:web:' ? /did_blocked|did_invalid/ : /did_blocked/);
    expect(calls).toBe(0);
  });

  it.each([
    ['did:web:example.com:a:%2e%2e:%2e%2e:admin'],
    ['did:web:example.com:..:admin'],
    ['did:web:example.com:.'],
    ['did:web:example.com:%2E'],
    ['did:web:example.com:a%2Fb'],
    ['did:web:example.com:a%3Ab'],
    ['did:web:example.com::a'],
    ['did:web:example.com:.hidden'],
    ['did:web:example.com:a..b'],
  ])('lg-53 %s has no document address', async (did) => {
    const bad = createDidKeys({ clock, fetchText: () => Promise.reject(new Error('called')) });
    expect(await codeAnd(bad.resolve(did))).toBe('did_invalid');
  });

  it('finds the address of an honest one', () => {
    expect(documentUrl('did:web:example.com', [])).toBe('https://example.com/.well-known/did.json');
    expect(documentUrl('did:web:example.com%3A8443:gov:issuer_1', [])).toBe(
      'https://example.com:8443/gov/issuer_1/did.json',
    );
    expect(documentUrl('did:web:xn--fsqu00a.xn--0zwm56d', [])).toBe(
      'https://xn--fsqu00a.xn--0zwm56d/.well-known/did.json',
    );
    expect(documentUrl('did:web:localhost%3A4010', ['https://localhost:4010'])).toBe(
      'https://localhost:4010/.well-known/did.json',
    );
    expect(documentUrl('did:web:localhost%3A4010', ['http://localhost:4010'])).toBe(
      'http://localhost:4010/.well-known/did.json',
    );
  });

  it('http is for loopback names alone, and the allow-list is exact', () => {
    expect(documentUrl('did:web:issuer.example', ['http://issuer.example'])).toBe(
      'https://issuer.example/.well-known/did.json',
    );
    expect(() => documentUrl('did:web:issuer%3A80', ['http://issuer:80'])).toThrow('did_blocked');
    expect(() => documentUrl('did:web:localhost%3A4011', ['http://localhost:4010'])).toThrow('did_blocked');
  });

  it('nc-040 a public name with a private address is did_blocked, and the canary hears nothing', async () => {
    let connections = 0;
    const port = await listen(
      createTcpServer((socket) => {
        connections++;
        socket.destroy();
      }),
    );
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    const dids = createDidKeys({ clock, fetchText: safeFetch({ allowOrigins: [], lookup }) });
    expect(await codeAnd(dids.resolve(`did:web:issuer.example%3A${port}`))).toBe('did_blocked');
    expect(connections).toBe(0);
  });

  it('lg-50 a redirect is no document', async () => {
    const inside = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    );
    const origin = await serve((_request, response) => response.writeHead(302, { location: inside }).end());
    expect(await codeAnd(resolver(origin, inside).resolve(didWebOf(origin)))).toBe('trust_unavailable');
  });

  it('nc-042 lg-51 lg-52 no JSON, too much, too slow, not there: trust_unavailable', async () => {
    const html = await host((did) => documentOf(did), { 'content-type': 'text/html' });
    expect(await codeAnd(html.dids.resolve(html.did))).toBe('trust_unavailable');
    const large = await host((did) => `${JSON.stringify(documentOf(did))}${' '.repeat(65_536)}`);
    expect(await codeAnd(large.dids.resolve(large.did))).toBe('trust_unavailable');
    const gzip = await host((did) => documentOf(did), { 'content-encoding': 'gzip' });
    expect(await codeAnd(gzip.dids.resolve(gzip.did))).toBe('trust_unavailable');
    const missing = await serve((_request, response) => response.writeHead(404).end());
    expect(await codeAnd(resolver(missing).resolve(didWebOf(missing)))).toBe('trust_unavailable');
    const started = performance.now();
    const slow = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    );
    expect(await codeAnd(resolver(slow).resolve(didWebOf(slow)))).toBe('trust_unavailable');
    expect(performance.now() - started).toBeLessThan(8000);
  });
});

describe('remembered documents', () => {
  it('one fetch serves until the document is old, a refusal is not remembered', async () => {
    let good = false;
    const { did, dids, requests } = await host((id) => (good ? documentOf(id) : '{}'));
    expect(await codeAnd(dids.resolve(did))).toBe('did_invalid');
    good = true;
    await Promise.all([dids.resolve(did), dids.resolve(did), dids.resolve(did)]);
    expect(requests()).toHaveLength(2);
    clock.advance(299);
    await dids.resolve(did);
    expect(requests()).toHaveLength(2);
    clock.advance(1);
    await dids.resolve(did);
    expect(requests()).toHaveLength(3);
  });
});
