import type { Clock } from '../../shared/clock.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import { type AuthScheme, type RequestHead, type Route, route } from '../../shared/server/routes.ts';
import type { Session, Sessions } from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { AccountActs } from './account-acts.ts';
import { type AccountRow, findAccount } from './account-store.ts';
import { type Holdings, keptAfterDeletion } from './holdings.ts';
import * as wire from './wire.ts';

export interface AccountRoutesDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly auth: AuthScheme;
  readonly holdings: Holdings;
  readonly acts: AccountActs;
  /** Where nothing is mailed, no address is taken. */
  readonly canMail: boolean;
}

const done = { 204: { description: 'Done.' } } as const;
const fresh = { 401: { description: 'sign_in_again: needs a passkey touch of the last five minutes' } } as const;

/** What a signed-in person sees and does. What gives something away for good asks for a fresh passkey touch. */
export function holderRoutes(deps: AccountRoutesDeps): readonly Route[] {
  const { db, clock, sessions, auth, holdings, acts } = deps;
  const open = { tag: 'account', origin: 'same', wireErrors: wire.accountWire } as const;
  const shared = { ...open, auth } as const;
  const empty = { type: 'json', schema: wire.nothing, maxBytes: 16 } as const;

  async function accountOf(session: Session): Promise<AccountRow> {
    const account = await findAccount(db.kysely, session.ownerId);
    if (account === undefined) throw new HufuError('unauthenticated');
    return account;
  }

  function look(
    path: string,
    summary: string,
    schema: typeof wire.overview | typeof wire.devices | typeof wire.alerts | typeof wire.holdings,
    read: (account: AccountRow, session: Session) => Promise<unknown>,
  ): Route {
    return route({
      ...shared,
      method: 'GET',
      path: `/account/api/${path}`,
      summary,
      replies: { 200: { description: summary, schema } },
      handle: async (call) => {
        const session = await sessions.current(call);
        return { json: await read(await accountOf(session), session) };
      },
    });
  }

  function act(
    path: string,
    summary: string,
    run: (session: Session, head: RequestHead) => Promise<void>,
    touch: 'fresh' | 'any',
  ): Route {
    return route({
      ...shared,
      method: 'POST',
      path: `/account/api/${path}`,
      summary,
      body: empty,
      replies: { ...done, ...(touch === 'fresh' && fresh), 409: { description: 'conflict' } },
      handle: async (call) => {
        await run(touch === 'fresh' ? await sessions.requireFresh(call) : await sessions.current(call), call);
        return {};
      },
    });
  }

  function actOn(
    path: string,
    summary: string,
    run: (session: Session, id: string, head: RequestHead) => Promise<void>,
    touch: 'fresh' | 'any',
  ): Route {
    return route({
      ...shared,
      method: 'POST',
      path: `/account/api/${path}`,
      summary,
      params: wire.idParams,
      body: empty,
      replies: { ...done, ...(touch === 'fresh' && fresh), 404: { description: 'not_found, alert_unknown' } },
      handle: async (call) => {
        const session = touch === 'fresh' ? await sessions.requireFresh(call) : await sessions.current(call);
        await run(session, call.params.id, call);
        return {};
      },
    });
  }

  const contactRoute = route({
    ...shared,
    method: 'POST',
    path: '/account/api/contact',
    summary: 'Where alerts are mailed to',
    body: { type: 'json', schema: wire.contactRequest, maxBytes: 1_024 },
    rate: { points: 5, seconds: 3_600, key: (call) => call.principal?.id ?? '-' },
    replies: { ...done, ...fresh },
    handle: async (call) => {
      await acts.setContact(await sessions.requireFresh(call), call.body.email ?? undefined, call);
      return {};
    },
  });

  return [
    look('overview', 'Real-name status, applications, credentials', wire.overview, holdings.overview),
    look('devices', 'Passkeys, sessions and wallets', wire.devices, holdings.devices),
    look('alerts', 'Alerts and sign-ins', wire.alerts, holdings.alerts),
    look('holdings', 'Everything held about this account, and everyone who looked', wire.holdings, holdings.all),
    route({
      ...shared,
      method: 'GET',
      path: '/account/api/export',
      summary: 'The same in full, to keep',
      replies: { 200: { description: 'A JSON file with full names and numbers' }, ...fresh },
      handle: async (call) => {
        const session = await sessions.requireFresh(call);
        const account = await accountOf(session);
        const json = await holdings.download(account, session);
        await db.transaction((trx) =>
          recordAudit(trx, {
            at: clock.now(),
            actor: account.id,
            role: 'holder',
            action: 'account.export',
            object: account.id,
            outcome: 'done',
            requestId: call.requestId,
          }),
        );
        return { json, headers: { 'Content-Disposition': 'attachment; filename="hufu-account.json"' } };
      },
    }),
    actOn('alerts/:id/mine', 'That was me', acts.acknowledge, 'any'),
    actOn('alerts/:id/not-me', 'That was not me: freeze at once', acts.disown, 'any'),
    route({
      ...open,
      rate: { points: 10, seconds: 60, key: 'ip' },
      method: 'POST',
      path: '/account/api/not-me',
      summary: 'That was not me, from the link in a mail: freeze at once and end all sessions',
      body: { type: 'json', schema: wire.tokenRequest, maxBytes: 256 },
      replies: { ...done, 404: { description: 'alert_unknown' } },
      handle: async (call) => {
        await acts.disownByToken(call.body.token, call);
        return {};
      },
    }),
    act('freeze', 'Suspend all credentials now', (session, head) => acts.freeze(session, 'holder', head), 'any'),
    act(
      'card-lost',
      'The physical card is lost: freeze',
      (session, head) => acts.freeze(session, 'card_lost', head),
      'any',
    ),
    act('unfreeze', 'Resume what freezing suspended', acts.unfreeze, 'fresh'),
    actOn('passkeys/:id/remove', 'Remove a passkey and end its sessions', acts.removePasskey, 'fresh'),
    actOn('sessions/:id/remove', 'End a session', acts.endSession, 'any'),
    actOn('wallets/:id/remove', 'Revoke the credentials a wallet fetched', acts.removeWallet, 'any'),
    ...(deps.canMail ? [contactRoute] : []),
    route({
      ...shared,
      method: 'POST',
      path: '/account/api/corrections',
      summary: 'Apply for a correction of real-name data, with new evidence',
      body: empty,
      replies: {
        200: { description: 'The application to go on with', schema: wire.opened },
        409: { description: 'account_frozen' },
      },
      handle: async (call) => ({
        json: { application_id: await acts.requestCorrection(await sessions.current(call), call) },
      }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/account/api/delete',
      summary: 'Delete the account: credentials revoked, data shredded',
      body: { type: 'json', schema: wire.deletionRequest, maxBytes: 64 },
      replies: { 200: { description: 'What the law keeps', schema: wire.deleted }, ...fresh },
      handle: async (call) => {
        await acts.deleteAccount(await sessions.requireFresh(call), call);
        return { json: { kept: [...keptAfterDeletion] }, headers: { 'Set-Cookie': sessions.cookie(undefined) } };
      },
    }),
  ];
}
