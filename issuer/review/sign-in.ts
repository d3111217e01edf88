import type { Kysely } from 'kysely';
import type * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { RequestHead } from '../../shared/server/routes.ts';
import {
  agentOf,
  type assertionResponse,
  networkOf,
  type Passkeys,
  type registrationResponse,
  type Sessions,
  type Touch,
} from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import { findInvite, findStaff, takeInvite } from './staff-store.ts';

export interface StaffSignInDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly markAudited: (requestId: string) => void;
}

export interface StaffSignIn {
  /** Refused: `challenge_unknown` (a link that is not good, or not any more). */
  inviteOptions(token: string): Promise<object>;
  /** The first passkey; the link is used up with it. A session token. */
  acceptInvite(head: RequestHead, token: string, response: z.output<typeof registrationResponse>): Promise<string>;
  signInOptions(): Promise<object>;
  signIn(head: RequestHead, response: z.output<typeof assertionResponse>): Promise<string>;
  signOut(head: RequestHead): Promise<void>;
}

export function createStaffSignIn(deps: StaffSignInDeps): StaffSignIn {
  const { db, clock, envelope, passkeys, sessions } = deps;

  async function openSession(trx: Kysely<IssuerTables>, head: RequestHead, touch: Touch): Promise<string> {
    const placeHash = envelope.blindIndex('place', `${touch.ownerId} ${networkOf(head.ip)}`);
    const agent = agentOf(head.header('user-agent'));
    const former = head.cookie(sessions.cookieName);
    const { token, id } = await sessions.open(trx, { ...touch, placeHash, agent, former });
    await recordAudit(trx, { ...by(touch.ownerId, head), action: 'session.open', object: id, outcome: 'done' });
    return token;
  }

  const by = (actor: string, head: RequestHead) =>
    ({ at: clock.now(), actor, role: 'staff', requestId: head.requestId }) as const;

  /** Every attempt that failed is on record, with whose passkey it was if it is one of ours. */
  async function recorded<R>(head: RequestHead, attempt: (seen: (ownerId: string) => void) => Promise<R>): Promise<R> {
    let owner: string | undefined;
    try {
      return await attempt((ownerId) => {
        owner = ownerId;
      });
    } catch (error) {
      const reason = codeOf(error);
      if (reason !== 'passkey_invalid' && reason !== 'challenge_unknown') throw error;
      const entry = { ...by(owner ?? 'anonymous', head), action: 'auth.fail', object: owner ?? '-', reason } as const;
      await db.transaction((trx) => recordAudit(trx, { ...entry, outcome: 'refused' }));
      deps.markAudited(head.requestId);
      throw error;
    }
  }

  return {
    async inviteOptions(token) {
      const staff = await findInvite(db.kysely, bearerHash(token), clock.now());
      if (staff === undefined) throw new HufuError('challenge_unknown');
      return passkeys.registrationOptions({ id: staff.id, name: staff.name }, 'new');
    },

    acceptInvite: (head, token, response) =>
      recorded(head, () =>
        passkeys.verifyRegistration(
          response,
          { ownerId: undefined, agent: agentOf(head.header('user-agent')) },
          async (trx, touch) => {
            const taken = { tokenHash: bearerHash(token), staffId: touch.ownerId, now: clock.now() };
            if (!(await takeInvite(trx, taken))) throw new HufuError('challenge_unknown');
            if ((await findStaff(trx, touch.ownerId)) === undefined) throw new HufuError('challenge_unknown');
            const act = { ...by(touch.ownerId, head), action: 'passkey.add', outcome: 'done' } as const;
            await recordAudit(trx, { ...act, object: touch.passkeyId });
            return openSession(trx, head, touch);
          },
        ),
      ),

    signInOptions: () => passkeys.signInOptions(),

    signIn: (head, response) =>
      recorded(head, (seen) =>
        passkeys.verifySignIn(
          response,
          async (trx, touch) => {
            if ((await findStaff(trx, touch.ownerId)) === undefined) throw new HufuError('passkey_invalid');
            return openSession(trx, head, touch);
          },
          async ({ ownerId }) => seen(ownerId),
        ),
      ),

    async signOut(head) {
      const token = head.cookie(sessions.cookieName);
      if (token === undefined) return;
      await db.transaction(async (trx) => {
        const ended = await sessions.end(trx, token);
        if (ended === undefined) return;
        const act = { ...by(ended.ownerId, head), action: 'session.end', outcome: 'done' } as const;
        await recordAudit(trx, { ...act, object: ended.id });
      });
    },
  };
}
