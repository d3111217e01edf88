import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { IdCard } from '../../shared/id-card/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import type { AuthScheme, Call, Principal } from '../../shared/server/routes.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Actor, Issuances, Offers } from '../issuance/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import type { PopulationRegister, RegisteredPerson } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { Idempotency } from './idempotency.ts';
import type { Role } from './roles.ts';
import { adminAuth } from './tokens.ts';

export interface AdminDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly idCard: IdCard;
  readonly register: PopulationRegister;
  readonly catalogue: Catalogue;
  readonly offers: Offers;
  readonly issuances: Issuances;
  readonly lifecycle: Lifecycle;
  readonly idempotency: Idempotency;
  readonly markAudited: (requestId: string) => void;
}

type Caller = Pick<Call, 'principal' | 'requestId'>;
type OnceCall = Pick<Call, 'method' | 'url' | 'header' | 'principal'>;

/** For every route that acts: how a repetition is made safe. */
export const onceHeaders = {
  'Idempotency-Key': '8 to 128 visible characters; the same request under the same key acts once in 24 hours',
} as const;

/** What every admin route does beside its own work: guard, look people up, act once, leave a record. */
export interface AdminCalls {
  auth(...allowed: Role[]): AuthScheme;
  /** Refused: the codes of the number, `person_unknown`. */
  findPerson(number: string): Promise<RegisteredPerson>;
  /** Looking is an act as well: whoever asked for what is on record before the answer is given. */
  recordLook(call: Caller, action: string, object: string): Promise<void>;
  /** `act` in a transaction, once per Idempotency-Key. */
  once(call: OnceCall, body: JsonObject, act: Parameters<Idempotency['once']>[1]): Promise<JsonObject>;
}

export function createAdminCalls(deps: AdminDeps): AdminCalls {
  const { db, clock, idCard, register, idempotency } = deps;
  return {
    auth: (...allowed) => adminAuth(allowed, deps),
    async findPerson(number) {
      const found = await register.findPerson(idCard.parseResidentNumber(number));
      if (found === undefined) throw new HufuError('person_unknown');
      return found;
    },
    async recordLook(call, action, object) {
      const { id, role } = actorOf(call);
      const entry = { at: clock.now(), actor: id, role, action, object, requestId: call.requestId };
      await db.transaction((trx) => recordAudit(trx, { ...entry, outcome: 'done' }));
    },
    once(call, body, act) {
      const key = call.header('idempotency-key');
      const { method, url } = call;
      return idempotency.once({ principal: principalOf(call), key, method, path: url.pathname, body }, act);
    },
  };
}

/** In the role the act needs; for looking, in every role the token has. */
export function actorOf(call: Caller, role?: Role): Actor {
  const { id, roles } = principalOf(call);
  return { id, role: role ?? roles.join(' '), requestId: call.requestId };
}

function principalOf(call: Pick<Call, 'principal'>): Principal {
  if (call.principal === undefined) throw new TypeError('an admin route without its guard');
  return call.principal;
}
