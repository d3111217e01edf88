/** Who looked at what concerns an account, read from the audit trail: role, act and time, never which official. */
import type { Kysely } from 'kysely';
import type { AuditTables } from '../../shared/server/audit.ts';

export interface Access {
  readonly at: number;
  readonly role: string;
  readonly action: string;
  /** The person themselves did it. */
  readonly own: boolean;
}

/** Latest first, at most 500. `objects`: the ids under which the person is known here. */
export async function accessesTo(
  db: Kysely<AuditTables>,
  look: { readonly accountId: string; readonly objects: readonly string[] },
): Promise<readonly Access[]> {
  const rows = await db
    .selectFrom('audit_entry')
    .select(['at', 'actor', 'role', 'action'])
    .where('outcome', '=', 'done')
    .where((row) => row.or([row('object', 'in', [...look.objects]), row('actor', '=', look.accountId)]))
    .orderBy('seq', 'desc')
    .limit(500)
    .execute();
  return rows.map(({ at, actor, role, action }) => ({ at, role, action, own: actor === look.accountId }));
}
