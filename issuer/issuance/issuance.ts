import type { Clock } from '../../shared/clock.ts';
import type { DidKeys } from '../../shared/did/index.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Route } from '../../shared/server/routes.ts';
import { type CheckAccess, createGuessLimit, createNonces, type Nonces } from '../authorization/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import type { PopulationRegister } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import { createCredentialIssue, type IssueDeps } from './issue-credential.ts';
import { createIssuerMetadata, createSignedMetadata, didDocument, jwtVcIssuerMetadata } from './metadata.ts';
import { createNotify } from './notify.ts';
import type { Offers } from './offers.ts';
import type { RequestKey } from './request-encryption.ts';
import { issuanceRoutes } from './routes.ts';
import type { CredentialSigner } from './sign-copies.ts';

const nonceSeconds = 300;
const wrongGuesses = { guesses: 50, seconds: 600 } as const;

export interface IssuanceDeps {
  readonly issuer: string;
  readonly name: Readonly<Record<'zh-Hans' | 'en', string>>;
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly dids: DidKeys;
  readonly checkAccess: CheckAccess;
  readonly dpopNonces: Nonces;
  readonly offers: Offers;
  readonly catalogue: Catalogue;
  readonly register: PopulationRegister;
  readonly lifecycle: Pick<Lifecycle, 'allocateStatusIndices' | 'revokeAll'>;
  readonly signer: CredentialSigner;
  readonly requestKey: RequestKey;
  readonly isFrozen: IssueDeps['isFrozen'];
  /** 32 secret bytes, the same in every process of this issuer. */
  readonly nonceKey: Uint8Array;
}

/** The room put together, from metadata to notification. */
export function createIssuance(deps: IssuanceDeps): { readonly routes: readonly Route[] } {
  const { issuer, clock, crypto, signer, dpopNonces, offers, nonceKey } = deps;
  const randomBytes = (length: number) => crypto.randomBytes(length);
  const nonces = createNonces({
    key: nonceKey,
    label: 'c_nonce',
    issuer,
    lifetimeSeconds: nonceSeconds,
    clock,
    randomBytes,
  });
  const metadata = createIssuerMetadata(deps);
  return {
    routes: issuanceRoutes({
      metadata,
      signedMetadata: createSignedMetadata({ metadata, signer, clock }),
      jwtVcIssuer: jwtVcIssuerMetadata(issuer, signer.signer),
      didDocument: didDocument(signer),
      didAtRoot: new URL(issuer).pathname === '/',
      offers,
      nonces,
      dpopNonces,
      guesses: createGuessLimit(wrongGuesses),
      issueCredential: createCredentialIssue({ ...deps, nonces }),
      notify: createNotify(deps),
    }),
  };
}
