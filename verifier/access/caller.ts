import type { Clock } from '../../shared/clock.ts';
import { HufuError } from '../../shared/errors.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { AuthScheme, Principal, RequestHead } from '../../shared/server/routes.ts';
import type { VerifierTables } from '../tables.ts';
import { type AccessToken, findSession, findTokenByHash, type SessionRules } from './store.ts';

export const tokenPrefixes = { 'relying-party': 'hufu_rp_', desk: 'hufu_desk_' } as const;

const bearerShape = /^Bearer (hufu_rp_[A-Za-z0-9_-]{43})$/;

export interface CallerAuthOptions {
  readonly db: Database<VerifierTables>;
  readonly clock: Clock;
  readonly rules: SessionRules;
  readonly cookieName: string;
  /** Origin of our own pages. */
  readonly origin: string;
}

/** Who may speak to the API: a relying party's program with its token, or a desk's browser with its session. */
export function callerAuth(options: CallerAuthOptions): AuthScheme {
  return {
    name: 'relyingPartyToken',
    openapi: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'hufu_rp_...',
      description: 'Made by `npm run verifier:token`. The desk page sends its session cookie instead.',
    },
    authenticate: async (head) => {
      const authorization = head.header('authorization');
      return principalOf(
        await (authorization === undefined ? findDesk(head, options) : findProgram(authorization, options)),
      );
    },
  };
}

/** Only a desk's session will do. */
export function deskAuth(options: CallerAuthOptions): AuthScheme {
  return {
    name: 'deskSession',
    openapi: { type: 'apiKey', in: 'cookie', name: options.cookieName, description: 'Session of the desk page.' },
    authenticate: async (head) => principalOf(await findDesk(head, options)),
  };
}

export function isDesk(principal: Principal): boolean {
  return principal.roles.includes('desk');
}

function principalOf(caller: AccessToken | undefined): Principal {
  if (caller === undefined) throw new HufuError('unauthenticated');
  return { id: caller.id, roles: [caller.kind] };
}

async function findProgram(authorization: string, options: CallerAuthOptions): Promise<AccessToken | undefined> {
  const token = bearerShape.exec(authorization)?.[1];
  return token === undefined ? undefined : findTokenByHash(options.db.kysely, bearerHash(token));
}

/** A cookie comes along by itself, so whoever trusts it must know that the call comes from our own page. */
async function findDesk(head: RequestHead, options: CallerAuthOptions): Promise<AccessToken | undefined> {
  const session = head.cookie(options.cookieName);
  if (session === undefined) return undefined;
  checkOrigin(head, options.origin);
  return findSession(options.db.kysely, {
    sessionHash: bearerHash(session),
    now: options.clock.now(),
    touch: isHumanAct(head),
    rules: options.rules,
  });
}

function checkOrigin(head: RequestHead, origin: string): void {
  const site = head.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new HufuError('origin_refused');
  const sent = head.header('origin');
  if (sent !== undefined ? sent !== origin : head.method !== 'GET') throw new HufuError('origin_refused');
}

/** The page looks and renews its code by itself; a desk that nobody touches must fall asleep all the same. */
function isHumanAct(head: RequestHead): boolean {
  return head.method !== 'GET' && !head.url.pathname.endsWith('/renew');
}
