import {
  type DIDCache,
  type DIDDocument,
  type DIDResolutionResult,
  Resolver,
  type ResolverRegistry,
} from 'did-resolver';
import type { Clock } from '../clock.ts';
import { HufuError } from '../errors.ts';
import type { FetchText } from '../fetch.ts';
import { BoundedCache, type PublicJwk, parsePublicJwk } from '../keys/index.ts';
import { resolveDidJwk } from './did-jwk.ts';
import { resolveDidKey } from './did-key.ts';
import { resolveDidWeb } from './did-web.ts';

const maxDidLength = 2048;
const cacheEntries = 256;
const defaultCacheSeconds = 300;

/** What a key is asked for. Key agreement is not among them: such a key never signs. */
export type DidPurpose = 'assertionMethod' | 'authentication';

export interface DidKeys {
  /** The checked document, reduced to its keys. */
  resolve(did: string): Promise<DIDDocument>;
  /** The key a DID URL with a fragment names, if its document lists it for the purpose. */
  findKey(didUrl: string, purpose: DidPurpose): Promise<PublicJwk>;
}

export interface DidKeysOptions {
  readonly clock: Clock;
  /** The guarded way out for did:web; without it did:web is `did_unsupported`. */
  readonly fetchText?: FetchText;
  /** Exact origins that did:web may reach although their names are private; http only where the host is loopback. */
  readonly allowOrigins?: readonly string[];
  /** How long a fetched document is good for; 300 s unless said. */
  readonly cacheSeconds?: number;
}

/**
 * Resolves did:jwk, did:key and did:web and hands out keys by purpose (DID Core 1.0 5.3).
 * `resolve` refuses: `did_invalid` (syntax, document), `did_unsupported` (method), `did_blocked` (did:web to a private
 * place), `trust_unavailable` (did:web gave no answer), `key_invalid` (did:key, did:jwk).
 * `findKey` also refuses: `key_untrusted` (no such key), `key_purpose`, `key_invalid`.
 */
export function createDidKeys(options: DidKeysOptions): DidKeys {
  const { clock, fetchText, allowOrigins = [], cacheSeconds = defaultCacheSeconds } = options;
  // No prototype: did-resolver looks the method up by name, and `did:constructor:x` must find nothing.
  const registry: ResolverRegistry = Object.assign(Object.create(null), {
    jwk: async (did, parsed) => resolved(resolveDidJwk(did, parsed.id)),
    key: async (did, parsed) => resolved(resolveDidKey(did, parsed.id)),
    ...(fetchText === undefined
      ? {}
      : { web: async (did) => resolved(await resolveDidWeb(did, { fetchText, allowOrigins })) }),
  } satisfies ResolverRegistry);
  const resolver = new Resolver(registry, { cache: webCache(clock, cacheSeconds) });

  async function resolve(did: string): Promise<DIDDocument> {
    // 1. Bare and bounded: no path, query, parameters or fragment, which did-resolver would silently drop.
    if (did.length > maxDidLength || /[/?#;]/.test(did)) throw new HufuError('did_invalid', { at: 'did' });
    // 2. A did:web whose host is not even a DID's characters is an attempt on an address, and is named as such.
    const { didDocument, didResolutionMetadata } = await resolver.resolve(did);
    if (didResolutionMetadata.error === 'unsupportedDidMethod') throw new HufuError('did_unsupported', { at: 'did' });
    if (didDocument === null)
      throw new HufuError(did.startsWith('did:web:') ? 'did_blocked' : 'did_invalid', { at: 'did' });
    return didDocument;
  }

  return {
    resolve,
    async findKey(didUrl, purpose) {
      const hash = didUrl.indexOf('#');
      if (hash < 0 || didUrl.length > maxDidLength * 2) throw new HufuError('key_untrusted', { at: 'kid' });
      const document = await resolve(didUrl.slice(0, hash));
      const method = document.verificationMethod?.find(({ id }) => id === didUrl);
      if (method === undefined) throw new HufuError('key_untrusted', { at: 'kid' });
      if (!document[purpose]?.includes(method.id)) throw new HufuError('key_purpose', { at: 'kid' });
      return parsePublicJwk(method.publicKeyJwk, 'publicKeyJwk');
    },
  };
}

function resolved(didDocument: DIDDocument): DIDResolutionResult {
  return { didDocument, didResolutionMetadata: {}, didDocumentMetadata: {} };
}

/** Keeps what cost a fetch, and lets those who ask at once share it. A refusal is not kept. */
function webCache(clock: Clock, seconds: number): DIDCache {
  const entries = new BoundedCache<{ readonly result: Promise<DIDResolutionResult>; readonly until: number }>(
    cacheEntries,
  );
  return (parsed, resolve) => {
    if (parsed.method !== 'web') return resolve();
    const known = entries.find(parsed.did);
    if (known !== undefined && clock.now() < known.until) return known.result;
    const result = resolve();
    entries.put(parsed.did, { result, until: clock.now() + seconds });
    result.catch(() => entries.delete(parsed.did));
    return result;
  };
}
