import * as z from 'zod/mini';
import { parseJson, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { issuerIdentifier, isWebAddress, word } from './wire.ts';

export const preAuthorizedGrantType = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

/** What a transaction code looks like (4.1.1); an empty object still means that one is required. */
export const txCodeShape = z.object({
  input_mode: z.optional(z.enum(['numeric', 'text'])),
  length: z.optional(z.int().check(z.gte(1), z.lte(64))),
  description: z.optional(z.string().check(z.maxLength(300))),
});

/** Credential Offer (OpenID4VCI 1.0 4.1.1). Unknown members and unknown grants are dropped. */
export const credentialOffer = z.object({
  credential_issuer: issuerIdentifier,
  credential_configuration_ids: z.array(word).check(
    z.minLength(1),
    z.maxLength(32),
    z.refine((ids) => new Set(ids).size === ids.length),
  ),
  grants: z.optional(
    z.object({
      authorization_code: z.optional(
        z.object({ issuer_state: z.optional(word), authorization_server: z.optional(issuerIdentifier) }),
      ),
      [preAuthorizedGrantType]: z.optional(
        z.object({
          'pre-authorized_code': word,
          tx_code: z.optional(txCodeShape),
          authorization_server: z.optional(issuerIdentifier),
        }),
      ),
    }),
  ),
});
export type CredentialOffer = z.infer<typeof credentialOffer>;

/** An offer as it arrives: whole, or as an address that is fetched only after the person agreed (4.1.3, privacy). */
export type OfferLink =
  | { readonly kind: 'value'; readonly offer: CredentialOffer }
  | { readonly kind: 'reference'; readonly uri: string };

const schemes = ['openid-credential-offer:', 'haip-vci:'];
const maxLinkLength = 16_384;

/**
 * Reads a credential offer link (4.1): `openid-credential-offer://?...`, `haip-vci://?...`, or one of the wallet's own
 * addresses named in `ownAddresses` (origin and path). Everything in it is untrusted, and nothing is fetched.
 * Refused with `offer_invalid`: any other scheme or place, both parameters or neither, a parameter twice, a reference
 * that is not an http(s) address, and what `parseOffer` refuses.
 */
export function parseOfferLink(link: string, options: { readonly ownAddresses?: readonly string[] } = {}): OfferLink {
  if (link.length > maxLinkLength || !URL.canParse(link)) throw new HufuError('offer_invalid', { at: 'link' });
  const url = new URL(link);
  const isOwn = options.ownAddresses?.includes(`${url.origin}${url.pathname}`) === true;
  const isBareScheme = schemes.includes(url.protocol) && url.host === '' && /^\/*$/.test(url.pathname);
  if (!isOwn && !isBareScheme) throw new HufuError('offer_invalid', { at: 'link' });

  const values = url.searchParams.getAll('credential_offer');
  const references = url.searchParams.getAll('credential_offer_uri');
  if (values.length + references.length !== 1) throw new HufuError('offer_invalid', { at: 'link' });
  const [value] = values;
  if (value !== undefined) return { kind: 'value', offer: parseOffer(value) };
  const [uri = ''] = references;
  if (!isWebAddress(uri) || uri.length > 2048) throw new HufuError('offer_invalid', { at: 'credential_offer_uri' });
  return { kind: 'reference', uri };
}

/** An offer document (4.1.1) from its JSON text; every fault is `offer_invalid`. */
export function parseOffer(text: string): CredentialOffer {
  try {
    return parseShape(credentialOffer, parseJson(text, { maxBytes: maxLinkLength }));
  } catch (cause) {
    throw new HufuError('offer_invalid', { at: 'credential_offer', cause });
  }
}

/** The link that carries an offer (4.1), for a QR code or a button. `base` is a scheme or a wallet's own address. */
export function createOfferLink(
  offer: { readonly value: CredentialOffer } | { readonly reference: string },
  base = 'openid-credential-offer://',
): string {
  const parameters =
    'value' in offer
      ? new URLSearchParams({ credential_offer: JSON.stringify(offer.value) })
      : new URLSearchParams({ credential_offer_uri: offer.reference });
  return `${base}?${parameters.toString()}`;
}
