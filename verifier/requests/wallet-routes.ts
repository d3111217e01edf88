import * as z from 'zod/mini';
import { parseJsonObject } from '../../shared/encoding/index.ts';
import { requestUriForm } from '../../shared/oid4vp/index.ts';
import { type Reply, type Route, route } from '../../shared/server/routes.ts';
import type { RequestDeps } from './deps.ts';
import { requestId } from './routes.ts';
import { serveRequest } from './serve-request.ts';
import { walletErrors } from './wire.ts';

const mediaType = 'application/oauth-authz-req+jwt';
const ridParams = z.object({ rid: requestId });
const found = { description: 'The signed request object.', type: mediaType } as const;
const gone = { description: 'The code has expired or was answered: show a new one.' } as const;

/** request_uri, for wallets: OpenID4VP 1.0 5.10 (GET) and 5.10.1 (POST). */
export function walletRequestRoutes(deps: RequestDeps): Route[] {
  const common = { tag: 'wallet', params: ridParams, cors: 'public', wireErrors: walletErrors } as const;
  const rate = { points: 240, seconds: 60, key: 'ip' } as const;
  return [
    route({
      ...common,
      method: 'GET',
      path: '/request/:rid',
      summary: 'The request object behind a code',
      rate,
      replies: { 200: found, 404: { description: 'Unknown.' }, 410: gone },
      handle: async (call) =>
        jwtReply(await serveRequest(deps, call.params.rid, { walletNonce: undefined, requestId: call.requestId })),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/request/:rid',
      summary: 'The same, with a nonce of the wallet inside',
      rate,
      body: { type: 'form', schema: requestUriForm, maxBytes: 32_768 },
      replies: { 200: found, 404: { description: 'Unknown.' }, 410: gone },
      handle: async (call) => {
        // Our request fits every wallet that speaks OpenID4VP 1.0; its metadata need only be what it says it is.
        if (call.body.wallet_metadata !== undefined) parseJsonObject(call.body.wallet_metadata, {}, 'wallet_metadata');
        const fetch = { walletNonce: call.body.wallet_nonce, requestId: call.requestId };
        return jwtReply(await serveRequest(deps, call.params.rid, fetch));
      },
    }),
  ];
}

function jwtReply(text: string): Reply {
  return { text, type: mediaType };
}
