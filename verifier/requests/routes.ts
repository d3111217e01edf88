import * as z from 'zod/mini';
import { HufuError } from '../../shared/errors.ts';
import {
  type AuthScheme,
  type Call,
  type Principal,
  type RequestHead,
  type Route,
  route,
} from '../../shared/server/routes.ts';
import { findTokenById, isDesk } from '../access/index.ts';
import { cancelRequest } from './cancel-request.ts';
import { requestContext } from './context.ts';
import { type Caller, createRequest, type OpenedRequest, renewLink } from './create-request.ts';
import type { RequestDeps } from './deps.ts';
import { type Reader, type RequestView, readRequest, requestStatuses } from './read-request.ts';
import { redeemResponseCode } from './redeem-code.ts';
import { evidence } from './result.ts';
import { watchRequest } from './watch-request.ts';
import { apiErrors } from './wire.ts';

/** The cookie of the browser that started a same-device request; a relying party passes it on. */
export const transactionCookie = 'hufu-transaction';

/** 128 bits in base64url. */
export const requestId = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/));
const idParams = z.object({ id: requestId });

const newRequest = z.strictObject({
  scene: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,31}$/)),
  device: z.enum(['cross', 'same']),
  context: z._default(requestContext, {}),
  return_url: z.optional(z.string().check(z.maxLength(1_024))),
});
const codeBody = z.strictObject({ response_code: z.string().check(z.regex(/^[A-Za-z0-9_-]{32}$/)) });

const opened = z.object({
  id: z.string(),
  qr: z.string(),
  same_device_link: z.string(),
  fetch_until: z.int(),
});
export const requestViewSchema = z.object({
  id: z.string(),
  scene: z.string(),
  device: z.enum(['cross', 'same']),
  context: requestContext,
  status: z.enum(requestStatuses),
  verdict: z.optional(z.enum(['accepted', 'refused', 'undetermined'])),
  /** A code of shared/errors.ts. */
  reason: z.optional(z.string()),
  created_at: z.int(),
  expires_at: z.int(),
  match_tries: z.int(),
  result: z.optional(
    z.object({
      claims: z.record(z.string(), z.unknown()),
      evidence,
      has_picture: z.boolean(),
      age: z.optional(z.int()),
    }),
  ),
});

export interface RequestRoutesOptions {
  readonly deps: RequestDeps;
  readonly caller: AuthScheme;
  readonly https: boolean;
}

export function requestRoutes({ deps, caller, https }: RequestRoutesOptions): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/requests',
      summary: 'Ask for a presentation',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      rate: { points: 120, seconds: 60, key: (call) => call.principal?.id ?? '-' },
      body: { type: 'json', schema: newRequest, maxBytes: 4_096 },
      replies: { 201: { description: 'The request and its first link.', schema: opened } },
      handle: async (call) => {
        const { scene, device, context, return_url: returnUrl } = call.body;
        const asker = await callerOf(deps, call, returnUrl);
        const request = await createRequest(deps, asker, { scene, device, context, returnUrl });
        return {
          status: 201,
          json: openedView(request),
          headers: transactionHeader(request, https, deps.times.renewFor),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/requests/:id/renew',
      summary: 'A fresh link for an open request',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      rate: { points: 120, seconds: 60, key: (call) => call.principal?.id ?? '-' },
      params: idParams,
      replies: {
        200: { description: 'The link to show from now on.', schema: opened },
        409: { description: 'Answered, or open for too long.' },
      },
      handle: async (call) => ({ json: openedView(await renewLink(deps, await callerOf(deps, call), call.params.id)) }),
    }),
    route({
      method: 'GET',
      path: '/api/requests/:id',
      summary: 'How a request stands, and its result once it is accepted',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: { 200: { description: 'The request.', schema: requestViewSchema } },
      handle: async (call) => ({ json: requestView(await readRequest(deps, createReader(call), call.params.id)) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/requests/:id',
      summary: 'Give up a request and whatever it has brought',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: { 204: { description: 'Over.' }, 409: { description: 'Over already.' } },
      handle: async (call) => {
        await cancelRequest(deps, createReader(call), { id: call.params.id, requestId: call.requestId });
        return {};
      },
    }),
    route({
      method: 'GET',
      path: '/api/requests/:id/events',
      summary: 'Server-sent events: `status` whenever it changes',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: { 200: { description: 'A stream of { status }.', type: 'text/event-stream' } },
      handle: async (call) => {
        await readRequest(deps, createReader(call), call.params.id);
        const checkReader = () => caller.authenticate(call);
        return { events: watchRequest(deps, { id: call.params.id, owner: principalOf(call).id, checkReader }) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/requests/:id/code',
      summary: 'Same device: the browser came back with its response_code',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      rate: { points: 60, seconds: 60, key: (call) => call.principal?.id ?? '-' },
      params: idParams,
      body: { type: 'json', schema: codeBody, maxBytes: 1_024 },
      replies: { 200: { description: 'The request, its result open from now on.', schema: requestViewSchema } },
      handle: async (call) => {
        const redeemed = { id: call.params.id, code: call.body.response_code, requestId: call.requestId };
        return { json: requestView(await redeemResponseCode(deps, createReader(call), redeemed)) };
      },
    }),
  ];
}

export function createReader(call: RequestHead & { readonly principal: Principal | undefined }): Reader {
  const principal = principalOf(call);
  return { principal, isDesk: isDesk(principal), session: call.cookie(transactionCookie) };
}

function principalOf(call: { readonly principal: Principal | undefined }): Principal {
  if (call.principal === undefined) throw new HufuError('unauthenticated');
  return call.principal;
}

/** Its origins are looked up only where there is an address to hold against them: who has none may return nowhere. */
async function callerOf(
  deps: RequestDeps,
  call: Pick<Call, 'principal' | 'requestId'>,
  returnUrl?: string,
): Promise<Caller> {
  const principal = principalOf(call);
  const token = returnUrl === undefined ? undefined : await findTokenById(deps.db.kysely, principal.id);
  return { ...principal, returnOrigins: token?.returnOrigins ?? [], requestId: call.requestId };
}

function openedView(request: OpenedRequest) {
  return { id: request.id, qr: request.qr, same_device_link: request.sameDevice, fetch_until: request.fetchUntil };
}

/** Lax: the browser comes back from the wallet's origin by a link. */
function transactionHeader(request: OpenedRequest, https: boolean, maxAge: number): Record<string, string> {
  if (request.session === undefined) return {};
  const secure = https ? '; Secure' : '';
  const cookie = `${transactionCookie}=${request.session}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
  return { 'Set-Cookie': cookie };
}

export function requestView(view: RequestView): z.input<typeof requestViewSchema> {
  return {
    id: view.id,
    scene: view.scene,
    device: view.device,
    context: view.context,
    status: view.status,
    ...(view.verdict === undefined ? {} : { verdict: view.verdict }),
    ...(view.reason === undefined ? {} : { reason: view.reason }),
    created_at: view.createdAt,
    expires_at: view.expiresAt,
    match_tries: view.matchTries,
    ...(view.result === undefined
      ? {}
      : {
          result: {
            claims: view.result.claims,
            evidence: view.result.evidence,
            has_picture: view.result.hasPicture,
            ...(view.result.age === undefined ? {} : { age: view.result.age }),
          },
        }),
  };
}
