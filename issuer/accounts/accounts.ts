import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { AuthScheme, Route } from '../../shared/server/routes.ts';
import type { Issuances } from '../issuance/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import { type Passkeys, type Sessions, sessionAuth } from '../passkeys/index.ts';
import type { PopulationRegister } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import { createAccountActs } from './account-acts.ts';
import { holderRoutes } from './account-routes.ts';
import { findAccount, sweepSignIns } from './account-store.ts';
import { sendDueMails } from './alerts.ts';
import { createAccountCredentials } from './credentials.ts';
import { createHoldings } from './holdings.ts';
import type { AccountApplications, Mailer } from './ports.ts';
import { createSignIn } from './sign-in.ts';
import { signInRoutes } from './sign-in-routes.ts';

export interface AccountsDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly passkeys: Passkeys;
  readonly sessions: Sessions;
  readonly issuances: Issuances;
  readonly lifecycle: Lifecycle;
  readonly register: PopulationRegister;
  /** Undefined: nobody can apply here; accounts work without. */
  readonly applications: AccountApplications | undefined;
  /** Undefined: no mail is sent; alerts are on the page. */
  readonly mailer: Mailer | undefined;
  readonly markAudited: (requestId: string) => void;
  readonly baseUrl: string;
  readonly name: Readonly<Record<'zh-Hans' | 'en', string>>;
}

const signInDays = 180;

export interface Accounts {
  readonly routes: readonly Route[];
  /** Mails that are due, and what is forgotten by age; the number of both. */
  sweep(): Promise<number>;
}

/** The holder's account: their way in, what is held about them, and their hand on it. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const { db, clock, passkeys, sessions } = deps;
  const credentials = createAccountCredentials(deps);
  const canMail = deps.mailer !== undefined;
  const auth = accountAuth(deps);
  const holdings = createHoldings({ ...deps, credentials, canMail });
  const acts = createAccountActs({ ...deps, credentials });
  return {
    routes: [
      ...signInRoutes(createSignIn(deps), sessions),
      ...holderRoutes({ db, clock, sessions, auth, holdings, acts, canMail }),
    ],
    async sweep() {
      const { mailer } = deps;
      const sent = mailer === undefined ? 0 : await sendDueMails({ ...deps, mailer });
      const removed = await db.transaction(
        async (trx) =>
          (await sweepSignIns(trx, clock.now() - signInDays * 86_400)) +
          (await passkeys.sweep(trx)) +
          (await sessions.sweep(trx)),
      );
      return sent + removed;
    },
  };
}

/** Guard of what a holder may call; the principal is the account. Such routes also say `origin: 'same'`. */
export function accountAuth(deps: Pick<AccountsDeps, 'db' | 'sessions'>): AuthScheme {
  return sessionAuth({
    sessions: deps.sessions,
    name: 'account',
    description: 'Session of the account page.',
    rolesOf: async (id) => ((await findAccount(deps.db.kysely, id)) === undefined ? undefined : ['holder']),
  });
}
