import type { DIDDocument } from 'did-resolver';
import { parseJson } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';
import type { FetchText } from '../fetch.ts';
import { checkDocument } from './document.ts';

const maxBytes = 64 * 1024;
const timeoutMs = 3000;
const mediaTypes = [
  'application/did+json',
  'application/json',
  'application/did',
  'application/did+ld+json',
  'application/ld+json',
];

/** Labels of letters, digits and hyphens, the last one no number (so no IPv4 address), then perhaps a port. */
const hostPattern =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:%3A[1-9][0-9]{0,4})?$/;
const segmentPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

export interface DidWebOptions {
  readonly fetchText: FetchText;
  /** Exact origins whose names are private on purpose; http only where the host is loopback. */
  readonly allowOrigins: readonly string[];
}

/**
 * Fetches and checks the document of a did:web. Refused before any connection: a host that is an address, has no dot,
 * carries user information, upper case or an escape other than the port's colon (`did_blocked`), a path with dot
 * segments or escapes (`did_invalid`). Refused after: what `checkDocument` refuses, a private address (`did_blocked`),
 * and a host that gives no JSON of at most 64 kB within 3 s (`trust_unavailable`).
 */
export async function resolveDidWeb(did: string, options: DidWebOptions): Promise<DIDDocument> {
  const url = documentUrl(did, options.allowOrigins);
  let text: string;
  try {
    ({ text } = await options.fetchText(url, { maxBytes, timeoutMs, expectedTypes: mediaTypes }));
  } catch (cause) {
    throw new HufuError(codeOf(cause) === 'fetch_blocked' ? 'did_blocked' : 'trust_unavailable', {
      at: 'did:web',
      cause,
    });
  }
  let document: ReturnType<typeof parseJson>;
  try {
    document = parseJson(text, { maxBytes });
  } catch (cause) {
    throw new HufuError('did_invalid', { at: 'document', cause });
  }
  return checkDocument(did, document);
}

/** Where the document lies: `/.well-known/did.json`, or `<path>/did.json` when the DID has a path. */
export function documentUrl(did: string, allowOrigins: readonly string[]): string {
  const [host = '', ...segments] = did.slice('did:web:'.length).split(':');
  const name = host.replace('%3A', ':');
  // What the URL parser would rewrite is an address or a second spelling: `0x7f`, a default port.
  const { host: parsed, hostname } = URL.canParse(`https://${name}`)
    ? new URL(`https://${name}`)
    : { host: '', hostname: '' };
  if (!hostPattern.test(host) || parsed !== name) throw new HufuError('did_blocked', { at: 'host' });
  if (!segments.every((segment) => segmentPattern.test(segment) && !segment.includes('..'))) {
    throw new HufuError('did_invalid', { at: 'path' });
  }
  const plain = isLoopbackName(hostname) && allowOrigins.includes(`http://${name}`);
  // A name without a dot, or under localhost, means this machine or its neighbours.
  if (!plain && !allowOrigins.includes(`https://${name}`) && (!hostname.includes('.') || isLoopbackName(hostname))) {
    throw new HufuError('did_blocked', { at: 'host' });
  }
  return `${plain ? 'http' : 'https'}://${name}/${segments.length === 0 ? '.well-known' : segments.join('/')}/did.json`;
}

/** The did:web of a base URL: `http://localhost:4010` is `did:web:localhost%3A4010`, a path follows after colons. */
export function didWebOf(baseUrl: string): string {
  const { host, pathname } = new URL(baseUrl);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  return ['did:web', host.replace(':', '%3A'), ...segments].join(':');
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
