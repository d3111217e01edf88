/** Links of requests. Their secrets are sealed; the first fetch of each is one conditional statement. */
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Handle } from '../tables.ts';
import { type LinkRow, secretsPlace } from './link-place.ts';
import { later, type RequestRow } from './store.ts';

/** Two rows: the link and the data key of its secrets. Call it in a transaction. */
export async function putLink(
  trx: Handle,
  envelope: Envelope,
  link: Omit<LinkRow, 'secrets' | 'answer_until'> & { readonly secrets: string },
): Promise<void> {
  const secrets = await envelope.seal(trx, secretsPlace(link.rid), link.secrets);
  await trx
    .insertInto('request_link')
    .values({ ...link, secrets, answer_until: null })
    .execute();
}

/** A link, and what of its request decides what may be done with it. */
export type LinkWithRequest = LinkRow & Pick<RequestRow, 'scene' | 'device' | 'context' | 'status' | 'return_url'>;

export async function findLink(db: Handle, rid: string): Promise<LinkWithRequest | undefined> {
  return db
    .selectFrom('request_link')
    .innerJoin('presentation_request', 'presentation_request.id', 'request_link.request_id')
    .selectAll('request_link')
    .select(['scene', 'device', 'context', 'status', 'return_url'])
    .where('rid', '=', rid)
    .executeTakeFirst();
}

export async function openSecrets(db: Handle, envelope: Envelope, link: LinkRow): Promise<Uint8Array> {
  return envelope.open(db, secretsPlace(link.rid), link.secrets);
}

/** Remembers the first fetch: from then on the wallet has until `answerUntil`. False for later ones. Two rows. */
export async function markFetched(
  trx: Handle,
  link: Pick<LinkRow, 'rid' | 'request_id'>,
  answerUntil: number,
  deleteAt: number,
): Promise<boolean> {
  const first = await trx
    .updateTable('request_link')
    .set({ answer_until: answerUntil })
    .where('rid', '=', link.rid)
    .where('answer_until', 'is', null)
    .returning('rid')
    .executeTakeFirst();
  if (first === undefined) return false;
  await trx
    .updateTable('presentation_request')
    .set((old) => ({ expires_at: later(old, 'expires_at', answerUntil), delete_at: later(old, 'delete_at', deleteAt) }))
    .where('id', '=', link.request_id)
    .execute();
  return true;
}

/** Whether any link of an open request was fetched and may still be answered. */
export async function wasFetched(db: Handle, id: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('request_link')
    .select('rid')
    .where('request_id', '=', id)
    .where('answer_until', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}
