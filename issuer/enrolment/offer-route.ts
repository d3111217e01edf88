/** From an approved application to the wallet: an offer for whoever is signed in, made while they look. */
import { HufuError } from '../../shared/errors.ts';
import type { Database } from '../../shared/server/database.ts';
import { type AuthScheme, type RequestHead, type Route, route } from '../../shared/server/routes.ts';
import { findAccount, isFrozen } from '../accounts/index.ts';
import type { CreatedOffer, Offers } from '../issuance/index.ts';
import { sessionWire } from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import { holderActor, type Trx } from './deps.ts';
import type { Enrolment } from './enrolment.ts';
import { offerReply } from './wire.ts';

export interface ApplyOfferDeps {
  readonly db: Database<IssuerTables>;
  readonly enrolment: Pick<Enrolment, 'findForApplicant' | 'stateOf'>;
  readonly offers: Pick<Offers, 'createOffer' | 'cancelOpenOf'>;
  /** Of holder accounts. */
  readonly auth: AuthScheme;
  /** The holder's session, with a passkey touch of the last minutes: what is offered here has no transaction code. */
  readonly freshSessionOf: (head: RequestHead) => Promise<{ readonly ownerId: string }>;
  /** The web wallet's page for offers. */
  readonly walletReceiveUrl: string | undefined;
}

const lifetimeSeconds = 600;

/**
 * Only what was approved, only to the account that is the person's, only while nothing is frozen. An offer that was
 * made before and not used ends, so that one is open at a time.
 */
export function applyOfferRoute(deps: ApplyOfferDeps): Route {
  const { db, enrolment, offers, walletReceiveUrl } = deps;

  /** The person an approved application and the account both speak of. */
  async function personOf(trx: Trx, accountId: string, applicationId: string): Promise<string> {
    const standing = await enrolment.stateOf(applicationId, trx);
    if (typeof standing === 'string' || !('approved' in standing)) throw new HufuError('application_state');
    const account = await findAccount(trx, accountId);
    const isOwn = account?.state === 'open' && account.person_ref === standing.approved;
    // The second question holds the account, so that no freeze slips in before the offer is written.
    if (!isOwn || (await isFrozen(trx, standing.approved))) throw new HufuError('forbidden', { at: 'account' });
    return standing.approved;
  }

  return route({
    tag: 'apply',
    auth: deps.auth,
    origin: 'same',
    wireErrors: sessionWire,
    method: 'POST',
    path: '/apply/api/offer',
    summary: 'Offer what was approved to the wallet of whoever is signed in',
    rate: { points: 20, seconds: 600, key: (call) => call.principal?.id ?? '-' },
    replies: {
      200: { description: 'The offer, by reference, for ten minutes', schema: offerReply },
      401: { description: 'sign_in_again: needs a passkey touch of the last five minutes' },
      403: { description: 'forbidden: frozen, or the person has another account now' },
      409: { description: 'application_state: not approved, or replaced' },
    },
    async handle(call) {
      const { ownerId } = await deps.freshSessionOf(call);
      const view = await enrolment.findForApplicant(ownerId);
      if (view === undefined) throw new HufuError('application_unknown');
      const { id, configurationIds } = view;
      const actor = { ...holderActor(ownerId), requestId: call.requestId };
      const made = await db.transaction(async (trx) => {
        const personId = await personOf(trx, ownerId, id);
        await offers.cancelOpenOf(trx, personId, configurationIds, actor);
        const request = { personId, configurationIds, txCode: false, byReference: true, lifetimeSeconds, actor };
        return offers.createOffer(trx, request);
      });
      return {
        json: { link: made.link, wallet_url: walletUrlOf(made, walletReceiveUrl), expires_at: made.expiresAt },
      };
    },
  });
}

function walletUrlOf({ link }: CreatedOffer, receiveUrl: string | undefined): string | null {
  return receiveUrl === undefined ? null : receiveUrl + link.slice(link.indexOf('?'));
}
