/**
 * Applications. Every change of one is a single conditional statement that names the states it may start from and
 * raises the version, so that of two that happen at once one finds nothing to change. `decideRow` also names the
 * version: what is decided is what was seen. All writing verbs run in the caller's transaction, beside the audit entry.
 */
import type { Kysely, Selectable, Updateable } from 'kysely';
import type { Finding } from './checks/index.ts';
import type { ApplicationState, EnrolmentTables } from './tables.ts';

type Db = Kysely<EnrolmentTables>;
export type ApplicationRow = Readonly<Selectable<EnrolmentTables['application']>>;
type Change = Updateable<EnrolmentTables['application']>;

/** With the applicant. */
export const editable = ['draft', 'asked'] as const;
export const underWay = ['draft', 'sent', 'review', 'asked'] as const;

export async function putApplication(
  trx: Db,
  row: Pick<ApplicationRow, 'id' | 'account_id' | 'configuration_ids' | 'created_at' | 'expires_at'>,
): Promise<void> {
  await trx
    .insertInto('application')
    .values({
      ...row,
      state: 'draft',
      version: 1,
      notice_version: null,
      notice_at: null,
      face_way: null,
      face_consent_at: null,
      face_attempts: 0,
      typed: null,
      read_front: null,
      read_back: null,
      number_index: null,
      person_ref: null,
      sent_at: null,
      examine_at: null,
      examine_tries: 0,
      reason: null,
      priority: 0,
      note: null,
      decided_at: null,
      decided_by: null,
      replaced_at: null,
      claimed_by: null,
      claimed_until: null,
    })
    .execute();
}

export function findApplication(db: Db, id: string): Promise<ApplicationRow | undefined> {
  return db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The one that is under way, else the latest. Those whose time is over count as over, whether the sweeper came by or not. */
export async function findCurrent(db: Db, accountId: string, now: number): Promise<ApplicationRow | undefined> {
  const rows = await db
    .selectFrom('application')
    .selectAll()
    .where('account_id', '=', accountId)
    .where((eb) => eb.or([eb('state', 'not in', editable), eb('expires_at', '>', now)]))
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(20)
    .execute();
  return rows.find((row) => isUnderWay(row.state)) ?? rows[0];
}

export function isUnderWay(state: ApplicationState): boolean {
  const states: readonly string[] = underWay;
  return states.includes(state);
}

/** Newest first, at most 50. */
export function findOfAccount(db: Db, accountId: string): Promise<readonly ApplicationRow[]> {
  return db
    .selectFrom('application')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(50)
    .execute();
}

/** The applicant's own application while it is with the applicant, changed; undefined when it is not. */
export function editRow(
  trx: Db,
  by: { readonly accountId: string; readonly now: number },
  change: Change,
): Promise<ApplicationRow | undefined> {
  return trx
    .updateTable('application')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('account_id', '=', by.accountId)
    .where('state', 'in', editable)
    .where('expires_at', '>', by.now)
    .returningAll()
    .executeTakeFirst();
}

/** From exactly this version in one of these states into what `change` says; undefined when it is not there any more. */
export function moveRow(
  trx: Db,
  from: { readonly id: string; readonly version: number; readonly states: readonly ApplicationState[] },
  change: Change,
): Promise<ApplicationRow | undefined> {
  return trx
    .updateTable('application')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('id', '=', from.id)
    .where('version', '=', from.version)
    .where('state', 'in', from.states)
    .returningAll()
    .executeTakeFirst();
}

/** Takes an examination that is due, so that nobody else does until `until`. */
export function takeExamination(
  trx: Db,
  due: { readonly now: number; readonly until: number; readonly id?: string },
): Promise<ApplicationRow | undefined> {
  const next = trx
    .selectFrom('application')
    .select('id')
    .where('state', '=', 'sent')
    .where('examine_at', '<=', due.now)
    .$if(due.id !== undefined, (query) => query.where('id', '=', due.id ?? ''))
    .orderBy('examine_at')
    .limit(1);
  return trx
    .updateTable('application')
    .set((eb) => ({ examine_at: due.until, examine_tries: eb('examine_tries', '+', 1) }))
    .where('id', '=', next)
    .where('state', '=', 'sent')
    .where('examine_at', '<=', due.now)
    .returningAll()
    .executeTakeFirst();
}

/** All findings of one examination in the place of the former ones. */
export async function putFindings(trx: Db, id: string, findings: readonly Finding[], now: number): Promise<void> {
  await trx.deleteFrom('application_check').where('application_id', '=', id).execute();
  const rows = findings.map(({ name, result, reason, ruleVersion }) => ({
    application_id: id,
    name,
    result,
    reason,
    rule_version: ruleVersion,
    at: now,
  }));
  await trx.insertInto('application_check').values(rows).execute();
}

export function findFindings(db: Db, id: string): Promise<readonly Selectable<EnrolmentTables['application_check']>[]> {
  return db.selectFrom('application_check').selectAll().where('application_id', '=', id).orderBy('name').execute();
}

/** Whether another application with this number is waiting for a decision. */
export async function isNumberUnderWay(db: Db, numberIndex: string, exceptId: string): Promise<boolean> {
  const row = await db
    .selectFrom('application')
    .select('id')
    .where('number_index', '=', numberIndex)
    .where('id', '!=', exceptId)
    .where('state', 'in', ['sent', 'review', 'asked'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The application that gives the person's digital ID at present. */
export function findActiveOf(db: Db, personRef: string): Promise<ApplicationRow | undefined> {
  return db
    .selectFrom('application')
    .selectAll()
    .where('person_ref', '=', personRef)
    .where('state', '=', 'approved')
    .where('replaced_at', 'is', null)
    .executeTakeFirst();
}

/** From now on the person's former approved application gives nothing. */
export async function replaceActive(trx: Db, personRef: string, now: number): Promise<readonly string[]> {
  const rows = await trx
    .updateTable('application')
    .set((eb) => ({ replaced_at: now, version: eb('version', '+', 1) }))
    .where('person_ref', '=', personRef)
    .where('state', '=', 'approved')
    .where('replaced_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Leads to nobody any more, and gives nothing. */
export async function unlink(trx: Db, id: string, now: number): Promise<void> {
  await trx
    .updateTable('application')
    .set((eb) => ({
      note: null,
      number_index: null,
      person_ref: null,
      replaced_at: eb.fn.coalesce('replaced_at', eb.val(now)),
      version: eb('version', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

/** With the applicant for longer than allowed. */
export async function findExpired(db: Db, now: number, limit: number): Promise<readonly ApplicationRow[]> {
  return db
    .selectFrom('application')
    .selectAll()
    .where('state', 'in', editable)
    .where('expires_at', '<=', now)
    .limit(limit)
    .execute();
}
