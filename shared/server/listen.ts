/**
 * A listening server with the time limits Node leaves too wide: a socket that drips headers is cut within 15 s, one
 * that drips a body within 30 s (NC-107). Closing finishes what is in flight, ends event answers and idle connections.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Files of certificate chain and key in PEM. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Milliseconds that requests in flight are given at close; then they are cut. Default 10,000. */
  readonly graceMs?: number;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const limits = {
  headersTimeout: 10_000,
  requestTimeout: 25_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
  requireHostHeader: true,
} as const;

const maxConnections = 10_000;
const maxHeaders = 100;

export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const answers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answers.add(response);
    response.on('close', () => answers.delete(response));
    app(request, response);
  }, options.tls);
  server.maxConnections = maxConnections;
  server.maxHeadersCount = maxHeaders;
  server.maxRequestsPerSocket = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = addressOf(server);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    close: () => close(server, answers, options.graceMs ?? 10_000),
  };
}

function createServer(app: RequestListener, tls: ListenOptions['tls']): Server {
  if (tls === undefined) return createHttpServer(limits, app);
  return createHttpsServer(
    { ...limits, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile), minVersion: 'TLSv1.2' },
    app,
  );
}

function close(server: Server, answers: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection that has just had its answer is idle and would otherwise be kept for the next request.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(idle);
      resolve();
    });
    for (const answer of answers) {
      if (String(answer.getHeader('content-type')).startsWith('text/event-stream')) answer.end();
    }
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server listens on a port');
  return address;
}
