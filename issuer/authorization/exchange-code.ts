import type { Kysely } from 'kysely';
import type * as z from 'zod/mini';
import type { Clock } from '../../shared/clock.ts';
import { type Code, HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import { type authorizationDetails, preAuthorizedGrantType, type TokenResponse } from '../../shared/oid4vci/index.ts';
import type { Database } from '../../shared/server/database.ts';
import type { IssuerTables } from '../tables.ts';
import type { OauthStorage } from './adapter.ts';
import type { DpopVerifier } from './dpop.ts';
import type { GuessLimit } from './guess-limit.ts';
import { accessTokenSeconds, type OauthServer } from './oauth-server.ts';
import { takeOnce } from './store.ts';

/** Who owns the offers decides about their codes, in the transaction of the token. */
export type RedeemCode = (trx: Kysely<IssuerTables>, redemption: RedemptionRequest) => Promise<Redemption>;

export interface RedemptionRequest {
  readonly code: string;
  readonly txCode: string | undefined;
  /** Thumbprint of the DPoP key that asks. */
  readonly jkt: string;
  readonly now: number;
  readonly requestId: string;
}

/** A refusal is an outcome, not a throw: what it counts and records is committed. */
export type Redemption =
  | { readonly granted: true; readonly offerId: string; readonly configurationIds: readonly string[] }
  | { readonly granted: false; readonly code: Code; readonly isGuess: boolean };

export interface TokenRequest {
  readonly grantType: string;
  readonly clientId: string | undefined;
  /** Whether the client tries to prove who it is. None of ours can: whoever does takes us for another server. */
  readonly isAuthenticating: boolean;
  readonly code: string | undefined;
  readonly txCode: string | undefined;
  readonly details: z.infer<typeof authorizationDetails> | undefined;
  readonly dpop: string | undefined;
  readonly ip: string;
  readonly requestId: string;
}

export interface ExchangeDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly server: OauthServer;
  readonly storage: OauthStorage;
  readonly dpop: DpopVerifier;
  readonly guesses: GuessLimit;
  readonly redeem: RedeemCode;
  readonly tokenEndpoint: string;
}

/**
 * Pre-authorized code for access token (OpenID4VCI 1.0 6, RFC 9449 5). In order:
 * 1. this address has not guessed too often (`rate_limited`); 2. a client that does not try to
 * authenticate, and the one grant type (`client_unknown`, `grant_type`: RFC 6749 5.2);
 * 3. the DPoP proof (`dpop_invalid`, `dpop_nonce`); 4. a code is there (`shape`); then, in one transaction:
 * 5. the proof is used for the first time (`replay`); 6. the offer's own decision about code, transaction code and key;
 * 7. authorization_details ask for nothing beyond the offer (`unknown_configuration`, nothing is burned); 8. the token.
 */
export function createCodeExchange(deps: ExchangeDeps): (request: TokenRequest) => Promise<TokenResponse> {
  const { db, clock, hasher, server, storage, dpop, guesses } = deps;

  return async (request) => {
    await guesses.check(request.ip);
    if (request.isAuthenticating) throw new HufuError('client_unknown', { at: 'authentication' });
    if (request.grantType !== preAuthorizedGrantType) throw new HufuError('grant_type', { at: 'grant_type' });
    return server.preAuthorized(request, async (mint) => {
      const { jkt, use } = await dpop.verify(request.dpop, { htm: 'POST', htu: deps.tokenEndpoint });
      const { code, txCode, requestId } = request;
      if (code === undefined) throw new HufuError('shape', { at: 'pre-authorized_code' });

      const outcome = await db.transaction(async (trx) => {
        if ((await takeOnce(trx, [use])) !== undefined) throw new HufuError('replay', { at: 'dpop.jti' });
        const redemption = await deps.redeem(trx, { code, txCode, jkt, now: clock.now(), requestId });
        if (!redemption.granted) return redemption;
        const { offerId } = redemption;
        const details = grantedDetails(request.details, redemption, hasher);
        const configurationIds =
          request.details?.map((detail) => detail.credential_configuration_id) ?? redemption.configurationIds;
        const token = await storage.within(trx, () => mint({ offerId, jkt, configurationIds, details }));
        return { granted: true as const, token, details };
      });

      if (!outcome.granted) {
        if (outcome.isGuess) await guesses.count(request.ip);
        throw new HufuError(outcome.code, { at: 'token' });
      }
      const { token, details } = outcome;
      return {
        access_token: token,
        token_type: 'DPoP',
        expires_in: accessTokenSeconds,
        ...(details === undefined ? {} : { authorization_details: details }),
      };
    });
  };
}

/** The details as asked, each with the one identifier of its credential: the same at every repetition (6.2). */
function grantedDetails(
  asked: TokenRequest['details'],
  offer: { readonly offerId: string; readonly configurationIds: readonly string[] },
  hasher: Hasher,
): TokenResponse['authorization_details'] {
  return asked?.map((detail) => {
    const id = detail.credential_configuration_id;
    if (!offer.configurationIds.includes(id))
      throw new HufuError('unknown_configuration', { at: 'authorization_details' });
    return { ...detail, credential_identifiers: [hasher.sha256Base64url(`credential|${offer.offerId}|${id}`)] };
  });
}
