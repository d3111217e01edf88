import * as z from 'zod/mini';
import type { AuthScheme, Reply, RequestHead, Route } from '../../shared/server/routes.ts';
import { route } from '../../shared/server/routes.ts';
import { closeSession, type DeskSessionDeps, findDemoDesk, findDeskByToken, openSession } from './desk-session.ts';
import type { AccessToken } from './store.ts';

export interface AccessRoutesOptions extends DeskSessionDeps {
  readonly desk: AuthScheme;
  readonly cookieName: string;
  readonly https: boolean;
  /** Trade name of the relying party, as its certificate has it. */
  readonly organisation: string;
}

const signIn = z.strictObject({ token: z.string().check(z.regex(/^hufu_desk_[A-Za-z0-9_-]{43}$/)) });
const session = z.object({ desk: z.string(), organisation: z.string() });
const welcome = z.object({ organisation: z.string(), demo: z.boolean() });

export function accessRoutes(options: AccessRoutesOptions): Route[] {
  async function opened(desk: AccessToken, head: RequestHead): Promise<Reply> {
    const id = await openSession(options, desk, { former: head.cookie(options.cookieName), requestId: head.requestId });
    return {
      headers: { 'Set-Cookie': cookie(options, id, options.rules.absolute) },
      json: { desk: desk.name, organisation: options.organisation },
    };
  }

  return [
    route({
      method: 'GET',
      path: '/api/desk',
      summary: 'What the desk page may say before anybody signed in',
      tag: 'desk',
      replies: { 200: { description: 'Trade name, and whether a demo desk may be opened.', schema: welcome } },
      handle: async () => ({ json: { organisation: options.organisation, demo: options.demoDesk !== undefined } }),
    }),
    route({
      method: 'POST',
      path: '/api/desk/session',
      summary: 'Open a desk with its token',
      tag: 'desk',
      origin: 'same',
      rate: { points: 10, seconds: 60, key: 'ip' },
      body: { type: 'json', schema: signIn, maxBytes: 1_024 },
      replies: { 200: { description: 'Open; the session is in the cookie.', schema: session } },
      handle: async (call) => opened(await findDeskByToken(options, call.body.token), call),
    }),
    route({
      method: 'POST',
      path: '/api/desk/demo-session',
      summary: 'Open the demo desk, where there is one',
      tag: 'desk',
      origin: 'same',
      rate: { points: 60, seconds: 60, key: 'ip' },
      replies: { 200: { description: 'Open; the session is in the cookie.', schema: session } },
      handle: async (call) => opened(await findDemoDesk(options), call),
    }),
    route({
      method: 'DELETE',
      path: '/api/desk/session',
      summary: 'Close the desk',
      tag: 'desk',
      auth: options.desk,
      replies: { 204: { description: 'Closed.' } },
      handle: async (call) => {
        const id = call.cookie(options.cookieName);
        if (id !== undefined) {
          await closeSession(options, { id, deskId: call.principal?.id ?? '-', requestId: call.requestId });
        }
        return { headers: { 'Set-Cookie': cookie(options, '', 0) } };
      },
    }),
  ];
}

function cookie(options: AccessRoutesOptions, value: string, maxAge: number): string {
  const secure = options.https ? '; Secure' : '';
  return `${options.cookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}
