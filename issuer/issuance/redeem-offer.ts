import type { Code } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { RedeemCode, Redemption } from '../authorization/index.ts';
import type { MarkAudited } from '../refusal-audit.ts';
import type { OfferSecrets } from './offer-secrets.ts';
import {
  bindOffer,
  countWrongTxCode,
  findOfferByCode,
  lockOffer,
  maxWrongTxCodes,
  type OfferRow,
  retrySeconds,
} from './offer-store.ts';
import { configurationIdsOf } from './offers.ts';

/**
 * Whether a code is redeemed (OpenID4VCI 1.0 6, crashes: docs/decisions/asking-again.md). In order:
 * 1. the code is known; 2. the offer lives, for this key (`grant_invalid`); 3. a transaction code is there exactly when
 * one is asked for (`tx_code_missing`, `tx_code_unexpected`); 4. it is the right one (`tx_code_wrong`: counted, the
 * fifth ends the offer, and nothing else is burned); 5. one conditional statement binds the offer to the key.
 * Every outcome leaves an audit entry in the transaction.
 */
export function createOfferRedemption(options: {
  readonly secrets: OfferSecrets;
  readonly markAudited: MarkAudited;
}): RedeemCode {
  const { secrets, markAudited } = options;

  return async (trx, { code, txCode, jkt, now, requestId }) => {
    const audit = { at: now, actor: 'holder', role: 'holder', requestId };
    const refuse = async (action: string, object: string, reason: Code, isGuess = false): Promise<Redemption> => {
      await recordAudit(trx, { ...audit, action, object, outcome: 'refused', reason });
      markAudited(requestId);
      return { granted: false, code: reason, isGuess };
    };

    // What is dead stays dead: only a code that may live is worth waiting for, so a crowd with a used one does not queue.
    const codeHash = secrets.hashOf(code);
    const seen = await findOfferByCode(trx, codeHash);
    const mayLive = seen !== undefined && deathOf(seen, jkt, now) === undefined;
    const offer = mayLive ? await lockOffer(trx, codeHash) : seen;
    if (offer === undefined) return refuse('offer.unknown', '-', 'grant_invalid', true);
    const dead = deathOf(offer, jkt, now);
    if (dead !== undefined) return refuse(dead, offer.id, 'grant_invalid');
    const mac = offer.tx_code_mac;
    if (mac !== null && txCode === undefined) return refuse('offer.tx_code', offer.id, 'tx_code_missing');
    if (mac === null && txCode !== undefined) return refuse('offer.tx_code', offer.id, 'tx_code_unexpected');
    if (mac !== null && txCode !== undefined && !secrets.isTxCode(offer.id, txCode, mac)) {
      await countWrongTxCode(trx, offer.id);
      return refuse('offer.tx_code', offer.id, 'tx_code_wrong', true);
    }
    if (!(await bindOffer(trx, offer.id, jkt, now))) return refuse('offer.replay', offer.id, 'grant_invalid');
    const action = offer.bound_jkt === null ? 'offer.consumed' : 'offer.repeated';
    await recordAudit(trx, { ...audit, action, object: offer.id, outcome: 'done' });
    return { granted: true, offerId: offer.id, configurationIds: configurationIdsOf(offer) };
  };
}

/** What an auditor will read about an offer that cannot be redeemed by this key now. On the wire all are alike. */
function deathOf(offer: OfferRow, jkt: string, now: number): 'offer.dead' | 'offer.replay' | undefined {
  if (offer.cancelled_at !== null || offer.tx_code_wrong >= maxWrongTxCodes) return 'offer.dead';
  if (offer.bound_jkt === null) return offer.expires_at > now ? undefined : 'offer.dead';
  const isRetry =
    offer.bound_jkt === jkt && offer.completed_at === null && (offer.redeemed_at ?? 0) > now - retrySeconds;
  return isRetry ? undefined : 'offer.replay';
}
