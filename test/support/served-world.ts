import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { codeOf } from '../../shared/errors.ts';
import type { FetchedBody } from '../../shared/fetch.ts';
import { silentLog } from '../../shared/server/log.ts';
import { buildWallet, startWallet } from '../../wallet/server.ts';
import { createWorld, type World } from './counterparties.ts';
import { freePort } from './free-port.ts';

/** The issuer and the asker of `counterparties.ts` over HTTP, and the real wallet server with its pages built. */
export interface ServedWorld extends World {
  readonly walletUrl: string;
  /** Every address that was asked for at issuer and asker, in order: method and path. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Built once and kept between runs; a change of the sources builds it anew. */
export const pagesDir = join(import.meta.dirname, '../../.cache/test-wallet');

export async function serveWorld(): Promise<ServedWorld> {
  const asked: string[] = [];
  const [issuerPort, askerPort, walletPort] = [await freePort(), await freePort(), await freePort()];
  const issuerUrl = `http://localhost:${issuerPort}`;
  const askerUrl = `http://localhost:${askerPort}`;
  const walletUrl = `http://wallet.localhost:${walletPort}`;
  const world = await createWorld(systemClock, { issuerUrl, askerUrl });
  const servers = await Promise.all([
    serve(issuerPort, issuerUrl, world, asked),
    serve(askerPort, askerUrl, world, asked),
  ]);
  await buildWallet(join(pagesDir, 'pages'), silentLog);
  const { issuers, relyingPartyAnchors } = world.configuration;
  const wallet = await startWallet(
    {
      baseUrl: walletUrl,
      mode: 'demo',
      trustedIssuers: issuers,
      relyingPartyAnchors,
      connectOrigins: [askerUrl],
      demo: { issuerPage: `${issuerUrl}/demo`, deskPage: `${askerUrl}/desk` },
      trustProxy: 0,
    },
    { host: '127.0.0.1', port: walletPort, dataDir: pagesDir, tls: undefined },
    { log: silentLog },
  );
  return Object.assign(world, {
    walletUrl,
    asked,
    close: async () => {
      await wallet.close();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())));
      world.dispose();
    },
  });
}

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-expose-headers': 'DPoP-Nonce, WWW-Authenticate',
  'cross-origin-resource-policy': 'cross-origin',
};

function serve(port: number, base: string, world: World, asked: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(204, cors).end();
      return;
    }
    asked.push(`${request.method} ${base}${request.url}`);
    void answer(request, base, world).then((body) => send(response, body));
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

async function answer(request: IncomingMessage, base: string, world: World): Promise<FetchedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = Buffer.concat(chunks).toString();
  try {
    const method = request.method === 'POST' ? 'POST' : 'GET';
    return await world.fetchText(`${base}${request.url}`, { method, headers, body, okStatuses: 'any' });
  } catch (error) {
    const status = codeOf(error) === 'fetch_failed' ? 503 : 404;
    return { status, contentType: 'text/plain', text: '', headers: { get: () => null } };
  }
}

function send(response: ServerResponse, body: FetchedBody): void {
  const nonce = body.headers.get('dpop-nonce');
  response.writeHead(body.status, {
    ...cors,
    'content-type': body.contentType,
    ...(nonce === null ? {} : { 'dpop-nonce': nonce }),
  });
  response.end(body.text);
}
