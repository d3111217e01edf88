import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import type { AuthScheme } from '../../shared/server/routes.ts';
import { type Sessions, sessionAuth } from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { StaffRole } from './roles.ts';
import { findStaff } from './staff-store.ts';

export interface GuardDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly markAudited: (requestId: string) => void;
}

/** Guard for those with one of these roles today; an attempt of others is on record as `authz.deny` of `what`. */
export function staffGuard(deps: GuardDeps, allowed: readonly StaffRole[], what: string): AuthScheme {
  const { db, clock, sessions } = deps;
  const anybody = sessionAuth({
    sessions,
    name: 'console',
    description: 'Session of a member of staff, from a sign-in with a passkey.',
    rolesOf: async (id) => rolesOf(db.kysely, id),
  });
  return {
    ...anybody,
    async authenticate(head) {
      const principal = await anybody.authenticate(head);
      if (allowed.some((role) => principal.roles.includes(role))) return principal;
      const { requestId } = head;
      await db.transaction((trx) =>
        recordAudit(trx, {
          at: clock.now(),
          actor: principal.id,
          role: principal.roles.join(' '),
          action: 'authz.deny',
          object: what,
          outcome: 'refused',
          reason: 'forbidden',
          requestId,
        }),
      );
      deps.markAudited(requestId);
      throw new HufuError('forbidden');
    },
  };
}

async function rolesOf(db: Kysely<IssuerTables>, id: string): Promise<readonly string[] | undefined> {
  return (await findStaff(db, id))?.roles.split(' ');
}
