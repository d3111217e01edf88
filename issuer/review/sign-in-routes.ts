import { type Route, route } from '../../shared/server/routes.ts';
import { ceremonyOptions, type Sessions } from '../passkeys/index.ts';
import type { StaffSignIn } from './sign-in.ts';
import * as wire from './wire.ts';

/** In by a passkey alone; the first one by a one-time link. */
export function staffSignInRoutes(signIn: StaffSignIn, sessions: Sessions): readonly Route[] {
  const shared = {
    tag: 'console',
    origin: 'same',
    wireErrors: wire.consoleWire,
    rate: { points: 30, seconds: 60, key: 'ip' },
  } as const;
  const entered = {
    204: { description: 'Signed in; the session is in the cookie.' },
    401: { description: 'passkey_invalid, challenge_unknown' },
  };
  const enter = (token: string) => ({ headers: { 'Set-Cookie': sessions.cookie(token) } });

  return [
    route({
      ...shared,
      method: 'POST',
      path: '/console/api/invite/options',
      summary: 'Begin the first passkey, with the word of a one-time link',
      body: { type: 'json', schema: wire.inviteRequest, maxBytes: 256 },
      replies: {
        200: { description: 'Options for navigator.credentials.create', schema: ceremonyOptions },
        401: { description: 'challenge_unknown: the link is not good, or not any more' },
      },
      handle: async (call) => ({ json: await signIn.inviteOptions(call.body.token) }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/console/api/invite',
      summary: 'Keep the first passkey; the link is used up',
      body: { type: 'json', schema: wire.acceptRequest, maxBytes: 32_768 },
      replies: entered,
      handle: async (call) => enter(await signIn.acceptInvite(call, call.body.token, call.body.passkey)),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/console/api/sign-in/options',
      summary: 'Begin a sign-in',
      body: { type: 'json', schema: wire.nothing, maxBytes: 16 },
      replies: { 200: { description: 'Options for navigator.credentials.get', schema: ceremonyOptions } },
      handle: async () => ({ json: await signIn.signInOptions() }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/console/api/sign-in',
      summary: 'Sign in with a passkey',
      body: { type: 'json', schema: wire.signInRequest, maxBytes: 16_384 },
      replies: entered,
      handle: async (call) => enter(await signIn.signIn(call, call.body)),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/console/api/sign-out',
      summary: 'Sign out',
      replies: { 204: { description: 'Signed out.' } },
      handle: async (call) => {
        await signIn.signOut(call);
        return { headers: { 'Set-Cookie': sessions.cookie(undefined) } };
      },
    }),
  ];
}
