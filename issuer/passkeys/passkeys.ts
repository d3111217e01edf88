import { hash, randomBytes } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import {
  decodeBase64url,
  decodeUtf8,
  encodeBase64url,
  encodeUtf8,
  type JsonObject,
  parseJsonObject,
} from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Database } from '../../shared/server/database.ts';
import type { IssuerTables } from '../tables.ts';
import * as store from './passkey-store.ts';
import type { Ceremony, OwnerKind } from './tables.ts';
import type { AssertionResponse, RegistrationResponse } from './wire.ts';

type Trx = Kysely<IssuerTables>;

/** A passkey as its owner sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly agent: string;
  readonly synced: boolean;
  readonly createdAt: number;
  readonly usedAt: number | undefined;
}

export interface Touch {
  readonly ownerId: string;
  readonly passkeyId: string;
}

/** A refused sign-in with a passkey we know: whose it is, for the record and for alerts. */
export interface FailedTouch extends Touch {
  readonly code: 'passkey_invalid' | 'challenge_unknown';
}

export interface Passkeys {
  /**
   * Options for `navigator.credentials.create`. `new`: the first passkey of an owner who does not exist yet;
   * `add`: one more, for an owner whom the caller has recognised. `name` is what the device lists it under.
   */
  registrationOptions(
    owner: { readonly id: string; readonly name: string },
    ceremony: 'new' | 'add',
  ): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /**
   * Judges the answer and keeps the passkey in the transaction of `within`, which does what the passkey is for.
   * `ownerId`: who is asking; undefined for a new owner, whose id was fixed with the options.
   * Refused: `passkey_invalid` (origin, rpId, user verification, framed, algorithm, known before),
   * `challenge_unknown` (never given, expired, used, of another owner or ceremony).
   */
  verifyRegistration<R>(
    response: RegistrationResponse,
    who: { readonly ownerId: string | undefined; readonly agent: string },
    within: (trx: Trx, touch: Touch) => Promise<R>,
  ): Promise<R>;
  /** Options for `navigator.credentials.get`: any passkey of ours, chosen on the device. */
  signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /**
   * Judges the answer; `within` runs in the transaction that uses up the challenge. `onFailure` hears of refusals of a
   * passkey we know. Refused: `passkey_invalid` (unknown, removed, another owner's, user verification, origin, rpId,
   * signature, counter not raised), `challenge_unknown`.
   */
  verifySignIn<R>(
    response: AssertionResponse,
    within: (trx: Trx, touch: Touch) => Promise<R>,
    onFailure?: (failed: FailedTouch) => Promise<void>,
  ): Promise<R>;
  list(ownerId: string, within?: Trx): Promise<readonly PasskeyView[]>;
  /** A session of it is refused from now on. Refused: `not_found`, `conflict` (the last one: it is the only way in). */
  remove(trx: Trx, ownerId: string, passkeyId: string): Promise<void>;
  /** All of them, without a trace: for an owner who leaves. */
  erase(trx: Trx, ownerId: string): Promise<void>;
  sweep(trx: Trx): Promise<number>;
}

export interface PasskeysOptions {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  /** Host name of our pages. */
  readonly rpId: string;
  /** The authority, as the device's dialogue shows it. */
  readonly rpName: string;
  /** The one origin of our pages. */
  readonly origin: string;
  readonly kind: OwnerKind;
}

const challengeSeconds = 300;
/** ES256, EdDSA, RS256 (COSE): what authenticators in the field have. */
const algorithms = [-7, -8, -257];

/** Passkeys by WebAuthn Level 3 with user verification always required; no other way in exists. */
export function createPasskeys(options: PasskeysOptions): Passkeys {
  const { db, clock, rpId, rpName, origin, kind } = options;
  const expected = { expectedOrigin: origin, expectedRPID: rpId, requireUserVerification: true };

  async function newChallenge(ceremony: Ceremony, ownerId: string | null): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = new Uint8Array(randomBytes(32));
    await store.putChallenge(db.kysely, {
      challenge_hash: hashOf(encodeBase64url(challenge)),
      owner_kind: kind,
      owner_id: ownerId,
      ceremony,
      expires_at: clock.now() + challengeSeconds,
    });
    return challenge;
  }

  async function findChallenge(text: string, ceremony: Ceremony): Promise<store.ChallengeRow> {
    const found = await store.findChallenge(db.kysely, { hash: hashOf(text), kind, ceremony, now: clock.now() });
    if (found === undefined) throw new HufuError('challenge_unknown');
    return found;
  }

  return {
    async registrationOptions(owner, ceremony) {
      const known = await store.passkeysOf(db.kysely, kind, owner.id);
      return generateRegistrationOptions({
        rpName,
        rpID: rpId,
        userID: encodeUtf8(owner.id),
        userName: owner.name,
        userDisplayName: owner.name,
        challenge: await newChallenge(ceremony, owner.id),
        timeout: challengeSeconds * 1000,
        attestationType: 'none',
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
        excludeCredentials: known.map((row) => ({ id: row.credential_id })),
      });
    },

    async verifyRegistration(response, who, within) {
      const challenge = challengeOf(response.response.clientDataJSON);
      const asked = await findChallenge(challenge, who.ownerId === undefined ? 'new' : 'add');
      const ownerId = asked.owner_id;
      if (ownerId === null || (who.ownerId !== undefined && who.ownerId !== ownerId))
        throw new HufuError('challenge_unknown');
      const { credential, credentialBackedUp } = await judged(async () => {
        const result = await verifyRegistrationResponse({
          response: { ...response, response: { ...response.response, transports: [] } },
          ...expected,
          expectedChallenge: challenge,
          supportedAlgorithmIDs: algorithms,
        });
        return result.verified ? result.registrationInfo : undefined;
      });
      const now = clock.now();
      const passkeyId = encodeBase64url(randomBytes(16));
      return db.transaction(async (trx) => {
        if (!(await store.takeChallenge(trx, asked.challenge_hash))) throw new HufuError('challenge_unknown');
        const isNew = await store.putPasskey(trx, {
          id: passkeyId,
          owner_kind: kind,
          owner_id: ownerId,
          credential_id: credential.id,
          public_key: encodeBase64url(credential.publicKey),
          counter: credential.counter,
          transports: JSON.stringify(response.response.transports),
          synced: credentialBackedUp ? 1 : 0,
          agent: who.agent,
          created_at: now,
          used_at: now,
          removed_at: null,
        });
        if (!isNew) throw new HufuError('passkey_invalid');
        return within(trx, { ownerId, passkeyId });
      });
    },

    async signInOptions() {
      return generateAuthenticationOptions({
        rpID: rpId,
        challenge: await newChallenge('sign-in', null),
        timeout: challengeSeconds * 1000,
        userVerification: 'required',
      });
    },

    async verifySignIn(response, within, onFailure) {
      const found = await store.findPasskey(db.kysely, kind, response.id);
      if (found === undefined) throw new HufuError('passkey_invalid');
      const touch = { ownerId: found.owner_id, passkeyId: found.id };
      try {
        const challenge = challengeOf(response.response.clientDataJSON);
        const asked = await findChallenge(challenge, 'sign-in');
        if (response.response.userHandle !== encodeBase64url(found.owner_id)) throw new HufuError('passkey_invalid');
        const { newCounter } = await judged(async () => {
          const result = await verifyAuthenticationResponse({
            response,
            ...expected,
            expectedChallenge: challenge,
            credential: {
              id: found.credential_id,
              publicKey: decodeBase64url(found.public_key),
              counter: found.counter,
            },
          });
          return result.verified ? result.authenticationInfo : undefined;
        });
        return await db.transaction(async (trx) => {
          if (!(await store.takeChallenge(trx, asked.challenge_hash))) throw new HufuError('challenge_unknown');
          const move = { id: found.id, from: found.counter, to: newCounter, now: clock.now() };
          if (!(await store.moveCounter(trx, move))) throw new HufuError('passkey_invalid');
          return within(trx, touch);
        });
      } catch (error) {
        const code = error instanceof HufuError ? error.code : undefined;
        if (code === 'passkey_invalid' || code === 'challenge_unknown') await onFailure?.({ ...touch, code });
        throw error;
      }
    },

    list: async (ownerId, within) => (await store.passkeysOf(within ?? db.kysely, kind, ownerId)).map(view),

    async remove(trx, ownerId, passkeyId) {
      const isRemoved = await store.removePasskey(trx, { kind, ownerId, id: passkeyId, now: clock.now() });
      if (!isRemoved) throw new HufuError('not_found');
      if ((await store.passkeysOf(trx, kind, ownerId)).length === 0) throw new HufuError('conflict');
    },

    erase: (trx, ownerId) => store.erasePasskeys(trx, kind, ownerId),
    sweep: (trx) => store.sweepChallenges(trx, clock.now()),
  };
}

function view(row: store.PasskeyRow): PasskeyView {
  return {
    id: row.id,
    agent: row.agent,
    synced: row.synced === 1,
    createdAt: row.created_at,
    usedAt: row.used_at ?? undefined,
  };
}

function hashOf(challenge: string): string {
  return hash('sha256', challenge, 'base64url');
}

/** The challenge the browser says it answered. A page in a frame of another origin's is no page of ours. */
function challengeOf(clientDataJSON: string): string {
  const { challenge, crossOrigin } = clientData(clientDataJSON);
  if (crossOrigin === true) throw new HufuError('passkey_invalid');
  if (typeof challenge !== 'string') throw new HufuError('passkey_invalid');
  return challenge;
}

function clientData(text: string): JsonObject {
  try {
    return parseJsonObject(decodeUtf8(decodeBase64url(text)));
  } catch (cause) {
    throw new HufuError('passkey_invalid', { cause });
  }
}

/** The library says no by throwing, in words that may quote the input. */
async function judged<T>(judge: () => Promise<T | undefined>): Promise<T> {
  let result: T | undefined;
  try {
    result = await judge();
  } catch (cause) {
    throw new HufuError('passkey_invalid', { cause });
  }
  if (result === undefined) throw new HufuError('passkey_invalid');
  return result;
}
