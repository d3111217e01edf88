import { decodeUtf8 } from './encoding/index.ts';
import { HufuError } from './errors.ts';

export interface FetchedBody {
  readonly status: number;
  /** As sent, with its parameters; empty when there was none. */
  readonly contentType: string;
  readonly text: string;
  readonly headers: { get(name: string): string | null };
}

export interface FetchTextOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly accept?: string;
  /** Bytes of the decoded body; 65,536 unless said. */
  readonly maxBytes?: number;
  /** For everything together, until the last byte; 3,000 unless said. */
  readonly timeoutMs?: number;
  /** Media types without parameters that a success (2xx) may have. */
  readonly expectedTypes?: readonly string[];
  /** 200 alone unless said. `any` leaves the judgement to the caller. */
  readonly okStatuses?: 'any' | readonly number[];
}

/**
 * One outbound request, bounded in size and time, without redirects, credentials or cache. Refused: `fetch_blocked`
 * (address), `fetch_failed` (network, redirect, time), `fetch_limit` (size), `fetch_status`, `fetch_type`,
 * `encoding` (body that is not UTF-8).
 */
export type FetchText = (url: string, options: FetchTextOptions) => Promise<FetchedBody>;

/** FetchText on the browser's own `fetch`. Plain http is for this machine only. */
export function browserFetch(options: { readonly fetch?: typeof globalThis.fetch } = {}): FetchText {
  return async (url, request) => {
    const { maxBytes = 65_536, timeoutMs = 3_000, okStatuses = [200], expectedTypes } = request;
    checkAddress(url);
    const signal = AbortSignal.timeout(timeoutMs);
    const send = options.fetch ?? globalThis.fetch;
    const response = await failing(() =>
      send(url, {
        method: request.method ?? 'GET',
        headers: { ...request.headers, ...(request.accept === undefined ? {} : { accept: request.accept }) },
        ...(request.body === undefined ? {} : { body: request.body }),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal,
      }),
    );
    const { status, headers } = response;
    const contentType = headers.get('content-type') ?? '';
    try {
      if (okStatuses !== 'any' && !okStatuses.includes(status)) throw new HufuError('fetch_status', { at: 'status' });
      if (response.ok && expectedTypes !== undefined && !expectedTypes.includes(essence(contentType))) {
        throw new HufuError('fetch_type');
      }
      if (Number(headers.get('content-length') ?? 0) > maxBytes) throw new HufuError('fetch_limit');
      return { status, contentType, text: decodeUtf8(await readBounded(response, maxBytes), 'body'), headers };
    } catch (error) {
      // What is not wanted any more must not go on arriving.
      if (!response.bodyUsed) await response.body?.cancel().catch(() => undefined);
      throw error;
    }
  };
}

function checkAddress(text: string): void {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') throw new HufuError('fetch_blocked', { at: 'url' });
  const here = /^(?:(?:[a-z0-9-]+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)) {
    throw new HufuError('fetch_blocked', { at: 'url' });
  }
}

/** `Application/JSON; charset=utf-8` is `application/json`. */
function essence(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await failing(() => reader.read());
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new HufuError('fetch_limit');
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

async function failing<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new HufuError('fetch_failed', { cause });
  }
}
