/**
 * Issuance by OpenID4VCI 1.0 (final, 2025-09-16): metadata (12.2), offers (4), nonce (7), credential (8, with
 * encryption 10), notification (11); issuer keys by x5c, did:web and JWT VC issuer metadata.
 */
export { createIssuance } from './issuance.ts';
export { createIssuances, type Issuances } from './issuances.ts';
export { createOfferSecrets } from './offer-secrets.ts';
export { sweepOffers } from './offer-store.ts';
export {
  type Actor,
  type CreatedOffer,
  createOffers,
  type OfferRequest,
  type Offers,
  type OfferView,
} from './offers.ts';
export { createOfferRedemption } from './redeem-offer.ts';
export type { RequestKey } from './request-encryption.ts';
export type { CredentialSigner } from './sign-copies.ts';
export type { IssuanceTables } from './tables.ts';
