import { type Route, route } from '../../shared/server/routes.ts';
import { assertionResponse, ceremonyOptions, registrationResponse, type Sessions } from '../passkeys/index.ts';
import type { SignIn } from './sign-in.ts';
import * as wire from './wire.ts';

/** Passkeys in, sessions out. Each answer that opens a session sets a new cookie, whatever the browser had. */
export function signInRoutes(signIn: SignIn, sessions: Sessions): readonly Route[] {
  const shared = { tag: 'account', origin: 'same', wireErrors: wire.accountWire } as const;
  const rate = { points: 30, seconds: 60, key: 'ip' } as const;
  const begin = { type: 'json', schema: wire.nothing, maxBytes: 16 } as const;

  return [
    route({
      ...shared,
      rate,
      method: 'POST',
      path: '/account/api/passkeys/registration-options',
      summary: 'Begin a new account, or add a passkey to the one that is signed in',
      body: begin,
      replies: {
        200: { description: 'Options for navigator.credentials.create', schema: ceremonyOptions },
        401: { description: 'sign_in_again' },
      },
      handle: async (call) => ({ json: await signIn.registrationOptions(call) }),
    }),
    route({
      ...shared,
      rate,
      method: 'POST',
      path: '/account/api/passkeys',
      summary: 'Keep the passkey that was made; a new account is signed in',
      body: { type: 'json', schema: registrationResponse, maxBytes: 32_768 },
      replies: {
        204: { description: 'Kept; for a new account the session is in the cookie.' },
        401: { description: 'passkey_invalid, challenge_unknown, sign_in_again' },
      },
      handle: async (call) => {
        const token = await signIn.register(call, call.body);
        return token === undefined ? {} : { headers: { 'Set-Cookie': sessions.cookie(token) } };
      },
    }),
    route({
      ...shared,
      rate,
      method: 'POST',
      path: '/account/api/sign-in/options',
      summary: 'Begin a sign-in',
      body: begin,
      replies: { 200: { description: 'Options for navigator.credentials.get', schema: ceremonyOptions } },
      handle: async () => ({ json: await signIn.signInOptions() }),
    }),
    route({
      ...shared,
      rate,
      method: 'POST',
      path: '/account/api/sign-in',
      summary: 'Sign in with a passkey',
      body: { type: 'json', schema: assertionResponse, maxBytes: 16_384 },
      replies: {
        204: { description: 'Signed in; the session is in the cookie.' },
        401: { description: 'passkey_invalid, challenge_unknown' },
      },
      handle: async (call) => ({
        headers: { 'Set-Cookie': sessions.cookie(await signIn.signIn(call, call.body)) },
      }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/account/api/sign-out',
      summary: 'Sign out',
      replies: { 204: { description: 'Signed out.' } },
      handle: async (call) => {
        await signIn.signOut(call);
        return { headers: { 'Set-Cookie': sessions.cookie(undefined) } };
      },
    }),
  ];
}
