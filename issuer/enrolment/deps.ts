import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import type { IdCard } from '../../shared/id-card/index.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Log } from '../../shared/server/log.ts';
import type { Actor, Issuances, Offers } from '../issuance/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import type { CardReader } from '../reading/index.ts';
import type { PopulationRegister } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { OutcomeTable } from './outcome-table.ts';
import type { BindPerson, FaceMatcher, LivenessChecker } from './ports.ts';

export type { Actor } from '../issuance/index.ts';
export type Trx = Kysely<IssuerTables>;

export interface EnrolmentDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly envelope: Envelope;
  readonly idCard: IdCard;
  readonly register: Pick<PopulationRegister, 'findPerson'>;
  readonly issuances: Issuances;
  readonly offers: Offers;
  readonly lifecycle: Lifecycle;
  readonly bindPerson: BindPerson;
  /** Undefined: photos are not read by a machine, and every application goes to a person. */
  readonly reader: Pick<CardReader, 'readFront' | 'readBack'> | undefined;
  readonly table: OutcomeTable;
  /** County codes outside GB/T 2260 that count as known: the demo's county that does not exist. */
  readonly extraCounties: readonly string[];
  /** What may be applied for. */
  readonly configurationIds: readonly string[];
  /** What counts as the digital ID: of these a person has one, and a later one ends the earlier. */
  readonly identityConfigurationIds: readonly string[];
  /** Certified services of the authority, if it has any. Without both, a person decides. */
  readonly faceMatcher?: FaceMatcher;
  readonly livenessChecker?: LivenessChecker;
  /** Says that the refusal of a request is on record already. */
  readonly markAudited: (requestId: string) => void;
}

/** Who acts, in the words of the audit trail. */
export function holderActor(accountId: string, requestId?: string): Actor {
  return { id: accountId, role: 'holder', ...(requestId !== undefined && { requestId }) };
}

export const systemActor: Actor = { id: 'enrolment', role: 'system' };

export const days = 86_400;
/** How long a draft, or what was asked back, waits for the applicant. */
export const applicantSeconds = 30 * days;
