/**
 * The one way out of a service (RFC 9700 4.14, OWASP ASVS 5.0 15.3.2). https to public addresses only, no redirects,
 * bounded in time and size. Origins named in the configuration may be private and may use http.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { decodeUtf8 } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { FetchedBody, FetchText, FetchTextOptions } from '../fetch.ts';
import { isPublicAddress } from './public-address.ts';

const maxUrlLength = 4096;
const defaultMaxBytes = 64 * 1024;
const defaultTimeoutMs = 3000;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface SafeFetchOptions {
  /** Exact origins (`http://localhost:4010`) that may be loopback or private and may use http. Everything else: public https. */
  readonly allowOrigins: readonly string[];
  /** All addresses of a name; the system's resolver when left out. What it answers is filtered and then connected to. */
  readonly lookup?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
}

/**
 * Makes the outbound call of a service. Refused: another scheme, credentials in the URL, an address that is not public
 * (`fetch_blocked`, and no connection is opened); a redirect (`fetch_failed`) or another unexpected status (`fetch_status`); a coded body or an
 * unexpected media type (`fetch_type`); more bytes than allowed (`fetch_limit`); too slow, or anything else that goes
 * wrong on the way (`fetch_failed`). The time covers everything from name resolution to the last byte.
 */
export function safeFetch(options: SafeFetchOptions): FetchText {
  const allowed = new Set(options.allowOrigins.map(exactOrigin));
  const resolveName =
    options.lookup ?? ((hostname: string) => systemLookup(hostname, { all: true, order: 'verbatim' }));

  return async (address, request) => {
    // 1. Where to: scheme, credentials, literal addresses. Nothing has been asked of the network yet.
    const url = parseTarget(address, allowed);
    const allowListed = allowed.has(url.origin);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    if (!allowListed && isIP(hostname) !== 0 && !isPublicAddress(hostname))
      throw new HufuError('fetch_blocked', { at: 'url' });

    // 2. Send. The address filter sits in the connection's own name lookup, so a second answer of DNS cannot slip in.
    const body = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8');
    const signal = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs);
    try {
      const response = await send(
        url,
        {
          method: request.method ?? 'GET',
          headers: {
            ...request.headers,
            accept: request.accept ?? request.expectedTypes?.join(', ') ?? '*/*',
            'accept-encoding': 'identity',
            ...(body === undefined ? {} : { 'content-length': body.length }),
          },
          agent: false,
          signal,
          lookup: filteredLookup(resolveName, allowListed),
        },
        body,
      );
      try {
        return await readResponse(response, request);
      } finally {
        response.destroy();
      }
    } catch (error) {
      if (error instanceof HufuError) throw error;
      throw new HufuError('fetch_failed', { at: signal.aborted ? 'time' : 'network', cause: error });
    }
  };
}

function exactOrigin(origin: string): string {
  if (new URL(origin).origin !== origin) throw new TypeError('allowOrigins takes exact origins');
  return origin;
}

function parseTarget(address: string, allowed: ReadonlySet<string>): URL {
  const blocked = new HufuError('fetch_blocked', { at: 'url' });
  if (address.length > maxUrlLength || !URL.canParse(address)) throw blocked;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') throw blocked;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowed.has(url.origin))) throw blocked;
  return url;
}

/** Node asks this once per connection and connects to what it answers, nothing else. */
function filteredLookup(resolveName: NonNullable<SafeFetchOptions['lookup']>, allowListed: boolean): LookupFunction {
  return (hostname, _options, callback) => {
    addressesOf(hostname, resolveName, allowListed).then(
      (addresses) => callback(null, [...addresses]),
      (error: unknown) => callback(error instanceof Error ? error : new Error('lookup'), []),
    );
  };
}

async function addressesOf(
  hostname: string,
  resolveName: NonNullable<SafeFetchOptions['lookup']>,
  allowListed: boolean,
): Promise<readonly ResolvedAddress[]> {
  // RFC 6761 6.3: names under localhost are loopback; Node leaves that to the system, which often does not know them.
  if (allowListed && (hostname === 'localhost' || hostname.endsWith('.localhost'))) {
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
  }
  const addresses = await resolveName(hostname);
  // One private address among public ones is a rebinding attempt or a mistake: refuse the name, do not pick.
  if (!allowListed && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new HufuError('fetch_blocked', { at: 'address' });
  }
  return addresses;
}

function send(url: URL, options: RequestOptions, body: Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    outgoing.once('response', resolve);
    // Stays attached: a fault after the response has begun also surfaces on the body, and must not go unhandled here.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readResponse(response: IncomingMessage, request: FetchTextOptions): Promise<FetchedBody> {
  // 1. Status. A redirect is never followed and never an answer.
  const status = response.statusCode ?? 0;
  const accepted = request.okStatuses ?? [200];
  if (status >= 300 && status < 400) throw new HufuError('fetch_failed', { at: 'redirect' });
  if (accepted !== 'any' && !accepted.includes(status)) throw new HufuError('fetch_status', { at: 'status' });

  // 2. Form. Identity coding was asked for; a coded body would have to be inflated before it could be measured.
  const coding = response.headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity')
    throw new HufuError('fetch_type', { at: 'content-encoding' });
  const contentType = response.headers['content-type'] ?? '';
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (status < 300 && request.expectedTypes !== undefined && !request.expectedTypes.includes(mediaType)) {
    throw new HufuError('fetch_type', { at: 'content-type' });
  }

  // 3. Size: what is announced, then what really comes.
  const maxBytes = request.maxBytes ?? defaultMaxBytes;
  if (Number(response.headers['content-length'] ?? 0) > maxBytes)
    throw new HufuError('fetch_limit', { at: 'content-length' });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    if (size > maxBytes) throw new HufuError('fetch_limit', { at: 'body' });
    chunks.push(bytes);
  }
  return {
    status,
    contentType,
    text: decodeUtf8(Buffer.concat(chunks, size), 'body'),
    headers: {
      get: (name) => {
        const value = response.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
  };
}
