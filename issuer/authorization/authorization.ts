import type { Clock } from '../../shared/clock.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Route } from '../../shared/server/routes.ts';
import type { IssuerTables } from '../tables.ts';
import { createOauthStorage } from './adapter.ts';
import { type CheckAccess, createAccessCheck } from './check-access.ts';
import { createDpopVerifier } from './dpop.ts';
import { createCodeExchange, type RedeemCode } from './exchange-code.ts';
import { createGuessLimit } from './guess-limit.ts';
import { authorizationServerMetadataOf } from './metadata.ts';
import { createNonces, type Nonces } from './nonces.ts';
import { createOauthServer } from './oauth-server.ts';
import { authorizationRoutes } from './routes.ts';

const dpopNonceSeconds = 300;
/** Each proof has its own jti, so everybody may have the same nonce for a while. */
const dpopNonceShared = 10;
const wrongGuesses = { guesses: 50, seconds: 600 } as const;

export interface AuthorizationDeps {
  /** Credential Issuer Identifier, which is the authorization server's issuer as well. */
  readonly issuer: string;
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** 32 secret bytes, the same in every process of this issuer. */
  readonly nonceKey: Uint8Array;
  readonly redeem: RedeemCode;
}

export interface Authorization {
  readonly routes: readonly Route[];
  readonly checkAccess: CheckAccess;
  readonly dpopNonces: Nonces;
}

/** The room put together: storage, OAuth server, DPoP, token endpoint. */
export function createAuthorization(deps: AuthorizationDeps): Authorization {
  const { issuer, db, clock, crypto, nonceKey, redeem } = deps;
  const randomBytes = (length: number) => crypto.randomBytes(length);
  const dpopNonces = createNonces({
    key: nonceKey,
    label: 'dpop',
    issuer,
    lifetimeSeconds: dpopNonceSeconds,
    shareSeconds: dpopNonceShared,
    clock,
    randomBytes,
  });
  const dpop = createDpopVerifier({ crypto, clock, nonces: dpopNonces });
  const storage = createOauthStorage({ db: db.kysely, hasher: crypto, clock });
  const server = createOauthServer({ issuer, storage });
  const tokenEndpoint = `${issuer}/token`;
  const guesses = createGuessLimit(wrongGuesses);
  const exchange = createCodeExchange({
    db,
    clock,
    hasher: crypto,
    server,
    storage,
    dpop,
    guesses,
    redeem,
    tokenEndpoint,
  });
  return {
    routes: authorizationRoutes({
      metadata: authorizationServerMetadataOf(issuer, tokenEndpoint),
      nonces: dpopNonces,
      exchange,
    }),
    checkAccess: createAccessCheck({ db: db.kysely, hasher: crypto, clock, dpop, issuer }),
    dpopNonces,
  };
}
