/**
 * Alerts and their mails. `claimMail` is the one statement that decides who sends: two senders never send the same
 * alert, and a sender that dies in between has lost one mail, not sent two.
 */
import type { Kysely, Selectable } from 'kysely';
import type { AccountTables, AlertAnswer, AlertKind } from './tables.ts';

type Db = Kysely<AccountTables>;
export type AlertRow = Readonly<Selectable<AccountTables['account_alert']>>;

export async function putAlert(
  trx: Db,
  alert: Pick<AlertRow, 'id' | 'account_id' | 'kind' | 'passkey_id' | 'agent' | 'at'>,
): Promise<void> {
  await trx
    .insertInto('account_alert')
    .values({
      ...alert,
      answer: null,
      answered_at: null,
      former_contact: null,
      token_hash: null,
      mail_tries: 0,
      mailed_at: null,
    })
    .execute();
}

export async function hasAlertSince(trx: Db, accountId: string, kind: AlertKind, since: number): Promise<boolean> {
  const row = await trx
    .selectFrom('account_alert')
    .select('id')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Latest first, at most 100. */
export function alertsOf(db: Db, accountId: string): Promise<readonly AlertRow[]> {
  return db
    .selectFrom('account_alert')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(100)
    .execute();
}

/** The alert, if this call answered it; answered once, except that "mine" may still become "not me". */
export function answerAlert(
  trx: Db,
  which: { readonly accountId: string; readonly id: string } | { readonly tokenHash: string; readonly since: number },
  answer: AlertAnswer,
  now: number,
): Promise<AlertRow | undefined> {
  const update = trx
    .updateTable('account_alert')
    .set({ answer, answered_at: now })
    .where((row) => row.or([row('answer', 'is', null), row('answer', '!=', 'not_me')]));
  const named =
    'tokenHash' in which
      ? update.where('token_hash', '=', which.tokenHash).where('at', '>', which.since)
      : update.where('id', '=', which.id).where('account_id', '=', which.accountId);
  return named.returningAll().executeTakeFirst();
}

export async function setFormerContact(trx: Db, id: string, sealed: string): Promise<void> {
  await trx.updateTable('account_alert').set({ former_contact: sealed }).where('id', '=', id).execute();
}

export async function alertIdsOf(trx: Db, accountId: string): Promise<readonly string[]> {
  const rows = await trx.selectFrom('account_alert').select('id').where('account_id', '=', accountId).execute();
  return rows.map((row) => row.id);
}

/** Alerts whose mail is due, oldest first. */
export function dueMails(db: Db, look: { readonly since: number; readonly limit: number }) {
  return db
    .selectFrom('account_alert')
    .innerJoin('holder_account', 'holder_account.id', 'account_alert.account_id')
    .select([
      'account_alert.id',
      'account_alert.kind',
      'account_alert.account_id',
      'holder_account.contact',
      'account_alert.former_contact',
    ])
    .where('account_alert.mailed_at', 'is', null)
    .where('account_alert.at', '>', look.since)
    .where('account_alert.mail_tries', '<', 5)
    .where((row) =>
      row.or([row('holder_account.contact', 'is not', null), row('account_alert.former_contact', 'is not', null)]),
    )
    .orderBy('account_alert.at')
    .limit(look.limit)
    .execute();
}

/** Whether the caller is the one to send it. */
export async function claimMail(trx: Db, id: string, tokenHash: string, now: number): Promise<boolean> {
  const row = await trx
    .updateTable('account_alert')
    .set((eb) => ({ mailed_at: now, token_hash: tokenHash, mail_tries: eb('mail_tries', '+', 1) }))
    .where('id', '=', id)
    .where('mailed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** It did not go out: due again. */
export async function unclaimMail(trx: Db, id: string): Promise<void> {
  await trx.updateTable('account_alert').set({ mailed_at: null }).where('id', '=', id).execute();
}
