/**
 * The audit trail: who did what to which object, and how it ended. An entry is written in the transaction of the act,
 * so there is no act without one. No personal data: objects are ids we minted, reasons are codes.
 */
import { type Generated, type Kysely, sql } from 'kysely';
import type { Code } from '../errors.ts';
import { isPostgres, type Migration } from './database.ts';

export interface AuditTables {
  audit_entry: {
    seq: Generated<number>;
    at: number;
    actor: string;
    role: string;
    action: string;
    object: string;
    outcome: AuditEntry['outcome'];
    reason: Code | null;
    request_id: string | null;
  };
}

export interface AuditEntry {
  /** Epoch seconds. */
  readonly at: number;
  /** Who acted: the id of a principal, `holder` or `system`. */
  readonly actor: string;
  readonly role: string;
  /** What was done: `offer.create`, `credential.revoke`. */
  readonly action: string;
  /** What it was done to: an id we minted. */
  readonly object: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly reason?: Code;
  readonly requestId?: string;
}

export const auditMigration: Migration = {
  async up(db) {
    const seq = isPostgres(db)
      ? sql`bigint generated always as identity primary key`
      : sql`integer primary key autoincrement`;
    await sql`create table audit_entry (
      seq ${seq}, at bigint not null, actor text not null, role text not null, action text not null,
      object text not null, outcome text not null, reason text, request_id text)`.execute(db);
    await sql`create index audit_entry_object on audit_entry (object)`.execute(db);
  },
};

/** Writes one entry in the caller's transaction. */
export async function recordAudit<T extends AuditTables>(trx: Kysely<T>, entry: AuditEntry): Promise<void> {
  await audit(trx)
    .insertInto('audit_entry')
    .values({
      at: entry.at,
      actor: entry.actor,
      role: entry.role,
      action: entry.action,
      object: entry.object,
      outcome: entry.outcome,
      reason: entry.reason ?? null,
      request_id: entry.requestId ?? null,
    })
    .execute();
}

/** Entries in the order they were written, those of one object if it is named. */
export async function readAudit<T extends AuditTables>(
  db: Kysely<T>,
  options: { readonly object?: string; readonly afterSeq?: number; readonly limit?: number } = {},
): Promise<readonly (AuditEntry & { readonly seq: number })[]> {
  const rows = await audit(db)
    .selectFrom('audit_entry')
    .select(['seq', 'at', 'actor', 'role', 'action', 'object', 'outcome', 'reason', 'request_id'])
    .where('seq', '>', options.afterSeq ?? 0)
    .$if(options.object !== undefined, (query) => query.where('object', '=', options.object ?? ''))
    .orderBy('seq')
    .limit(options.limit ?? 1000)
    .execute();
  return rows.map(({ reason, request_id, ...entry }) => ({
    ...entry,
    ...(reason !== null && { reason }),
    ...(request_id !== null && { requestId: request_id }),
  }));
}

/** Kysely's type is invariant: a database with more tables is this one as well, but only we can say so. */
function audit<T extends AuditTables>(db: Kysely<T>): Kysely<AuditTables> {
  return db as unknown as Kysely<AuditTables>;
}
