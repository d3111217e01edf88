/** A small service with one route of each kind, for attacks on the HTTP edge itself. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import { HufuError } from '../../shared/errors.ts';
import { bearerAuth, bearerHash } from '../../shared/server/bearer.ts';
import { createHttpApp, type HttpOptions, type Refusal } from '../../shared/server/http.ts';
import { type Listening, listen } from '../../shared/server/listen.ts';
import { createLog } from '../../shared/server/log.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import { problemTable } from '../../shared/server/wire.ts';
import { freePort } from './free-port.ts';

export const adminToken = `hufu_adm_${'A'.repeat(43)}`;
export const readerToken = `hufu_adm_${'B'.repeat(43)}`;
export const secretWord = 'select-name-from-person-王小明';

const admin = bearerAuth({
  name: 'admin',
  prefix: 'hufu_adm_',
  description: 'A token made by npm run admin:token.',
  roles: ['operator'],
  find: async (tokenHash) => {
    if (tokenHash === bearerHash(adminToken)) return { id: 'operator-1', roles: ['operator'] };
    return tokenHash === bearerHash(readerToken) ? { id: 'reader-1', roles: ['auditor'] } : undefined;
  },
});

const ok = { 200: { description: 'Fine.' } };
const text = z.string().check(z.maxLength(200));
const thing = z.object({ name: text, count: z.optional(z.int().check(z.minimum(0))) });

export const sampleRoutes: readonly Route[] = [
  route({ method: 'GET', path: '/', summary: 'Home', tag: 'x', replies: ok, handle: async () => ({ text: 'home' }) }),
  route({
    method: 'GET',
    path: '/things/:id',
    summary: 'One thing',
    tag: 'x',
    params: z.object({ id: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)) }),
    replies: ok,
    handle: async ({ params }) => ({ json: { id: params.id } }),
  }),
  route({
    method: 'GET',
    path: '/any/:id',
    summary: 'Takes any name',
    tag: 'x',
    params: z.object({ id: z.string() }),
    replies: ok,
    handle: async ({ params }) => ({ json: { id: params.id } }),
  }),
  route({
    method: 'GET',
    path: '/search',
    summary: 'Search',
    tag: 'x',
    query: z.object({ id: text, limit: z.optional(z.string().check(z.regex(/^\d{1,3}$/))) }),
    replies: ok,
    handle: async ({ query, url }) => ({ json: { id: query.id, url: url.href } }),
  }),
  route({
    method: 'GET',
    path: '/loose',
    summary: 'Search that lets others pass',
    tag: 'x',
    query: z.looseObject({ id: text }),
    replies: ok,
    handle: async ({ query }) => ({ json: query }),
  }),
  route({
    method: 'POST',
    path: '/admin/things',
    summary: 'Make a thing',
    tag: 'x',
    auth: admin,
    body: { type: 'json', schema: thing, maxBytes: 10_000 },
    replies: ok,
    handle: async ({ body, principal }) => ({ json: { name: body.name, by: principal?.id } }),
  }),
  route({
    method: 'POST',
    path: '/things',
    summary: 'Make a thing without asking who',
    tag: 'x',
    body: { type: 'json', schema: thing, maxBytes: 10_000 },
    replies: ok,
    handle: async ({ body }) => ({
      json: { name: body.name, admin: Reflect.get(Object.assign({}, body), 'admin') ?? null },
    }),
  }),
  route({
    method: 'POST',
    path: '/token',
    summary: 'A form, with OAuth errors, for everybody',
    tag: 'x',
    cors: 'public',
    body: { type: 'form', schema: z.object({ grant: text }) },
    wireErrors: { style: 'oauth', table: problemTable },
    replies: ok,
    handle: async ({ body }) => ({ json: { grant: body.grant } }),
  }),
  route({
    method: 'GET',
    path: '/metadata',
    summary: 'For everybody',
    tag: 'x',
    cors: 'public',
    replies: ok,
    handle: async () => ({ json: { open: true } }),
  }),
  route({
    method: 'GET',
    path: '/.well-known/thing',
    place: 'well-known',
    summary: 'Well known',
    tag: 'x',
    replies: ok,
    handle: async () => ({ json: { known: true } }),
  }),
  route({
    method: 'POST',
    path: '/session',
    summary: 'For our own pages',
    tag: 'x',
    origin: 'same',
    replies: ok,
    handle: async ({ cookie }) => ({ json: { session: cookie('session') ?? null } }),
  }),
  route({
    method: 'POST',
    path: '/login',
    summary: 'Three tries a minute',
    tag: 'x',
    rate: { points: 3, seconds: 40, key: 'ip' },
    body: { type: 'json', schema: thing },
    replies: ok,
    handle: async ({ ip }) => ({ json: { ip } }),
  }),
  route({
    method: 'POST',
    path: '/guess',
    summary: 'Three tries a minute for each name',
    tag: 'x',
    rate: { points: 3, seconds: 60, key: ({ body }) => body.name },
    body: { type: 'json', schema: thing },
    replies: ok,
    handle: async () => ({ json: {} }),
  }),
  route({
    method: 'GET',
    path: '/broken',
    summary: 'Fails',
    tag: 'x',
    replies: ok,
    handle: async () => {
      throw new Error(secretWord, { cause: secretWord });
    },
  }),
  route({
    method: 'GET',
    path: '/refused',
    summary: 'Refuses with a foreign cause',
    tag: 'x',
    replies: ok,
    handle: async () => {
      throw new HufuError('conflict', { at: 'thing', cause: new Error(secretWord) });
    },
  }),
  route({
    method: 'GET',
    path: '/events',
    summary: 'A stream',
    tag: 'x',
    replies: ok,
    handle: async () => ({
      events: (sender) => {
        sender.send('hello', { n: 1 });
        return () => undefined;
      },
    }),
  }),
];

export interface Sample extends Listening {
  readonly baseUrl: string;
  readonly refusals: readonly Refusal[];
  readonly lines: readonly string[];
}

export async function startSample(
  options: Partial<HttpOptions> & { readonly basePath?: string } = {},
): Promise<Sample> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}${options.basePath ?? ''}`;
  const refusals: Refusal[] = [];
  const lines: string[] = [];
  const log = createLog({ service: 'sample', write: (line) => lines.push(line) });
  const app = createHttpApp({
    baseUrl,
    routes: sampleRoutes,
    log,
    onRefusal: async (refusal) => void refusals.push(refusal),
    ...options,
  });
  const listening = await listen(app, { host: '127.0.0.1', port });
  return { ...listening, baseUrl, refusals, lines };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request exactly as written: fetch would tidy the path. */
export function send(
  port: number,
  method: string,
  path: string,
  options: {
    readonly headers?: Record<string, string | string[]>;
    readonly body?: string | Uint8Array | readonly Uint8Array[];
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: options.headers ?? {}, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: body }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    const { body } = options;
    if (Array.isArray(body)) {
      for (const chunk of body) request.write(chunk);
      request.end();
    } else request.end(body);
  });
}

export function sendJson(
  port: number,
  path: string,
  value: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return send(port, 'POST', path, { headers: { 'content-type': 'application/json', ...headers }, body });
}
