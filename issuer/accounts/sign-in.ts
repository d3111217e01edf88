import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { RequestHead } from '../../shared/server/routes.ts';
import {
  agentOf,
  type assertionResponse,
  type FailedTouch,
  networkOf,
  type Passkeys,
  type registrationResponse,
  type Sessions,
  type Touch,
} from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import * as store from './account-store.ts';
import { hasAlertSince } from './alert-store.ts';
import { raiseAlert } from './alerts.ts';

type Trx = Kysely<IssuerTables>;

export interface SignInDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly markAudited: (requestId: string) => void;
}

/** How long a device or network counts as known after it was last used. */
const knownSeconds = 90 * 86_400;
const manyFailures = 5;
const failureWindow = 900;
const failureQuiet = 3_600;

export interface SignIn {
  registrationOptions(head: RequestHead): Promise<object>;
  signInOptions(): Promise<object>;
  /** A new account, or one more passkey for the one that is signed in; a session token where it is new. */
  register(head: RequestHead, response: z.output<typeof registrationResponse>): Promise<string | undefined>;
  signIn(head: RequestHead, response: z.output<typeof assertionResponse>): Promise<string>;
  signOut(head: RequestHead): Promise<void>;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, clock, envelope, passkeys, sessions } = deps;

  /** Only comparable within one account: the same network of two people hashes differently. */
  function placeOf(head: RequestHead, accountId: string): string {
    return envelope.blindIndex('place', `${accountId} ${networkOf(head.ip)}`);
  }

  async function openSession(trx: Trx, head: RequestHead, touch: Touch): Promise<string> {
    const at = clock.now();
    const agent = agentOf(head.header('user-agent'));
    const placeHash = placeOf(head, touch.ownerId);
    await store.putSignIn(trx, {
      id: encodeBase64url(randomBytes(16)),
      account_id: touch.ownerId,
      outcome: 'done',
      passkey_id: touch.passkeyId,
      place_hash: placeHash,
      agent,
      at,
    });
    const former = head.cookie(sessions.cookieName);
    const { token, id } = await sessions.open(trx, { ...touch, placeHash, agent, former });
    await recordAudit(trx, { ...by(touch.ownerId, head), at, action: 'session.open', object: id, outcome: 'done' });
    return token;
  }

  async function warn(trx: Trx, head: RequestHead, touch: Touch): Promise<void> {
    const at = clock.now();
    const { ownerId: accountId, passkeyId } = touch;
    const agent = agentOf(head.header('user-agent'));
    const look = { accountId, passkeyId, agent, placeHash: placeOf(head, accountId), since: at - knownSeconds };
    const known = await store.knownFrom(trx, look);
    if (!known.device) await raiseAlert(trx, accountId, { kind: 'new_device', at, passkeyId, agent });
    else if (!known.place) await raiseAlert(trx, accountId, { kind: 'new_network', at, passkeyId, agent });
  }

  async function recordFailure(head: RequestHead, failed: FailedTouch | undefined, error: unknown): Promise<void> {
    const at = clock.now();
    const reason = codeOf(error);
    const accountId = failed?.ownerId;
    await db.transaction(async (trx) => {
      await recordAudit(trx, {
        ...by(accountId ?? 'anonymous', head),
        at,
        action: 'auth.fail',
        object: accountId ?? '-',
        outcome: 'refused',
        reason,
      });
      if (failed === undefined || accountId === undefined) return;
      const agent = agentOf(head.header('user-agent'));
      await store.putSignIn(trx, {
        id: encodeBase64url(randomBytes(16)),
        account_id: accountId,
        outcome: 'refused',
        passkey_id: failed.passkeyId,
        place_hash: placeOf(head, accountId),
        agent,
        at,
      });
      if ((await store.countRefused(trx, accountId, at - failureWindow)) < manyFailures) return;
      if (await hasAlertSince(trx, accountId, 'many_failures', at - failureQuiet)) return;
      await raiseAlert(trx, accountId, { kind: 'many_failures', at, agent });
    });
    deps.markAudited(head.requestId);
  }

  /** The account whose browser this is; nobody's browser is no error here. */
  async function signedIn(head: RequestHead): Promise<string | undefined> {
    const token = head.cookie(sessions.cookieName);
    if (token === undefined || (await sessions.find(token, false)) === undefined) return undefined;
    return (await sessions.requireFresh(head)).ownerId;
  }

  return {
    async registrationOptions(head) {
      const known = await signedIn(head);
      const id = known ?? encodeBase64url(randomBytes(16));
      return passkeys.registrationOptions({ id, name: `虎符 ${id.slice(0, 4)}` }, known === undefined ? 'new' : 'add');
    },

    signInOptions: () => passkeys.signInOptions(),

    async register(head, response) {
      const known = await signedIn(head);
      const agent = agentOf(head.header('user-agent'));
      return passkeys.verifyRegistration(response, { ownerId: known, agent }, async (trx, touch) => {
        const at = clock.now();
        const { ownerId, passkeyId } = touch;
        if (known === undefined) await store.putAccount(trx, ownerId, at);
        else if ((await store.findAccount(trx, ownerId)) === undefined) throw new HufuError('unauthenticated');
        const act = { ...by(ownerId, head), at, outcome: 'done' } as const;
        await recordAudit(trx, { ...act, action: 'passkey.add', object: passkeyId });
        if (known === undefined) return openSession(trx, head, touch);
        await raiseAlert(trx, ownerId, { kind: 'passkey_added', at, passkeyId, agent });
        return undefined;
      });
    },

    async signIn(head, response) {
      let failed: FailedTouch | undefined;
      try {
        return await passkeys.verifySignIn(
          response,
          async (trx, touch) => {
            if ((await store.findAccount(trx, touch.ownerId)) === undefined) throw new HufuError('passkey_invalid');
            await warn(trx, head, touch);
            return openSession(trx, head, touch);
          },
          async (seen) => {
            failed = seen;
          },
        );
      } catch (error) {
        const code = codeOf(error);
        if (code === 'passkey_invalid' || code === 'challenge_unknown') await recordFailure(head, failed, error);
        throw error;
      }
    },

    async signOut(head) {
      const token = head.cookie(sessions.cookieName);
      if (token === undefined) return;
      const at = clock.now();
      await db.transaction(async (trx) => {
        const ended = await sessions.end(trx, token);
        if (ended === undefined) return;
        const act = { ...by(ended.ownerId, head), at, action: 'session.end', outcome: 'done' } as const;
        await recordAudit(trx, { ...act, object: ended.id });
      });
    },
  };
}

function by(actor: string, head: RequestHead) {
  return { actor, role: 'holder', requestId: head.requestId } as const;
}
