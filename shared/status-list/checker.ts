import type { Clock } from '../clock.ts';
import { codeOf, HufuError } from '../errors.ts';
import type { FetchText } from '../fetch.ts';
import type { UnverifiedJwt } from '../jwt/index.ts';
import { BoundedCache, type Crypto, type PublicJwk } from '../keys/index.ts';
import { readStatus, statusValues } from './list.ts';
import type { StatusReference } from './reference.ts';
import {
  defaultMaxListBytes,
  maxTokenLength,
  statusListType,
  type VerifiedStatusList,
  verifyStatusList,
} from './token.ts';
import type { Inflate } from './zlib.ts';

/** Whose list it may be: the key that signs statuses for this issuer, or a refusal. Part of what trust offers. */
export interface StatusTrust {
  statusKeyFor(jwt: UnverifiedJwt, issuerId: string): Promise<PublicJwk>;
}

export interface StatusEvidence {
  readonly status: 'valid' | 'revoked' | 'suspended';
  /** When the list was asked for: what it says was true then, or later. */
  readonly checkedAt: number;
  readonly listIat: number;
}

export interface StatusCheckerOptions {
  readonly fetchText: FetchText;
  readonly trust: StatusTrust;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly inflate: Inflate;
  /** Lists kept; 32 unless said. */
  readonly cacheEntries?: number;
  readonly maxListBytes?: number;
}

export interface StatusChecker {
  /**
   * The status of one credential. `maxAge` in seconds: how old the last look may be, 0 to look now.
   * Refused: `status_unavailable` (could not look: network, HTTP status, kind of answer, key not to be had),
   * `status_invalid` (list not that issuer's, or broken; a status that is neither of the three), `status_stale` (the
   * host serves a list older than it says a list may be), `status_range` (idx), `list_limit`.
   */
  check(ref: StatusReference, issuerId: string, options: { readonly maxAge: number }): Promise<StatusEvidence>;
}

interface Look {
  /** When it was asked for. */
  readonly at: number;
  readonly list: VerifiedStatusList;
}

interface PendingLook {
  readonly at: number;
  readonly look: Promise<Look>;
}

/** Two clocks, two roundings. */
const skew = 60;

export function createStatusChecker(options: StatusCheckerOptions): StatusChecker {
  const { fetchText, trust, crypto, clock, inflate, maxListBytes = defaultMaxListBytes } = options;
  const looks = new BoundedCache<Look>(options.cacheEntries ?? 32);
  const pending = new Map<string, PendingLook>();

  async function look(uri: string, issuerId: string, at: number): Promise<Look> {
    const token = await fetchToken(fetchText, uri, maxListBytes);
    const key = (jwt: UnverifiedJwt) => trust.statusKeyFor(jwt, issuerId);
    const list = await verifyStatusList(token, {
      crypto,
      expectedUri: uri,
      key,
      now: at,
      skew,
      inflate,
      maxListBytes,
    });
    if (list.ttl !== undefined && list.iat + list.ttl < at - skew) throw new HufuError('status_stale', { at: 'ttl' });
    return { at, list };
  }

  /** One request serves all who ask while it is under way, as far as it is young enough for them. */
  function shared(uri: string, issuerId: string, maxAge: number): Promise<Look> {
    const id = `${issuerId} ${uri}`;
    const now = clock.now();
    const known = looks.find(id);
    if (known !== undefined && maxAge > 0 && isFresh(known, now, maxAge)) return Promise.resolve(known);
    const other = pending.get(id);
    if (other !== undefined && now - other.at <= maxAge) return other.look;
    const fresh: PendingLook = {
      at: now,
      look: look(uri, issuerId, now)
        .then((result) => {
          looks.put(id, result);
          return result;
        })
        .finally(() => {
          if (pending.get(id) === fresh) pending.delete(id);
        }),
    };
    pending.set(id, fresh);
    return fresh.look;
  }

  return {
    async check(ref, issuerId, { maxAge }) {
      if (!(maxAge >= 0)) throw new TypeError('maxAge is not a number of seconds');
      const { at, list } = await shared(ref.uri, issuerId, maxAge);
      return { status: named(readStatus(list, ref.idx)), checkedAt: at, listIat: list.iat };
    },
  };
}

/** A look may be as old as the asker accepts, the list's `ttl` allows, and never past its end (section 8.3, 13.7). */
function isFresh(look: Look, now: number, maxAge: number): boolean {
  const { exp = Number.POSITIVE_INFINITY, ttl = Number.POSITIVE_INFINITY } = look.list;
  const age = now - look.at;
  return age >= 0 && age <= maxAge && age <= ttl && now < exp;
}

async function fetchToken(fetchText: FetchText, uri: string, maxListBytes: number): Promise<string> {
  const type = `application/${statusListType}`;
  try {
    const answer = await fetchText(uri, {
      accept: type,
      expectedTypes: [type],
      maxBytes: maxTokenLength(maxListBytes),
    });
    if (answer.text === '') throw new HufuError('fetch_type');
    return answer.text;
  } catch (cause) {
    throw new HufuError(codeOf(cause) === 'fetch_limit' ? 'list_limit' : 'status_unavailable', { at: 'fetch', cause });
  }
}

function named(status: number): StatusEvidence['status'] {
  if (status === statusValues.valid) return 'valid';
  if (status === statusValues.revoked) return 'revoked';
  if (status === statusValues.suspended) return 'suspended';
  throw new HufuError('status_invalid', { at: 'status' });
}
