import type { Clock } from '../../shared/clock.ts';
import type { BoundedCache, Crypto, Signer } from '../../shared/keys/index.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { Scene, SceneQuestion } from '../scenes/index.ts';
import type { VerifierTables } from '../tables.ts';
import type { Changes } from './changes.ts';
import type { LinkSecrets } from './link.ts';

/** Seconds. */
export interface RequestTimes {
  /** From the moment a code is made until no wallet may fetch its request any more. */
  readonly fetch: number;
  /** From the first fetch until an answer comes too late. */
  readonly answer: number;
  /** How long one request may go on getting new codes. */
  readonly renewFor: number;
  /** How long a decided or expired request can still be read. */
  readonly keep: number;
}

/** The relying party's key for requests, with its certificate. */
export interface AccessKey {
  readonly signer: Signer;
  /** DER: leaf and intermediates, without the anchor. */
  readonly chain: readonly Uint8Array[];
  /** `x509_hash:` and the hash of the leaf. */
  readonly clientId: string;
}

export interface RequestDeps {
  readonly db: Database<VerifierTables>;
  readonly envelope: Envelope;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly access: AccessKey;
  readonly changes: Changes;
  /** A refusal of this call stands in a transaction already. */
  readonly markAudited: (requestId: string) => void;
  readonly times: RequestTimes;
  readonly questions: (scene: Scene) => SceneQuestion;
  /** Secrets of links made here a moment ago, so that the answer need not open them again. */
  readonly recentSecrets: BoundedCache<LinkSecrets>;
  /** Public address of this verifier, without a slash at the end. */
  readonly baseUrl: string;
  /** The web wallet's page for requests, for people who are already on the device that holds the wallet. */
  readonly walletPresentUrl: string;
}
