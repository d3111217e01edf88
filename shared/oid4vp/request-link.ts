import { HufuError } from '../errors.ts';

/** What a QR code or a link carries (5.10): who asks, and where the signed request is. */
export interface RequestLink {
  /** With its prefix, as the request object must repeat it. */
  readonly clientId: string;
  readonly requestUri: string;
  readonly method: 'get' | 'post';
}

export interface LinkPolicy {
  /** Exact origins that may be plain http: the demo's own; none in production. */
  readonly allowHttpOrigins: readonly string[];
}

const schemes: ReadonlySet<string> = new Set(['openid4vp:', 'haip-vp:', 'https:', 'http:']);
const maxLength = 4_096;

/**
 * Parses `openid4vp://?client_id=...&request_uri=...`, the same under `haip-vp:`, or behind a web wallet's own address.
 * Refused with `link_invalid`: other schemes, more than 4 kB, a parameter missing or twice, a request by value, an
 * unknown method (case-sensitive), a request_uri that is not https, has credentials or a fragment.
 */
export function parseRequestLink(link: string, policy: LinkPolicy): RequestLink {
  if (link.length > maxLength) throw refused('length');
  const url = parseUrl(link, 'link');
  if (!schemes.has(url.protocol)) throw refused('scheme');
  const clientId = only(url.searchParams, 'client_id');
  const requestUri = only(url.searchParams, 'request_uri') ?? '';
  if (clientId === undefined || clientId === '') throw refused('client_id');
  if (url.searchParams.has('request')) throw refused('request');
  const method = only(url.searchParams, 'request_uri_method') ?? 'get';
  if (method !== 'get' && method !== 'post') throw refused('request_uri_method');
  checkWebAddress(requestUri, policy, 'request_uri');
  return { clientId, requestUri, method };
}

/** `base` is `openid4vp://` or the address of a web wallet's page for requests. */
export function createRequestLink(base: string, link: RequestLink): string {
  const query = new URLSearchParams({
    client_id: link.clientId,
    request_uri: link.requestUri,
    request_uri_method: link.method,
  });
  // Colons and slashes may stand in a query (RFC 3986 3.4): a shorter link is a coarser code, and easier to scan.
  const text = query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
  return `${base}${base.includes('?') ? '&' : '?'}${text}`;
}

/** https without credentials and fragment, or http at an origin the policy names. Refused with `link_invalid`. */
export function checkWebAddress(address: string, policy: LinkPolicy, at: string): URL {
  const url = parseUrl(address, at);
  const isSecure = url.protocol === 'https:';
  const isAllowed = url.protocol === 'http:' && policy.allowHttpOrigins.includes(url.origin);
  if (!isSecure && !isAllowed) throw refused(at);
  if (url.username !== '' || url.password !== '' || address.includes('#')) throw refused(at);
  return url;
}

function parseUrl(text: string, at: string): URL {
  const url = URL.parse(text);
  // White space and control characters are dropped by URL parsers: two texts, one address.
  if (url === null || /[\s\p{Cc}\\]/u.test(text)) throw refused(at);
  return url;
}

function only(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  if (values.length > 1) throw refused(name);
  return values[0];
}

function refused(at: string): HufuError {
  return new HufuError('link_invalid', { at });
}
