import { randomBytes } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { IdCard } from '../../shared/id-card/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { createBearerToken } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { IssuerTables } from '../tables.ts';
import { isStaffRole, type StaffRole } from './roles.ts';
import * as store from './staff-store.ts';

export interface StaffDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly idCard: IdCard;
}

export interface Invitation {
  readonly staffId: string;
  /** For the link; shown once, kept as a hash. */
  readonly token: string;
  readonly expiresAt: number;
}

const inviteSeconds = 86_400;
/** Whoever may run our commands on this machine. */
const machine = { actor: 'operator', role: 'operator' } as const;

/**
 * A new colleague and the one-time link for their first passkey, good for a day. Of `number`, their own resident
 * number, only the blind index is kept. Refused: `shape` (name, roles), `id_*` (number).
 */
export async function inviteStaff(
  request: { readonly name: string; readonly roles: readonly StaffRole[]; readonly number: string },
  deps: StaffDeps,
): Promise<Invitation> {
  const { name, roles } = request;
  if (!/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}·. '_-]{0,63}$/u.test(name)) throw new HufuError('shape', { at: 'name' });
  if (roles.length === 0 || !roles.every(isStaffRole)) throw new HufuError('shape', { at: 'role' });
  const { number } = deps.idCard.parseIdNumber(request.number, 'number');
  const now = deps.clock.now();
  const staffId = encodeBase64url(randomBytes(16));
  const { token, tokenHash } = createBearerToken('');
  const expiresAt = now + inviteSeconds;
  await deps.db.transaction(async (trx) => {
    await store.putStaff(trx, {
      id: staffId,
      name,
      roles: [...new Set(roles)].join(' '),
      number_index: deps.envelope.blindIndex('cn-id', number),
      created_at: now,
      left_at: null,
    });
    const invite = { token_hash: tokenHash, staff_id: staffId, created_at: now, expires_at: expiresAt, used_at: null };
    await store.putInvite(trx, invite);
    await recordAudit(trx, { ...machine, at: now, action: 'staff.invite', object: staffId, outcome: 'done' });
  });
  return { staffId, token, expiresAt };
}

/** From now on they are nobody here; their sessions are refused. Refused: `not_found`. */
export async function endStaff(id: string, deps: Pick<StaffDeps, 'db' | 'clock'>): Promise<void> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    if (!(await store.markLeft(trx, id, now))) throw new HufuError('not_found');
    await recordAudit(trx, { ...machine, at: now, action: 'staff.leave', object: id, outcome: 'done' });
  });
}
