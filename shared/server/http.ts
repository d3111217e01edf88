/**
 * The HTTP edge of a service: routes as data in, an Express application out. A request is judged in a fixed order
 * (routes.ts), every fault becomes a row of a wire table, and nothing of a fault but its code and position gets out.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { parseShape } from '../encoding/index.ts';
import { type Code, HufuError } from '../errors.ts';
import { hasBody, readBody } from './body.ts';
import { asUnavailable } from './database.ts';
import type { Log } from './log.ts';
import { findCookie, parseQuery } from './parameters.ts';
import { addressKey, createRateLimit, type RateLimit } from './rate-limit.ts';
import { baseHeaders, refusalReply, sendReply } from './reply.ts';
import { parseTarget } from './request-path.ts';
import type { Call, Method, RequestHead, Route } from './routes.ts';
import { problemErrors, type WireErrors } from './wire.ts';

export interface Refusal {
  readonly code: Code;
  /** Method and pattern of the route, `-` where none matched. */
  readonly route: string;
  readonly requestId: string;
  readonly principal?: string;
}

/** A handler of somebody else below a path: an OAuth server, a folder of files. It sees only judged paths. */
export interface Mount {
  readonly path: string;
  readonly handler: RequestListener | ((request: Request, response: Response, next: NextFunction) => void);
}

export interface HttpOptions {
  /** Public address of the service; its path is where the routes begin. */
  readonly baseUrl: string;
  readonly routes: readonly Route[];
  readonly mounts?: readonly Mount[];
  readonly log: Log;
  /** Milliseconds from any start, for durations. */
  readonly timer?: () => number;
  /** Proxies in front of us whose X-Forwarded-For we believe; 0 believes none. */
  readonly trustProxy?: number;
  /** Called before a refusal is answered, to write it to the audit trail; if it fails, the answer is 503. */
  readonly onRefusal?: (refusal: Refusal) => Promise<void>;
  readonly csp?: string;
}

/** For public routes: any page may read the answer, and no cookie is ever taken into account. */
const corsHeaders = new Map([
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Expose-Headers', 'DPoP-Nonce, WWW-Authenticate, Retry-After'],
  ['Cross-Origin-Resource-Policy', 'cross-origin'],
]);

const preflightHeaders = new Map([
  ['Access-Control-Allow-Headers', 'Authorization, Content-Type, DPoP, Accept, Accept-Language'],
  ['Access-Control-Max-Age', '600'],
]);

interface State {
  readonly requestId: string;
  readonly started: number;
  readonly query: string;
  readonly path: string;
  route: Route | undefined;
  principal?: string;
}

export function createHttpApp(options: HttpOptions): Express {
  const base = new URL(options.baseUrl);
  const basePath = base.pathname.replace(/\/$/, '');
  const timer = options.timer ?? (() => performance.now());
  const states = new WeakMap<IncomingMessage, State>();
  const headers = new Map(
    Object.entries(
      baseHeaders({ https: base.protocol === 'https:', ...(options.csp !== undefined && { csp: options.csp }) }),
    ),
  );

  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('case sensitive routing').enable('strict routing');
  app.set('query parser', false);

  app.use((request, response, next) => {
    const requestId = randomUUID();
    const target = parseTarget(request.originalUrl);
    const state: State = {
      requestId,
      started: timer(),
      path: target?.path ?? '',
      query: target?.query ?? '',
      route: undefined,
    };
    states.set(request, state);
    response.setHeaders(headers).setHeader('X-Request-Id', requestId);
    response.on('close', () => {
      const ms = Math.round(timer() - state.started);
      options.log.event('http.request', {
        requestId,
        method: request.method,
        route: label(state.route),
        status: response.statusCode,
        ms,
      });
    });
    // HTTP/0.9 has no headers, hence no Host and no limits that we could name.
    if (target === undefined || request.httpVersionMajor !== 1) throw new HufuError('not_found');
    next();
  });

  for (const [path, routes] of byPath(options.routes, basePath)) {
    const served = new Map(routes.map((route) => [route.method, { route, limit: limitOf(route) }]));
    const allow = allowed(routes);
    app.all(path, async (request, response) => {
      const state = stateOf(states, request);
      const found = served.get(request.method === 'HEAD' ? 'GET' : (request.method as Method));
      const publicRoutes = routes.filter((route) => route.cors === 'public');
      if (request.method === 'OPTIONS' && publicRoutes.length > 0) return preflight(response, allowed(publicRoutes));
      if (found === undefined) {
        response.setHeader('Allow', allow);
        throw new HufuError('method_not_allowed');
      }
      state.route = found.route;
      if (found.route.cors === 'public') response.setHeaders(corsHeaders);
      await serve(found.route, found.limit, request, response, state);
    });
  }
  for (const mount of options.mounts ?? []) app.use(`${basePath}${mount.path}` || '/', mount.handler);
  app.use(() => {
    throw new HufuError('not_found');
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    refuse(error, request, response),
  );
  return app;

  async function serve(
    route: Route,
    limit: RateLimit | undefined,
    request: Request,
    response: Response,
    state: State,
  ): Promise<void> {
    const head = headOf(request, state);
    if (route.origin === 'same') checkOrigin(head, base.origin);
    if (route.rate?.key === 'ip') await limit?.take(addressKey(head.ip));
    const principal = await route.auth?.authenticate(head);
    if (principal !== undefined) state.principal = principal.id;
    const params = route.params === undefined ? {} : parseShape(route.params, { ...request.params }, 'path');
    const query = parseQuery(state.query, route.query);
    if (route.body === undefined && hasBody(request)) throw new HufuError('media_type');
    const body = route.body === undefined ? undefined : await readBody(request, route.body);
    const call: Call<unknown, unknown, unknown> = { ...head, params, query, body, principal };
    if (typeof route.rate?.key === 'function') await limit?.take(route.rate.key(call));
    sendReply(request, response, await route.handle(call));
  }

  function headOf(request: Request, state: State): RequestHead {
    return {
      method: request.method === 'HEAD' ? 'GET' : (request.method as Method),
      url: new URL(state.path + (state.query === '' ? '' : `?${state.query}`), base.origin),
      ip: addressOf(request, options.trustProxy ?? 0),
      requestId: state.requestId,
      header: (name) => oneHeader(request, name),
      cookie: (name) => findCookie(request.headers.cookie, name),
    };
  }

  async function refuse(thrown: unknown, request: Request, response: Response): Promise<void> {
    const state = stateOf(states, request);
    const route = label(state.route);
    let error = asRefusal(thrown);
    if (error.code === 'internal') {
      options.log.event('http.failed', { requestId: state.requestId, route, ...placeOf(thrown) });
    }
    try {
      const principal = state.principal === undefined ? {} : { principal: state.principal };
      await options.onRefusal?.({ code: error.code, route, requestId: state.requestId, ...principal });
    } catch {
      error = new HufuError('unavailable');
    }
    const wire: WireErrors = state.route?.wireErrors ?? problemErrors;
    const reply = refusalReply(error, wire, state.requestId);
    options.log.event('http.refused', { requestId: state.requestId, route, status: reply.status, code: error.code });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (!request.complete) response.setHeader('Connection', 'close');
    sendReply(request, response, reply);
  }
}

/** Express wants one handler per pattern, so that other methods on it are answered 405 and not 404. */
function byPath(routes: readonly Route[], basePath: string): Map<string, Route[]> {
  const found = new Map<string, Route[]>();
  for (const route of routes) {
    const path = route.place === 'well-known' ? `${route.path}${basePath}` : `${basePath}${route.path}`;
    const same = found.get(path) ?? [];
    if (same.some((other) => other.method === route.method))
      throw new TypeError(`route defined twice: ${route.method} ${path}`);
    found.set(path, [...same, route]);
  }
  return found;
}

function allowed(routes: readonly Route[]): string {
  return routes.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])).join(', ');
}

function preflight(response: ServerResponse, methods: string): void {
  response.setHeaders(corsHeaders).setHeaders(preflightHeaders).setHeader('Access-Control-Allow-Methods', methods);
  response.statusCode = 204;
  response.end();
}

function limitOf(route: Route): RateLimit | undefined {
  return route.rate === undefined ? undefined : createRateLimit(route.rate);
}

/** A page of another origin can send our cookies along, but not hide where it comes from (Fetch standard 3.2, Origin). */
function checkOrigin(head: RequestHead, origin: string): void {
  const site = head.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new HufuError('origin_refused');
  const sent = head.header('origin');
  if (sent !== undefined && sent !== origin) throw new HufuError('origin_refused');
  if (head.method !== 'GET' && sent === undefined) throw new HufuError('origin_refused');
}

function addressOf(request: IncomingMessage, proxies: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (proxies === 0) return peer;
  const chain = (oneHeader(request, 'x-forwarded-for') ?? '').split(',').map((part) => part.trim());
  return chain.at(-proxies) || peer;
}

function oneHeader(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name.toLowerCase()];
  return values?.length === 1 ? values[0] : undefined;
}

function asRefusal(thrown: unknown): HufuError {
  const error = asUnavailable(thrown);
  return error instanceof HufuError ? error : new HufuError('internal', { cause: error });
}

/** Class of the fault and the first place of ours in its stack. The message may quote input and stays out. */
function placeOf(thrown: unknown): { readonly kind: string; readonly place: string } {
  const cause = thrown instanceof HufuError ? (thrown.cause ?? thrown) : thrown;
  if (!(cause instanceof Error)) return { kind: typeof cause, place: '-' };
  const place = /\/((?:shared|issuer|verifier|wallet)\/[A-Za-z0-9/._-]+:\d+):\d+\)?$/m.exec(cause.stack ?? '')?.[1];
  return { kind: cause.constructor.name, place: place ?? '-' };
}

function label(route: Route | undefined): string {
  return route === undefined ? '-' : `${route.method} ${route.path}`;
}

function stateOf(states: WeakMap<IncomingMessage, State>, request: IncomingMessage): State {
  const state = states.get(request);
  if (state === undefined) throw new TypeError('a request came in past the first handler');
  return state;
}
