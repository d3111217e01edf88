import * as z from 'zod/mini';
import {
  type Code,
  coreCodes,
  credentialCodes,
  protocolCodes,
  registerCodes,
  serverCodes,
  walletCodes,
} from '../../shared/errors.ts';
import { directPostForm } from '../../shared/oid4vp/index.ts';
import { type AuthScheme, type Route, route } from '../../shared/server/routes.ts';
import { each, problemTable, type WireError, type WireErrors } from '../../shared/server/wire.ts';
import { apiErrors, createReader, readRequest, requestId, requestView, requestViewSchema } from '../requests/index.ts';
import { checkMatchNumber } from './match-number.ts';
import { outcomeOf } from './outcome.ts';
import { type ReceiveDeps, receiveResponse } from './receive-response.ts';
import { readPicture, revealNumber } from './reveal.ts';

const refused: WireError = { status: 400, error: 'invalid_request', description: 'The response was not accepted.' };
const undetermined: WireError = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'The response could not be checked. Try again.',
  headers: { 'Retry-After': '5' },
};

/** To a wallet every refusal looks the same; why goes to the relying party alone (house: three-valued outcome). */
function responseErrors(): WireErrors {
  const codes: readonly Code[] = [
    ...coreCodes,
    ...credentialCodes,
    ...protocolCodes,
    ...registerCodes,
    ...serverCodes,
    ...walletCodes,
  ];
  const unchecked = codes.filter((code) => outcomeOf(code) === 'undetermined');
  const { unavailable, internal, integrity, rate_limited, body_too_large, media_type } = problemTable;
  return {
    style: 'oauth',
    table: {
      ...problemTable,
      ...each(codes, refused),
      ...each(unchecked, undetermined),
      ...{ unavailable, internal, integrity, rate_limited, body_too_large, media_type },
    },
  };
}

const ridParams = z.object({ rid: requestId });
const idParams = z.object({ id: requestId });
const taken = z.object({ redirect_uri: z.optional(z.string()) });
const matchBody = z.strictObject({ match_number: z.string().check(z.regex(/^[0-9]{2}$/)) });
const number = z.object({ personal_administrative_number: z.string() });

export interface PresentationRoutesOptions {
  readonly deps: ReceiveDeps;
  readonly caller: AuthScheme;
}

/** response_uri, for wallets: OpenID4VP 1.0 8.2, 8.3. */
export function responseRoute(deps: ReceiveDeps): Route {
  return route({
    method: 'POST',
    path: '/response/:rid',
    summary: 'The answer to a request: a JWE in `response`, or an error',
    tag: 'wallet',
    cors: 'public',
    wireErrors: responseErrors(),
    rate: { points: 240, seconds: 60, key: 'ip' },
    params: ridParams,
    body: { type: 'form', schema: directPostForm, maxBytes: 262_144 },
    replies: {
      200: { description: 'Taken; go on at redirect_uri where there is one.', schema: taken },
      400: { description: 'Not accepted.' },
      503: { description: 'Could not be checked; the same answer may be sent again.' },
    },
    handle: async (call) => {
      const { redirectUri } = await receiveResponse(deps, call.params.rid, call.body, call.requestId);
      return { json: redirectUri === undefined ? {} : { redirect_uri: redirectUri } };
    },
  });
}

/** What a clerk does with an answer before it is completed. */
export function presentationRoutes({ deps, caller }: PresentationRoutesOptions): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/requests/:id/match',
      summary: 'The two digits from the guest’s phone; three tries',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      body: { type: 'json', schema: matchBody, maxBytes: 1_024 },
      replies: {
        200: { description: 'The request as it stands now.', schema: requestViewSchema },
        409: { description: 'Nothing waits for a number.' },
      },
      handle: async (call) => {
        const reader = createReader(call);
        const typed = { id: call.params.id, number: call.body.match_number, requestId: call.requestId };
        await checkMatchNumber(deps, reader, typed);
        return { json: requestView(await readRequest(deps, reader, call.params.id)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/requests/:id/reveal',
      summary: 'The whole identity number; every look is on record',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: { 200: { description: 'The number.', schema: number }, 409: { description: 'Nothing to show.' } },
      handle: async (call) => {
        const look = { id: call.params.id, requestId: call.requestId };
        return { json: { personal_administrative_number: await revealNumber(deps, createReader(call), look) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/requests/:id/picture',
      summary: 'The portrait, until the request is completed or rejected',
      tag: 'requests',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: { 200: { description: 'JPEG.', type: 'image/jpeg' }, 409: { description: 'Nothing to show.' } },
      handle: async (call) => {
        const look = { id: call.params.id, requestId: call.requestId };
        return { bytes: await readPicture(deps, createReader(call), look), type: 'image/jpeg' };
      },
    }),
  ];
}
