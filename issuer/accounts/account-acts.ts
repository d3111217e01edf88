import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { RequestHead } from '../../shared/server/routes.ts';
import type { Passkeys, Session, Sessions } from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import * as store from './account-store.ts';
import { type AlertRow, alertIdsOf, answerAlert, setFormerContact } from './alert-store.ts';
import { alertSeconds, contactContext, formerContactContext, raiseAlert } from './alerts.ts';
import type { AccountCredentials, Act } from './credentials.ts';
import { freezeAccount, unfreezeAccount } from './freeze.ts';
import type { AccountApplications } from './ports.ts';
import type { FreezeReason } from './tables.ts';

type Trx = Kysely<IssuerTables>;

export interface AccountActsDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly credentials: AccountCredentials;
  readonly applications: AccountApplications | undefined;
}

/** What a person does to their own account. Every act and its audit entry are one transaction. */
export interface AccountActs {
  freeze(session: Session, reason: FreezeReason, head: RequestHead): Promise<void>;
  /** Refused: `conflict` (not frozen), `forbidden` (a passkey made since). */
  unfreeze(session: Session, head: RequestHead): Promise<void>;
  /** Refused: `alert_unknown`. */
  acknowledge(session: Session, alertId: string, head: RequestHead): Promise<void>;
  /** Freezes, ends every other session, removes the passkey of the alert unless it is the one in use. */
  disown(session: Session, alertId: string, head: RequestHead): Promise<void>;
  /** The same from the link in a mail, without a session: all sessions end. Refused: `alert_unknown`. */
  disownByToken(token: string, head: RequestHead): Promise<void>;
  /** Refused: `not_found`, `conflict` (the last one). */
  removePasskey(session: Session, passkeyId: string, head: RequestHead): Promise<void>;
  endSession(session: Session, sessionId: string, head: RequestHead): Promise<void>;
  /** Revokes all copies a wallet fetched in one receipt. Refused: `not_found`. */
  removeWallet(session: Session, walletId: string, head: RequestHead): Promise<void>;
  setContact(session: Session, address: string | undefined, head: RequestHead): Promise<void>;
  /** Refused: `account_frozen`, `not_found` (nobody can apply here). */
  requestCorrection(session: Session, head: RequestHead): Promise<string>;
  /** Revokes, shreds, forgets. What remains is named by `keptAfterDeletion`. */
  deleteAccount(session: Session, head: RequestHead): Promise<void>;
}

export function createAccountActs(deps: AccountActsDeps): AccountActs {
  const { db, clock, envelope, passkeys, sessions, credentials, applications } = deps;

  function actOf(accountId: string, head: RequestHead): Act {
    return { at: clock.now(), actor: accountId, role: 'holder', requestId: head.requestId };
  }

  function acting<R>(
    session: Session,
    head: RequestHead,
    act: (trx: Trx, account: store.AccountRow, by: Act) => Promise<R>,
  ): Promise<R> {
    return db.transaction(async (trx) => {
      const account = await store.findAccount(trx, session.ownerId);
      if (account === undefined) throw new HufuError('unauthenticated');
      return act(trx, account, actOf(account.id, head));
    });
  }

  /** The passkey of an alert goes, unless it is in use here or the only one: nobody is locked out by a false alarm. */
  async function secure(trx: Trx, alert: AlertRow, by: Act, keep: Session | undefined): Promise<void> {
    const accountId = alert.account_id;
    const passkeyId = alert.passkey_id;
    const known = await passkeys.list(accountId, trx);
    await sessions.endAll(trx, accountId, keep);
    const isThere = known.some(({ id }) => id === passkeyId);
    if (passkeyId === null || !isThere || passkeyId === keep?.passkeyId || known.length < 2) return;
    await passkeys.remove(trx, accountId, passkeyId);
    await recordAudit(trx, { ...by, action: 'passkey.remove', object: passkeyId, outcome: 'done' });
  }

  async function disown(trx: Trx, alert: AlertRow, by: Act, keep: Session | undefined): Promise<void> {
    const account = await store.findAccount(trx, alert.account_id);
    if (account === undefined) throw new HufuError('alert_unknown');
    await freezeAccount(trx, account, { reason: 'not_me', by }, credentials);
    await secure(trx, alert, by, keep);
    await recordAudit(trx, { ...by, action: 'alert.disown', object: alert.id, outcome: 'done' });
  }

  return {
    freeze: (session, reason, head) =>
      acting(session, head, (trx, account, by) => freezeAccount(trx, account, { reason, by }, credentials)),

    async unfreeze(session, head) {
      const passkey = (await passkeys.list(session.ownerId)).find(({ id }) => id === session.passkeyId);
      if (passkey === undefined) throw new HufuError('unauthenticated');
      await acting(session, head, (trx, account, by) =>
        unfreezeAccount(trx, account, { passkeySince: passkey.createdAt, by }, credentials),
      );
    },

    acknowledge: (session, id, head) =>
      acting(session, head, async (trx, account, by) => {
        if ((await answerAlert(trx, { accountId: account.id, id }, 'mine', by.at)) === undefined)
          throw new HufuError('alert_unknown');
        await recordAudit(trx, { ...by, action: 'alert.acknowledge', object: id, outcome: 'done' });
      }),

    disown: (session, id, head) =>
      acting(session, head, async (trx, account, by) => {
        const alert = await answerAlert(trx, { accountId: account.id, id }, 'not_me', by.at);
        if (alert === undefined) throw new HufuError('alert_unknown');
        await disown(trx, alert, by, session);
      }),

    disownByToken: (token, head) =>
      db.transaction(async (trx) => {
        const at = clock.now();
        const which = { tokenHash: bearerHash(token), since: at - alertSeconds };
        const alert = await answerAlert(trx, which, 'not_me', at);
        if (alert === undefined) throw new HufuError('alert_unknown');
        await disown(trx, alert, actOf(alert.account_id, head), undefined);
      }),

    async removePasskey(session, passkeyId, head) {
      await acting(session, head, async (trx, account, by) => {
        await passkeys.remove(trx, account.id, passkeyId);
        await sessions.endOfPasskey(trx, account.id, passkeyId);
        await recordAudit(trx, { ...by, action: 'passkey.remove', object: passkeyId, outcome: 'done' });
      });
    },

    endSession: (session, id, head) =>
      acting(session, head, async (trx, account, by) => {
        await sessions.endOne(trx, account.id, id);
        await recordAudit(trx, { ...by, action: 'session.end', object: id, outcome: 'done' });
      }),

    removeWallet: (session, walletId, head) =>
      acting(session, head, async (trx, account, by) => {
        const live = account.person_ref === null ? [] : await credentials.live(trx, account.person_ref, by.at);
        const own = live.filter(({ offerId }) => offerId === walletId);
        if (own.length === 0) throw new HufuError('not_found');
        for (const { issuanceId } of own) await credentials.change(trx, issuanceId, 'revoke', by);
        await recordAudit(trx, { ...by, action: 'wallet.remove', object: walletId, outcome: 'done' });
      }),

    setContact: (session, address, head) =>
      acting(session, head, async (trx, account, by) => {
        // Who takes over an account must not be able to silence it: this goes to the former address.
        const alertId = await raiseAlert(trx, account.id, { kind: 'contact_changed', at: by.at, agent: session.agent });
        if (account.contact !== null) {
          const former = await envelope.open(trx, contactContext(account.id), account.contact);
          await setFormerContact(trx, alertId, await envelope.seal(trx, formerContactContext(alertId), former));
        }
        const sealed = address === undefined ? null : await envelope.seal(trx, contactContext(account.id), address);
        if (address === undefined) await envelope.forget(trx, contactContext(account.id));
        await store.setContact(trx, account.id, sealed);
        await recordAudit(trx, { ...by, action: 'account.contact', object: account.id, outcome: 'done' });
      }),

    requestCorrection: (session, head) =>
      acting(session, head, async (trx, account, by) => {
        if (applications === undefined) throw new HufuError('not_found');
        if (account.state === 'frozen') throw new HufuError('account_frozen');
        const live = account.person_ref === null ? [] : await credentials.live(trx, account.person_ref, by.at);
        const held = [...new Set(live.map(({ configurationId }) => configurationId))];
        const id = await applications.open(trx, account.id, held.length === 0 ? ['resident-id-sd-jwt'] : held);
        await recordAudit(trx, { ...by, action: 'account.correct', object: id, outcome: 'done' });
        return id;
      }),

    deleteAccount: (session, head) =>
      acting(session, head, async (trx, account, by) => {
        const personRef = account.person_ref;
        for (const { issuanceId } of personRef === null ? [] : await credentials.live(trx, personRef, by.at))
          await credentials.change(trx, issuanceId, 'revoke', by);
        await applications?.erase(trx, account.id);
        await envelope.forget(trx, { table: 'holder_account', row: account.id });
        for (const id of await alertIdsOf(trx, account.id)) await envelope.forget(trx, formerContactContext(id));
        await sessions.endAll(trx, account.id);
        await passkeys.erase(trx, account.id);
        await store.eraseAccount(trx, account.id, by.at);
        await recordAudit(trx, { ...by, action: 'account.delete', object: account.id, outcome: 'done' });
      }),
  };
}
