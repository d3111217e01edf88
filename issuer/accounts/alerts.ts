import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { decodeUtf8, encodeBase64url } from '../../shared/encoding/index.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { IssuerTables } from '../tables.ts';
import { claimMail, dueMails, putAlert, unclaimMail } from './alert-store.ts';
import { alertMail } from './mail-text.ts';
import type { Mailer } from './ports.ts';
import type { AccountTables, AlertKind } from './tables.ts';

const mailBatch = 50;
/** After this long a mail is no news any more, and its word no longer freezes. */
export const alertSeconds = 30 * 86_400;

/** Writes an alert and names it; its mail goes out after the transaction, from `sendDueMails`. */
export async function raiseAlert(
  trx: Kysely<AccountTables>,
  accountId: string,
  alert: { readonly kind: AlertKind; readonly at: number; readonly passkeyId?: string; readonly agent?: string },
): Promise<string> {
  const id = encodeBase64url(randomBytes(16));
  await putAlert(trx, {
    id,
    account_id: accountId,
    kind: alert.kind,
    passkey_id: alert.passkeyId ?? null,
    agent: alert.agent ?? 'other-other',
    at: alert.at,
  });
  return id;
}

export interface MailDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly mailer: Mailer;
  readonly baseUrl: string;
  readonly name: Readonly<Record<'zh-Hans' | 'en', string>>;
}

/**
 * Sends what is due; the number that went out. A mail the post did not take is tried again with the next round, five
 * times in all. It carries a word that can do one thing without a sign-in: freeze.
 */
export async function sendDueMails(deps: MailDeps): Promise<number> {
  const { db, clock, envelope, mailer } = deps;
  const now = clock.now();
  let sent = 0;
  for (const due of await dueMails(db.kysely, { since: now - alertSeconds, limit: mailBatch })) {
    const [sealed, place] =
      due.former_contact === null
        ? [due.contact, contactContext(due.account_id)]
        : [due.former_contact, formerContactContext(due.id)];
    if (sealed === null) continue;
    const token = encodeBase64url(randomBytes(32));
    const isOurs = await db.transaction((trx) => claimMail(trx, due.id, bearerHash(token), now));
    if (!isOurs) continue;
    try {
      const to = decodeUtf8(await envelope.open(db.kysely, place, sealed));
      await mailer.send({ to, ...alertMail(due.kind, `${deps.baseUrl}/account#not-me=${token}`, deps.name) });
      sent += 1;
    } catch {
      await db.transaction((trx) => unclaimMail(trx, due.id));
    }
  }
  return sent;
}

export function contactContext(accountId: string) {
  return { table: 'holder_account', column: 'contact', row: accountId } as const;
}

export function formerContactContext(alertId: string) {
  return { table: 'account_alert', column: 'former_contact', row: alertId } as const;
}
