import * as z from 'zod/mini';
import { codeOf } from '../../shared/errors.ts';
import type { AuthScheme, Reply, RequestHead, Route } from '../../shared/server/routes.ts';
import { route } from '../../shared/server/routes.ts';
import { closeSession, type DeskSessionDeps, findDemoDesk, findDeskByToken, openSession } from './desk-session.ts';
import { type AccessToken, findTokenById } from './store.ts';

export interface AccessRoutesOptions extends DeskSessionDeps {
  readonly desk: AuthScheme;
  readonly cookieName: string;
  readonly https: boolean;
  /** Trade name of the relying party, as its certificate has it. */
  readonly organisation: string;
}

const signIn = z.strictObject({ token: z.string().check(z.regex(/^hufu_desk_[A-Za-z0-9_-]{43}$/)) });
const session = z.object({ desk: z.string(), organisation: z.string() });
const welcome = z.object({ organisation: z.string(), demo: z.boolean(), desk: z.optional(z.string()) });

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
      summary: 'What the desk page may say to anybody, and which desk this browser has open',
      tag: 'desk',
      replies: {
        200: { description: 'Trade name, whether a demo desk may be opened, the open desk.', schema: welcome },
      },
      handle: async (call) => {
        const desk = await findOpenDesk(options, call);
        const { organisation, demoDesk } = options;
        return {
          json: { organisation, demo: demoDesk !== undefined, ...(desk === undefined ? {} : { desk: desk.name }) },
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/desk/session',
      summary: 'Open a desk with its token',
      tag: 'desk',
      origin: 'same',
      rate: { points: 20, seconds: 60, key: 'ip' },
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

/** The desk this browser has open; nobody's browser is no error here. */
async function findOpenDesk(options: AccessRoutesOptions, head: RequestHead): Promise<AccessToken | undefined> {
  if (head.cookie(options.cookieName) === undefined) return undefined;
  try {
    const { id } = await options.desk.authenticate(head);
    return await findTokenById(options.db.kysely, id);
  } catch (error) {
    if (codeOf(error) === 'unauthenticated') return undefined;
    throw error;
  }
}

function cookie(options: AccessRoutesOptions, value: string, maxAge: number): string {
  const secure = options.https ? '; Secure' : '';
  return `${options.cookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}
