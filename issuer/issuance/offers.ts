import type { Kysely } from 'kysely';
import * as z from 'zod/mini';
import { encodeBase64url, parseJson, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { type CredentialOffer, createOfferLink, preAuthorizedGrantType } from '../../shared/oid4vci/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { removeGrant } from '../authorization/index.ts';
import type { IssuerTables } from '../tables.ts';
import { type OfferSecrets, txCodeShape } from './offer-secrets.ts';
import {
  cancelOffer,
  findOffer,
  findOffersOf,
  findOpenOfferByReference,
  maxWrongTxCodes,
  type OfferRow,
  putOffer,
  retrySeconds,
} from './offer-store.ts';

type Db = Kysely<IssuerTables>;

const maxLifetime = 30 * 86_400;

export interface Actor {
  readonly id: string;
  readonly role: string;
  readonly requestId?: string;
}

export interface OfferRequest {
  /** Id of the person's register row. */
  readonly personId: string;
  readonly configurationIds: readonly string[];
  readonly txCode: boolean;
  readonly byReference: boolean;
  /** Until the first redemption; 1 s to 30 days. */
  readonly lifetimeSeconds: number;
  readonly actor: Actor;
}

export interface CreatedOffer {
  readonly offerId: string;
  readonly offer: CredentialOffer;
  /** openid-credential-offer:// with the offer, or with its address. */
  readonly link: string;
  /** The address of the offer, when it is offered by reference. */
  readonly reference: string | undefined;
  /** To be told to the person on another way than the link. It is not stored and cannot be told again. */
  readonly txCode: string | undefined;
  readonly expiresAt: number;
}

export type OfferState = 'open' | 'redeemed' | 'completed' | 'expired' | 'cancelled' | 'blocked';

/** What officials see of an offer: no code, no transaction code. */
export interface OfferView {
  readonly offerId: string;
  readonly personId: string;
  readonly configurationIds: readonly string[];
  readonly state: OfferState;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly redeemedAt: number | undefined;
}

/** Verbs with `trx` run in the caller's transaction, beside whatever the caller has to record. */
export interface Offers {
  /** Refused: `unknown_configuration`, `shape` (empty or repeated list, lifetime out of range). */
  createOffer(trx: Db, request: OfferRequest): Promise<CreatedOffer>;
  /** Ends an offer of which nothing was issued yet, with its tokens. Refused: `offer_unknown`, `offer_ended`. */
  cancelOffer(trx: Db, offerId: string, actor: Actor): Promise<void>;
  /** Ends every offer to a person that holds one of these configurations and of which nothing was issued yet. */
  cancelOpenOf(trx: Db, personId: string, configurationIds: readonly string[], actor: Actor): Promise<void>;
  findOffer(offerId: string): Promise<OfferView | undefined>;
  /** Newest first, at most 100. */
  findOffersOf(personId: string): Promise<readonly OfferView[]>;
  /** The document behind an offer by reference, while it can be redeemed. */
  findReference(reference: string): Promise<CredentialOffer | undefined>;
}

export function createOffers(options: {
  readonly issuer: string;
  readonly db: Db;
  readonly clock: { now(): number };
  readonly crypto: Crypto;
  readonly secrets: OfferSecrets;
  readonly knownConfigurations: readonly string[];
}): Offers {
  const { issuer, db, clock, crypto, secrets, knownConfigurations } = options;

  function documentOf(offerId: string, configurationIds: readonly string[], hasTxCode: boolean): CredentialOffer {
    return {
      credential_issuer: issuer,
      credential_configuration_ids: [...configurationIds],
      grants: {
        [preAuthorizedGrantType]: {
          'pre-authorized_code': secrets.codeOf(offerId),
          ...(hasTxCode ? { tx_code: txCodeShape } : {}),
        },
      },
    };
  }

  const view = (row: OfferRow): OfferView => ({
    offerId: row.id,
    personId: row.person_ref,
    configurationIds: configurationIdsOf(row),
    state: stateOf(row, clock.now()),
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    redeemedAt: row.redeemed_at ?? undefined,
  });

  async function cancelOpen(trx: Db, offerId: string, actor: Actor): Promise<boolean> {
    const now = clock.now();
    if (!(await cancelOffer(trx, offerId, now))) return false;
    await removeGrant(trx, offerId);
    await recordAudit(trx, auditOf('offer.cancel', offerId, actor, now));
    return true;
  }

  return {
    async createOffer(trx, request) {
      const { configurationIds, lifetimeSeconds, actor } = request;
      checkRequest(configurationIds, lifetimeSeconds, knownConfigurations);
      const now = clock.now();
      const offerId = encodeBase64url(crypto.randomBytes(16));
      const expiresAt = now + lifetimeSeconds;
      const txCode = request.txCode ? secrets.createTxCode() : undefined;
      const reference = request.byReference ? secrets.referenceOf(offerId) : undefined;
      await putOffer(trx, {
        id: offerId,
        person_ref: request.personId,
        configuration_ids: JSON.stringify(configurationIds),
        configuration_count: configurationIds.length,
        code_hash: secrets.hashOf(secrets.codeOf(offerId)),
        reference_hash: reference === undefined ? null : secrets.hashOf(reference),
        tx_code_mac: txCode === undefined ? null : secrets.macOf(offerId, txCode),
        created_by: actor.id,
        created_at: now,
        expires_at: expiresAt,
      });
      await recordAudit(trx, auditOf('offer.create', offerId, actor, now));
      const offer = documentOf(offerId, configurationIds, txCode !== undefined);
      const address = reference === undefined ? undefined : `${issuer}/offers/${reference}`;
      const link = createOfferLink(address === undefined ? { value: offer } : { reference: address });
      return { offerId, offer, link, reference: address, txCode, expiresAt };
    },

    async cancelOffer(trx, offerId, actor) {
      if (await cancelOpen(trx, offerId, actor)) return;
      throw new HufuError((await findOffer(trx, offerId)) === undefined ? 'offer_unknown' : 'offer_ended');
    },

    async cancelOpenOf(trx, personId, configurationIds, actor) {
      for (const row of await findOffersOf(trx, personId)) {
        if (configurationIdsOf(row).some((id) => configurationIds.includes(id))) await cancelOpen(trx, row.id, actor);
      }
    },

    async findOffer(offerId) {
      const row = await findOffer(db, offerId);
      return row && view(row);
    },

    async findOffersOf(personId) {
      return (await findOffersOf(db, personId)).map(view);
    },

    async findReference(reference) {
      const row = await findOpenOfferByReference(db, secrets.hashOf(reference), clock.now());
      return row && documentOf(row.id, configurationIdsOf(row), row.tx_code_mac !== null);
    },
  };
}

const storedIds = z.array(z.string());

export function configurationIdsOf(row: OfferRow): readonly string[] {
  return parseShape(storedIds, parseJson(row.configuration_ids));
}

function checkRequest(ids: readonly string[], lifetimeSeconds: number, known: readonly string[]): void {
  if (ids.length === 0 || new Set(ids).size !== ids.length) throw new HufuError('shape', { at: 'configuration_ids' });
  if (!ids.every((id) => known.includes(id))) throw new HufuError('unknown_configuration', { at: 'configuration_ids' });
  if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > maxLifetime) {
    throw new HufuError('shape', { at: 'lifetime_seconds' });
  }
}

function stateOf(row: OfferRow, now: number): OfferState {
  if (row.cancelled_at !== null) return 'cancelled';
  if (row.completed_at !== null) return 'completed';
  if (row.tx_code_wrong >= maxWrongTxCodes) return 'blocked';
  if (row.redeemed_at !== null) return row.redeemed_at > now - retrySeconds ? 'redeemed' : 'completed';
  return row.expires_at > now ? 'open' : 'expired';
}

function auditOf(action: string, object: string, actor: Actor, at: number) {
  const { id, role, requestId } = actor;
  return {
    at,
    actor: id,
    role,
    action,
    object,
    outcome: 'done' as const,
    ...(requestId !== undefined && { requestId }),
  };
}
