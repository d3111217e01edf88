/** Writing answers: the headers every answer has, bodies, event streams, refusals. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HufuError } from '../errors.ts';
import { RateLimited } from './rate-limit.ts';
import type { EventSender, Reply } from './routes.ts';
import type { WireErrors } from './wire.ts';

/** Nothing may be loaded, framed, sniffed, stored or told to others unless a route says so. */
export function baseHeaders(options: {
  readonly https: boolean;
  readonly csp?: string;
}): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy':
      options.csp ?? "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Origin-Agent-Cluster': '?1',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cache-Control': 'no-store',
    ...(options.https && { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }),
  };
}

export function sendReply(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const headers = reply.headers ?? {};
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (reply.events !== undefined) {
    sendEvents(request, response, reply.events);
    return;
  }
  const [body, type] = bodyOf(reply);
  response.statusCode = reply.status ?? (body === undefined ? 204 : 200);
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('Content-Type', reply.type ?? type);
  response.setHeader('Content-Length', body.length);
  // To HEAD, Node sends the headers alone.
  response.end(body);
}

function bodyOf(reply: Reply): [Uint8Array, string] | [undefined, ''] {
  if (reply.json !== undefined) return [Buffer.from(JSON.stringify(reply.json)), 'application/json'];
  if (reply.text !== undefined) return [Buffer.from(reply.text), 'text/plain; charset=utf-8'];
  if (reply.bytes !== undefined) return [reply.bytes, 'application/octet-stream'];
  return [undefined, ''];
}

const heartbeat = 15_000;

function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  start: (sender: EventSender) => () => void,
): void {
  // Set, not written: `listen` knows a stream by this header and ends it at close.
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  response.setHeader('X-Accel-Buffering', 'no');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.flushHeaders();
  // A comment now and then finds out that the other side is gone.
  const beat = setInterval(() => response.write(':\n\n'), heartbeat);
  const stop = start({
    send: (name, data) =>
      response.write(`event: ${name.replace(/[^A-Za-z0-9._-]/g, '')}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => response.end(),
  });
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
}

/** One refusal by its table: RFC 9457 or RFC 6749 5.2. The code in the log may be finer than the word on the wire. */
export function refusalReply(
  error: HufuError,
  wire: WireErrors,
  requestId: string,
): Reply & { readonly status: number } {
  const row = wire.table[error.code];
  const headers: Record<string, string> = { ...row.headers };
  if (error instanceof RateLimited) headers['Retry-After'] = String(error.retryAfter);
  if (wire.style === 'oauth') {
    return { status: row.status, headers, json: { error: row.error, error_description: row.description } };
  }
  return {
    status: row.status,
    headers,
    type: 'application/problem+json',
    json: {
      type: `urn:hufu:problem:${row.error}`,
      title: row.description,
      status: row.status,
      code: row.error,
      request_id: requestId,
      ...(row.position === true && error.at !== undefined && { at: error.at }),
    },
  };
}
