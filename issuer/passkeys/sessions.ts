import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { AuthScheme, RequestHead } from '../../shared/server/routes.ts';
import type { IssuerTables } from '../tables.ts';
import * as store from './session-store.ts';
import type { OwnerKind } from './tables.ts';

type Trx = Kysely<IssuerTables>;

export interface SessionRules {
  /** Seconds without a human act after which a session ends. */
  readonly idle: number;
  /** Seconds after which it ends whatever happens. */
  readonly absolute: number;
}

/** NIST SP 800-63B-4 2.2.3, AAL2; staff by NC-077. */
export const sessionRules: Readonly<Record<OwnerKind, SessionRules>> = {
  holder: { idle: 3_600, absolute: 86_400 },
  staff: { idle: 900, absolute: 43_200 },
};

/** For acts that a borrowed browser must not be able to do: the passkey was touched this recently. */
export const freshSeconds = 300;

export interface Session {
  readonly id: string;
  readonly ownerId: string;
  readonly passkeyId: string;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly placeHash: string;
  readonly agent: string;
}

export interface NewSession {
  readonly ownerId: string;
  readonly passkeyId: string;
  readonly placeHash: string;
  readonly agent: string;
  /** What the browser brought along: it ends, whoever it was of, and is never used again (NC-077, fixation). */
  readonly former: string | undefined;
}

export interface Sessions {
  /** A new token, always; shown to the browser once, kept as a hash. */
  open(trx: Trx, session: NewSession): Promise<{ readonly token: string; readonly id: string }>;
  /** The same session under a new token; the old one is refused from now on. Refused: `unauthenticated`. */
  rotate(trx: Trx, token: string): Promise<string>;
  /** Undefined: none, ended, too long idle, too old, or its passkey was removed. `touch`: a person acted. */
  find(token: string, touch: boolean): Promise<Session | undefined>;
  /** The session of a request that passed `sessionAuth`. Refused: `unauthenticated`. */
  current(head: RequestHead): Promise<Session>;
  /** The same, with a passkey touch of the last five minutes. Refused: `unauthenticated`, `sign_in_again`. */
  requireFresh(head: RequestHead): Promise<Session>;
  end(trx: Trx, token: string): Promise<Session | undefined>;
  /** One of the owner's own. Refused: `not_found`. */
  endOne(trx: Trx, ownerId: string, id: string): Promise<void>;
  endAll(trx: Trx, ownerId: string, except?: { readonly id: string }): Promise<number>;
  endOfPasskey(trx: Trx, ownerId: string, passkeyId: string): Promise<number>;
  list(ownerId: string): Promise<readonly Session[]>;
  /** Value for Set-Cookie that gives this token to the browser, or takes it away. */
  cookie(token: string | undefined): string;
  sweep(trx: Trx): Promise<number>;
  readonly cookieName: string;
}

export interface SessionsOptions {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly kind: OwnerKind;
  /** Without prefix; on https it becomes `__Host-<name>`, which a browser takes from this very host only. */
  readonly cookieName: string;
  readonly https: boolean;
  readonly rules: SessionRules;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { db, clock, kind, rules, https } = options;
  const cookieName = https ? `__Host-${options.cookieName}` : options.cookieName;

  async function find(token: string, touch: boolean): Promise<Session | undefined> {
    const look = { tokenHash: bearerHash(token), kind, now: clock.now(), idle: rules.idle, touch };
    const row = await store.findSession(db.kysely, look);
    return row && view(row);
  }

  async function current(head: RequestHead): Promise<Session> {
    const token = head.cookie(cookieName);
    const found = token === undefined ? undefined : await find(token, false);
    if (found === undefined) throw new HufuError('unauthenticated');
    return found;
  }

  return {
    cookieName,
    find,
    current,

    async requireFresh(head) {
      const session = await current(head);
      if (session.createdAt <= clock.now() - freshSeconds) throw new HufuError('sign_in_again');
      return session;
    },

    async open(trx, session) {
      if (session.former !== undefined) await store.endSession(trx, kind, bearerHash(session.former));
      const token = newToken();
      const id = encodeBase64url(randomBytes(16));
      const now = clock.now();
      await store.putSession(trx, {
        token_hash: bearerHash(token),
        id,
        owner_kind: kind,
        owner_id: session.ownerId,
        passkey_id: session.passkeyId,
        created_at: now,
        seen_at: now,
        expires_at: now + rules.absolute,
        place_hash: session.placeHash,
        agent: session.agent,
      });
      return { token, id };
    },

    async rotate(trx, token) {
      const former = await store.endSession(trx, kind, bearerHash(token));
      const now = clock.now();
      if (former === undefined || former.expires_at <= now || former.seen_at <= now - rules.idle)
        throw new HufuError('unauthenticated');
      const next = newToken();
      await store.putSession(trx, { ...former, token_hash: bearerHash(next), seen_at: now });
      return next;
    },

    async end(trx, token) {
      const row = await store.endSession(trx, kind, bearerHash(token));
      return row && view(row);
    },

    async endOne(trx, ownerId, id) {
      const ended = await store.endSessionsOf(trx, { kind, ownerId, id });
      if (ended.length === 0) throw new HufuError('not_found');
    },

    endAll: async (trx, ownerId, except) =>
      (await store.endSessionsOf(trx, { kind, ownerId, ...(except !== undefined && { exceptId: except.id }) })).length,

    endOfPasskey: async (trx, ownerId, passkeyId) =>
      (await store.endSessionsOf(trx, { kind, ownerId, passkeyId })).length,

    list: async (ownerId) =>
      (await store.sessionsOf(db.kysely, { kind, ownerId, now: clock.now(), idle: rules.idle })).map(view),

    cookie(token) {
      const maxAge = token === undefined ? 0 : rules.absolute;
      const secure = https ? '; Secure' : '';
      return `${cookieName}=${token ?? ''}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
    },

    sweep: (trx) => store.sweepSessions(trx, kind, clock.now(), rules.idle),
  };
}

export interface SessionAuthOptions {
  readonly sessions: Sessions;
  /** Name of the OpenAPI security scheme: `account`, `console`. */
  readonly name: string;
  readonly description: string;
  /** Roles the owner has now; undefined: there is no such owner any more. */
  readonly rolesOf: (ownerId: string) => Promise<readonly string[] | undefined>;
  /** Any one of these is enough; without it every owner may pass. */
  readonly allowed?: readonly string[];
  /** Whether a person acted, which alone keeps a session awake; by default whatever is not a GET. */
  readonly isHumanAct?: (head: RequestHead) => boolean;
}

/**
 * Guard by session cookie. A cookie comes along by itself, so every route with this guard also says `origin: 'same'`.
 * Refused: `unauthenticated` (no session, ended, idle, too old), `forbidden` (without the role).
 */
export function sessionAuth(options: SessionAuthOptions): AuthScheme {
  const { sessions, allowed } = options;
  return {
    name: options.name,
    openapi: { type: 'apiKey', in: 'cookie', name: sessions.cookieName, description: options.description },
    async authenticate(head) {
      const token = head.cookie(sessions.cookieName);
      const isHumanAct = options.isHumanAct?.(head) ?? head.method !== 'GET';
      const session = token === undefined ? undefined : await sessions.find(token, isHumanAct);
      const roles = session && (await options.rolesOf(session.ownerId));
      if (session === undefined || roles === undefined) throw new HufuError('unauthenticated');
      if (allowed !== undefined && !allowed.some((role) => roles.includes(role))) throw new HufuError('forbidden');
      return { id: session.ownerId, roles };
    },
  };
}

function newToken(): string {
  return encodeBase64url(randomBytes(32));
}

function view(row: store.SessionRow): Session {
  return {
    id: row.id,
    ownerId: row.owner_id,
    passkeyId: row.passkey_id,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    placeHash: row.place_hash,
    agent: row.agent,
  };
}
