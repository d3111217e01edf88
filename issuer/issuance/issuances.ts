import type { Kysely } from 'kysely';
import { HufuError } from '../../shared/errors.ts';
import type { StatusReference } from '../../shared/status-list/index.ts';
import type { IssuerTables } from '../tables.ts';
import { endSet, findLiveSets, findRefs, findSet, findSetsOf, type IssuanceRow } from './issuance-store.ts';
import { completeOffer } from './offer-store.ts';
import type { EndReason } from './tables.ts';

type Db = Kysely<IssuerTables>;

/** What officials see of a set of copies: when, what, for which row of the register. No keys, no claims. */
export interface IssuanceView {
  readonly issuanceId: string;
  readonly offerId: string;
  readonly personId: string;
  readonly configurationId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly acceptedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly endReason: EndReason | undefined;
}

export interface Issuances {
  find(issuanceId: string): Promise<IssuanceView | undefined>;
  /** Newest first, at most 200. */
  findOf(by: { readonly personRef: string } | { readonly offerId: string }): Promise<readonly IssuanceView[]>;
  /** Ids of a person's sets of these configurations that have not ended. */
  findLive(db: Db, personRef: string, configurationIds: readonly string[]): Promise<readonly string[]>;
  /** The status list entries of all copies of a set. */
  findStatusRefs(db: Db, issuanceId: string): Promise<readonly StatusReference[]>;
  /**
   * To be called in the transaction in which an official suspends, resumes or revokes: from then on the wallet cannot
   * fetch a fresh set from the same offer; a revoked one has ended. Refused: `credential_unknown`.
   */
  recordOfficialAct(trx: Db, issuanceId: string, act: 'suspend' | 'resume' | 'revoke', now: number): Promise<void>;
}

export function createIssuances(db: Db): Issuances {
  return {
    async find(issuanceId) {
      const row = await findSet(db, issuanceId);
      return row && view(row);
    },
    async findOf(by) {
      return (await findSetsOf(db, by)).map(view);
    },
    findLive: (handle, personRef, configurationIds) => findLiveSets(handle, personRef, configurationIds),
    findStatusRefs: (handle, issuanceId) => findRefs(handle, issuanceId),
    async recordOfficialAct(trx, issuanceId, act, now) {
      const set = await findSet(trx, issuanceId);
      if (set === undefined) throw new HufuError('credential_unknown');
      if (act === 'revoke') await endSet(trx, issuanceId, 'revoked', now);
      await completeOffer(trx, set.offer_id, now);
    },
  };
}

function view(row: IssuanceRow): IssuanceView {
  return {
    issuanceId: row.id,
    offerId: row.offer_id,
    personId: row.person_ref,
    configurationId: row.configuration_id,
    issuedAt: row.created_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    endReason: row.end_reason ?? undefined,
  };
}
