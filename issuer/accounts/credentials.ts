/** The credentials of an account's person: read, suspended, resumed, revoked, always with their audit entries. */
import type { Kysely } from 'kysely';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Issuances } from '../issuance/index.ts';
import type { Lifecycle, StatusAct } from '../lifecycle/index.ts';
import type { IssuerTables } from '../tables.ts';

type Trx = Kysely<IssuerTables>;

export interface Act {
  readonly at: number;
  /** Id of the account. */
  readonly actor: string;
  readonly role: 'holder' | 'system';
  readonly requestId?: string;
}

export interface HeldCredential {
  readonly issuanceId: string;
  readonly offerId: string;
  readonly configurationId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly acceptedAt: number | undefined;
  readonly status: 'valid' | 'suspended' | 'revoked';
}

export interface AccountCredentials {
  /** Sets that are not over, newest first. */
  live(db: Trx, personRef: string, now: number): Promise<readonly HeldCredential[]>;
  /** Suspends what is valid, resumes what is suspended, revokes what is not revoked; whether anything changed. */
  change(trx: Trx, issuanceId: string, act: StatusAct, by: Act): Promise<boolean>;
}

const from = { suspend: ['valid'], resume: ['suspended'], revoke: ['valid', 'suspended'] } as const;

export function createAccountCredentials(rooms: {
  readonly issuances: Issuances;
  readonly lifecycle: Lifecycle;
}): AccountCredentials {
  const { issuances, lifecycle } = rooms;

  async function statuses(db: Trx, issuanceId: string) {
    const refs = await issuances.findStatusRefs(db, issuanceId);
    const read = await lifecycle.readStatuses(db, refs);
    return refs.map((ref, index) => ({ ref, status: read[index] }));
  }

  return {
    async live(db, personRef, now) {
      const found: HeldCredential[] = [];
      for (const row of await liveSets(db, personRef, now)) {
        const copies = await statuses(db, row.id);
        const all = copies.map(({ status }) => status);
        const status = all.includes('valid') ? 'valid' : all.includes('suspended') ? 'suspended' : 'revoked';
        found.push({
          issuanceId: row.id,
          offerId: row.offer_id,
          configurationId: row.configuration_id,
          issuedAt: row.created_at,
          expiresAt: row.expires_at,
          acceptedAt: row.accepted_at ?? undefined,
          status,
        });
      }
      return found;
    },

    async change(trx, issuanceId, act, by) {
      const states: readonly string[] = from[act];
      const refs = (await statuses(trx, issuanceId))
        .filter(({ status }) => status !== undefined && states.includes(status))
        .map(({ ref }) => ref);
      if (refs.length === 0) return false;
      await issuances.recordOfficialAct(trx, issuanceId, act, by.at);
      await lifecycle.changeStatuses(trx, refs, act);
      await recordAudit(trx, { ...by, action: `credential.${act}`, object: issuanceId, outcome: 'done' });
      return true;
    },
  };
}

function liveSets(db: Trx, personRef: string, now: number) {
  return db
    .selectFrom('issuance')
    .select(['id', 'offer_id', 'configuration_id', 'created_at', 'expires_at', 'accepted_at'])
    .where('person_ref', '=', personRef)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}
