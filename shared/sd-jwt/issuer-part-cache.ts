import { encodeBase64url } from '../encoding/index.ts';
import { BoundedCache, type Crypto } from '../keys/index.ts';

/**
 * Issuer signatures that were found good. A signature over given bytes by a given key never changes its mind, so this
 * saves the arithmetic of a credential seen before and nothing else: form, trust in the key, times, disclosures,
 * holder binding are all looked at again. No claims are kept, and at most `size` entries.
 */
export interface IssuerPartCache {
  find(id: string): true | undefined;
  put(id: string, good: true): void;
}

export function createIssuerPartCache(size: number): IssuerPartCache {
  return new BoundedCache<true>(size);
}

/** The same crypto, asking the cache first. An entry is named by all that the answer depends on. */
export function rememberSignatures(crypto: Crypto, seen: IssuerPartCache): Crypto {
  return {
    hash: (name, data) => crypto.hash(name, data),
    sha256: (data) => crypto.sha256(data),
    sha256Base64url: (data) => crypto.sha256Base64url(data),
    randomBytes: (length) => crypto.randomBytes(length),
    async verify(alg, key, signature, data) {
      const { crv, x, y = '' } = key;
      const id = [alg, crv, x, y, encodeBase64url(signature), crypto.sha256Base64url(data)].join('.');
      if (seen.find(id) === true) return true;
      const good = await crypto.verify(alg, key, signature, data);
      if (good) seen.put(id, true);
      return good;
    },
  };
}
