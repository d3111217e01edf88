import { HufuError } from '../../shared/errors.ts';
import { type OfferLink, parseOfferLink } from '../../shared/oid4vci/index.ts';
import { parseRequestLink, type RequestLink } from '../../shared/oid4vp/index.ts';
import type { WalletPorts } from './ports.ts';

/** What somebody gave the wallet to read, as far as it can be told without asking anybody. */
export type WalletLink =
  | { readonly kind: 'offer'; readonly link: OfferLink; readonly host: string; readonly known: boolean }
  | { readonly kind: 'request'; readonly link: RequestLink; readonly host: string; readonly known: boolean };

export const receivePath = '/receive';
export const presentPath = '/present';

const maxLength = 16_384;
const offerSchemes = ['openid-credential-offer:', 'haip-vci:'];
const requestSchemes = ['openid4vp:', 'haip-vp:'];

/**
 * Reads a link, a pasted text or what a QR code says. Nothing is fetched. `host` is what the person is shown, in ASCII;
 * `known` is false where the place is not one this wallet is configured to speak to: then nothing will be fetched either.
 * Refused with `link_invalid` (or `offer_invalid`): anything longer than 16 kB, other schemes (`javascript:`, `file:`,
 * web addresses that are not this wallet's own), a scheme within a scheme, white space and control characters.
 */
export function readLink(text: string, ports: Pick<WalletPorts, 'configuration' | 'origin'>): WalletLink {
  const { configuration, origin } = ports;
  if (text.length > maxLength) throw new HufuError('link_invalid', { at: 'length' });
  const link = text.trim();
  const url = URL.parse(link);
  if (url === null || /[\s\p{Cc}\\]/u.test(link)) throw new HufuError('link_invalid', { at: 'link' });
  const isOwn = url.origin === origin;

  if (offerSchemes.includes(url.protocol) || (isOwn && url.pathname === receivePath)) {
    const parsed = parseOfferLink(link, { ownAddresses: [`${origin}${receivePath}`] });
    const place = parsed.kind === 'reference' ? parsed.uri : parsed.offer.credential_issuer;
    const { host, origin: at } = new URL(place);
    return { kind: 'offer', link: parsed, host, known: configuration.issuers.some(({ id }) => originOf(id) === at) };
  }
  if (requestSchemes.includes(url.protocol) || (isOwn && url.pathname === presentPath)) {
    // Where the request lies is judged by the exact list of places, so http is left to that list.
    const asked = URL.parse(url.searchParams.get('request_uri') ?? '');
    const parsed = parseRequestLink(link, { allowHttpOrigins: asked === null ? [] : [asked.origin] });
    const { host, origin: at } = new URL(parsed.requestUri);
    return { kind: 'request', link: parsed, host, known: configuration.connectOrigins.includes(at) };
  }
  throw new HufuError('link_invalid', { at: 'scheme' });
}

export function originOf(address: string): string {
  return new URL(address).origin;
}
