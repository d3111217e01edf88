import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import type { DidKeys } from '../../shared/did/index.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import type { RequestHead } from '../../shared/server/routes.ts';
import type { StatusReference } from '../../shared/status-list/index.ts';
import { type CheckAccess, type Nonces, takeOnce, type Use } from '../authorization/index.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Lifecycle } from '../lifecycle/index.ts';
import type { Person, PopulationRegister } from '../register/index.ts';
import type { IssuerTables } from '../tables.ts';
import { checkProofs } from './check-proofs.ts';
import { checkRequest } from './check-request.ts';
import { findCurrentSet, findRefs, putSet, supersedeSet } from './issuance-store.ts';
import { findOffer, holdOffer } from './offer-store.ts';
import { type RequestKey, readRequest, writeAnswer } from './request-encryption.ts';
import { type CredentialSigner, signCopies, timesOf } from './sign-copies.ts';

export interface IssueDeps {
  readonly issuer: string;
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly dids: DidKeys;
  readonly checkAccess: CheckAccess;
  readonly nonces: Nonces;
  readonly catalogue: Catalogue;
  readonly register: PopulationRegister;
  readonly lifecycle: Pick<Lifecycle, 'allocateStatusIndices' | 'revokeAll'>;
  readonly signer: CredentialSigner;
  readonly requestKey: RequestKey;
  /** Whether the person froze what they have; the answer holds until the transaction ends. */
  readonly isFrozen: (trx: Kysely<IssuerTables>, personRef: string) => Promise<boolean>;
}

export interface CredentialCall {
  readonly head: Pick<RequestHead, 'header' | 'method' | 'requestId'>;
  readonly body: string;
  readonly isJwe: boolean;
}

export interface CredentialAnswer {
  readonly type: 'application/json' | 'application/jwt';
  readonly text: string;
}

/**
 * A credential request (OpenID4VCI 1.0 8). In order, each step refusing as its file says:
 * 1. access token and DPoP proof; 2. the body, decrypted; 3. its form, and what was granted; 4. the key proofs;
 * 5. the person is still in the register and entitled (`issuance_denied`); 6. one transaction records the intent;
 * 7. only then the copies are signed; 8. the answer, encrypted where that was asked for.
 * A crash after 6 leaves a recorded set that nobody holds; the same wallet asks again, and 6 replaces it.
 */
export function createCredentialIssue(deps: IssueDeps): (call: CredentialCall) => Promise<CredentialAnswer> {
  const { issuer, db, clock, crypto, catalogue, signer } = deps;
  const endpoint = `${issuer}/credential`;

  return async ({ head, body, isJwe }) => {
    const access = await deps.checkAccess(head, endpoint);
    const { request, wasEncrypted } = await readRequest(body, isJwe, deps.requestKey);
    const checked = checkRequest(request, wasEncrypted, access, catalogue);
    const now = clock.now();
    const proofs = await checkProofs(checked, { ...deps, now });

    const { configuration } = checked;
    const { personRef, person } = await entitled(access.offerId);
    const content = refusing(() => catalogue.buildClaims(configuration, person, now));
    const times = timesOf(now, content.validUntil, signer.notAfter);
    if (times.expiresAt <= now) throw new HufuError('issuance_denied', { at: 'validity' });

    const notificationId = encodeBase64url(crypto.randomBytes(16));
    const { refs } = await recordIntent({
      offerId: access.offerId,
      jkt: access.jkt,
      personRef,
      configurationId: configuration.id,
      notificationHash: notificationHashOf(notificationId, crypto),
      count: proofs.keys.length,
      uses: [access.use, proofs.use],
      now,
      expiresAt: times.expiresAt,
      requestId: head.requestId,
    });
    const copies = await signCopies({
      issuer,
      configuration,
      content,
      times,
      holders: proofs.keys,
      refs,
      signer,
      crypto,
    });
    const credentials = copies.map((credential) => ({ credential }));
    return writeAnswer({ credentials, notification_id: notificationId }, checked.answerForm);
  };

  async function entitled(offerId: string): Promise<{ readonly personRef: string; readonly person: Person }> {
    const offer = await findOffer(db.kysely, offerId);
    const found = offer && (await deps.register.findPersonByRef(offer.person_ref));
    if (offer === undefined || found === undefined) throw new HufuError('issuance_denied', { at: 'person' });
    return { personRef: offer.person_ref, person: found.person };
  }

  /** Everything that must be true together: see the header of each store. */
  async function recordIntent(intent: Intent): Promise<{ readonly refs: readonly StatusReference[] }> {
    const { offerId, configurationId, now } = intent;
    return db.transaction(async (trx) => {
      // 1. Proof and nonce are used for the first time.
      const before = await takeOnce(trx, intent.uses);
      if (before !== undefined) throw new HufuError(before === intent.uses[0] ? 'replay' : 'nonce_invalid');
      // 2. The offer still lives for this key; from here on its other requests wait.
      if (!(await holdOffer(trx, offerId, intent.jkt, now))) throw new HufuError('token_invalid', { at: 'offer' });
      if (await deps.isFrozen(trx, intent.personRef)) throw new HufuError('issuance_denied', { at: 'frozen' });
      // 3. What was issued before and never acknowledged ends now; what was acknowledged stays the only one.
      const superseded = await supersedeUnacknowledged(trx, offerId, configurationId, now);
      if (superseded !== undefined) await deps.lifecycle.revokeAll(trx, await findRefs(trx, superseded));
      // 4. The new set, with an index of its own for each copy.
      const refs = await deps.lifecycle.allocateStatusIndices(trx, intent.count);
      const id = encodeBase64url(crypto.randomBytes(16));
      await putSet(
        trx,
        {
          id,
          offer_id: offerId,
          person_ref: intent.personRef,
          configuration_id: configurationId,
          notification_hash: intent.notificationHash,
          created_at: now,
          expires_at: intent.expiresAt,
        },
        refs,
      );
      // 5. The record of it.
      const audit = { at: now, actor: 'holder', role: 'holder', outcome: 'done', requestId: intent.requestId } as const;
      if (superseded !== undefined)
        await recordAudit(trx, { ...audit, action: 'issuance.supersede', object: superseded });
      await recordAudit(trx, { ...audit, action: 'issuance.intend', object: id });
      return { refs };
    });
  }
}

/** Ends the set that the next one replaces, and names it. Refused: `issuance_denied`, when there is one that stays. */
async function supersedeUnacknowledged(
  trx: Kysely<IssuerTables>,
  offerId: string,
  configurationId: string,
  now: number,
): Promise<string | undefined> {
  const current = await findCurrentSet(trx, offerId, configurationId);
  if (current === undefined) return undefined;
  if (!(await supersedeSet(trx, current.id, now))) throw new HufuError('issuance_denied', { at: 'offer' });
  return current.id;
}

interface Intent {
  readonly offerId: string;
  readonly jkt: string;
  readonly personRef: string;
  readonly configurationId: string;
  readonly notificationHash: string;
  readonly count: number;
  /** DPoP proof, then credential nonce. */
  readonly uses: readonly [Use, Use];
  readonly now: number;
  readonly expiresAt: number;
  readonly requestId: string;
}

/** A notification id is a secret of the holder: only its hash is kept. */
export function notificationHashOf(notificationId: string, crypto: Crypto): string {
  return crypto.sha256Base64url(`notification|${notificationId}`);
}

function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw cause instanceof HufuError ? new HufuError('issuance_denied', { at: 'person', cause }) : cause;
  }
}
