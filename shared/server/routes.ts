/**
 * Routes as data: one definition is the parser, the guard and the documentation of an endpoint. `http.ts` serves the
 * list, `openapi.ts` describes it. Checks run in this order and the first that fails answers: path, method, origin,
 * rate by address, authentication, path parameters, query, body, rate by call; only then `handle`.
 */
import type { $ZodType } from 'zod/v4/core';
import type { JsonObject } from '../encoding/index.ts';
import type { WireErrors } from './wire.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Principal {
  /** An id we minted; goes into the audit trail. */
  readonly id: string;
  readonly roles: readonly string[];
}

/** What is known of a request before anything was parsed. */
export interface RequestHead {
  readonly method: Method;
  /** The public address of this request: base URL of the service plus path and query, whatever Host said. */
  readonly url: URL;
  /** The peer's address; X-Forwarded-For counts only where `trustProxy` says so. */
  readonly ip: string;
  readonly requestId: string;
  /** One header by name; undefined when absent or sent twice where once is the rule. */
  header(name: string): string | undefined;
  /** One cookie by name; undefined when absent or sent twice. */
  cookie(name: string): string | undefined;
}

export interface Call<B = undefined, Q = Record<string, never>, P = Record<string, never>> extends RequestHead {
  readonly body: B;
  readonly query: Q;
  readonly params: P;
  readonly principal: Principal | undefined;
}

export interface EventSender {
  /** One server-sent event; `data` is written as JSON. */
  send(name: string, data: unknown): void;
  end(): void;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Content type; by default from the kind of body. */
  readonly type?: string;
  /** Starts a stream of server-sent events; what it returns runs when the stream ends, whoever ends it. */
  readonly events?: (sender: EventSender) => () => void;
}

export interface AuthScheme {
  /** Name of the OpenAPI security scheme. */
  readonly name: string;
  readonly openapi: JsonObject;
  /** Throws `unauthenticated` or `forbidden`. */
  authenticate(head: RequestHead): Promise<Principal>;
}

export interface BodyRule<B> {
  /** `bytes`: a Uint8Array as it came, for images; whoever handles it judges what it is. */
  readonly type: 'json' | 'form' | 'text' | 'bytes';
  /**
   * Accepted media types; default application/json, application/x-www-form-urlencoded, text/plain or
   * application/octet-stream.
   */
  readonly media?: readonly string[];
  readonly schema: $ZodType<B>;
  /** Default 64 kB. */
  readonly maxBytes?: number;
}

export interface RateRule<B, Q, P> {
  readonly points: number;
  readonly seconds: number;
  /** `ip` is counted before authentication; a function counts after parsing. */
  readonly key: 'ip' | ((call: Call<B, Q, P>) => string);
}

export interface ReplyRule {
  readonly description: string;
  readonly schema?: $ZodType;
  readonly type?: string;
}

export interface RouteDefinition<B, Q, P> {
  readonly method: Method;
  /** `/admin/offers/:id`, below the path of the base URL. */
  readonly path: string;
  /** `well-known`: the base path is inserted behind the path instead of before it (RFC 8615, RFC 8414 3.1). */
  readonly place?: 'well-known';
  readonly summary: string;
  readonly tag: string;
  readonly auth?: AuthScheme;
  readonly body?: BodyRule<B>;
  /** Names it does not know are refused unless it is a loose object; so are all names where there is no schema. */
  readonly query?: $ZodType<Q>;
  readonly params?: $ZodType<P>;
  /** Request headers the route reads beside the usual ones, and what they are for; described, not judged. */
  readonly describedHeaders?: Readonly<Record<string, string>>;
  readonly replies: Readonly<Record<number, ReplyRule>>;
  /** `public`: any web page may call it, without cookies. */
  readonly cors?: 'public';
  /** `same`: only our own pages may call it; for every route that trusts a cookie. */
  readonly origin?: 'same';
  readonly wireErrors?: WireErrors;
  readonly rate?: RateRule<B, Q, P>;
  handle(call: Call<B, Q, P>): Promise<Reply>;
}

/** A route whose types have done their work. */
export type Route = RouteDefinition<unknown, unknown, unknown>;

/** Types of body, query and path parameters come from the schemas. */
export function route<B = undefined, Q = Record<string, never>, P = Record<string, never>>(
  definition: RouteDefinition<B, Q, P>,
): Route {
  // The schemas stand before `handle` and vouch for its parameter; the list of all routes cannot name their types.
  return definition as unknown as Route;
}
