/**
 * The queue, claims and proposals. A claim is one conditional statement; it leaves the application's version alone,
 * for it changes nothing of what somebody may have seen.
 */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { EnrolmentTables } from '../enrolment/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { ReviewTables } from './tables.ts';

type Db = Kysely<IssuerTables>;
export type ProposalRow = Readonly<Selectable<ReviewTables['review_proposal']>>;
type Application = Selectable<EnrolmentTables['application']>;

export interface QueueRow
  extends Pick<Application, 'id' | 'version' | 'sent_at' | 'reason' | 'priority' | 'claimed_by' | 'claimed_until'> {
  readonly proposed_by: string | null;
}

/** Urgent ones first, then the longest waiting; never one's own. At most 100. */
export function findQueue(db: Db, look: { readonly exceptNumber: string }): Promise<readonly QueueRow[]> {
  return db
    .selectFrom('application')
    .leftJoin('review_proposal', (join) =>
      join
        .onRef('review_proposal.application_id', '=', 'application.id')
        .onRef('review_proposal.version', '=', 'application.version'),
    )
    .select([
      'application.id',
      'application.version',
      'sent_at',
      'application.reason',
      'priority',
      'claimed_by',
      'claimed_until',
      'proposed_by',
    ])
    .where('state', '=', 'review')
    .where((eb) => eb.or([eb('number_index', 'is', null), eb('number_index', '!=', look.exceptNumber)]))
    .orderBy('priority', 'desc')
    .orderBy('sent_at')
    .orderBy('application.id')
    .limit(100)
    .execute();
}

export interface Claim {
  readonly id: string;
  readonly staffId: string;
  readonly numberIndex: string;
  readonly now: number;
  readonly until: number;
}

/** Free, or one's own already, and the only one in this person's hands; false when any of that is not so. */
export async function claimRow(trx: Db, claim: Claim): Promise<boolean> {
  const { id, staffId, numberIndex, now, until } = claim;
  const row = await trx
    .updateTable('application')
    .set({ claimed_by: staffId, claimed_until: until })
    .where('id', '=', id)
    .where('state', '=', 'review')
    .where((eb) => eb.or([eb('number_index', 'is', null), eb('number_index', '!=', numberIndex)]))
    .where((eb) =>
      eb.or([eb('claimed_by', 'is', null), eb('claimed_until', '<=', now), eb('claimed_by', '=', staffId)]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('application as other')
            .select('other.id')
            .where('other.claimed_by', '=', staffId)
            .where('other.claimed_until', '>', now)
            .where('other.state', '=', 'review')
            .where('other.id', '!=', id),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Out of this person's hands, or out of anybody's; while it is at this version, if one is named. */
export async function releaseRow(
  trx: Db,
  from: { readonly id: string; readonly staffId?: string; readonly version?: number },
): Promise<boolean> {
  const row = await trx
    .updateTable('application')
    .set({ claimed_by: null, claimed_until: null })
    .where('id', '=', from.id)
    .where('state', '=', 'review')
    .where('claimed_by', 'is not', null)
    .$if(from.staffId !== undefined, (query) => query.where('claimed_by', '=', from.staffId ?? ''))
    .$if(from.version !== undefined, (query) => query.where('version', '=', from.version ?? 0))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** False when one for this version waits already. One for an earlier version gives way. */
export async function putProposal(trx: Db, row: ProposalRow): Promise<boolean> {
  const put = await trx
    .insertInto('review_proposal')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('application_id').doUpdateSet(row).where('review_proposal.version', '!=', row.version),
    )
    .returning('application_id')
    .executeTakeFirst();
  return put !== undefined;
}

export function findProposal(db: Db, id: string, version: number): Promise<ProposalRow | undefined> {
  return db
    .selectFrom('review_proposal')
    .selectAll()
    .where('application_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
}

/** Whether this call ended it. */
export async function takeProposal(trx: Db, id: string, version: number): Promise<boolean> {
  const row = await trx
    .deleteFrom('review_proposal')
    .where('application_id', '=', id)
    .where('version', '=', version)
    .returning('application_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the account is a person's already: then this is a correction or a replacement. */
export async function hasPerson(db: Db, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('holder_account')
    .select('id')
    .where('id', '=', accountId)
    .where('person_ref', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countWaiting(db: Db): Promise<{ readonly count: number; readonly oldest: number | undefined }> {
  const row = await db
    .selectFrom('application')
    .select([sql<number | string>`count(*)`.as('count'), (eb) => eb.fn.min('sent_at').as('oldest')])
    .where('state', '=', 'review')
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), oldest: row.oldest === null ? undefined : Number(row.oldest) };
}

/** Decided since then, at most 10,000: how, why, by whom and when. */
export function findDecided(db: Db, since: number) {
  return db
    .selectFrom('application')
    .select(['state', 'reason', 'decided_by', 'sent_at', 'decided_at'])
    .where('decided_at', '>=', since)
    .where('state', 'in', ['approved', 'refused'])
    .orderBy('decided_at', 'desc')
    .limit(10_000)
    .execute();
}
