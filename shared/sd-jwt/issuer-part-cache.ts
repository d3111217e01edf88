import { BoundedCache, type Crypto } from '../keys/index.ts';

/**
 * Issuer signatures that were found good. A signature over given bytes by a given key never changes its mind, so this
 * saves the arithmetic of a credential seen before and nothing else: form, trust in the key, times, disclosures,
 * holder binding are all looked at again. Kept are hashes, at most `size` of them.
 */
export interface IssuerPartCache {
  find(signatureHash: string): true | undefined;
  put(signatureHash: string, good: true): void;
}

export function createIssuerPartCache(size: number): IssuerPartCache {
  return new BoundedCache<true>(size);
}

/** The same crypto, asking the cache first. The hash is over all that the answer depends on. */
export function rememberSignatures(crypto: Crypto, seen: IssuerPartCache): Crypto {
  return {
    hash: (name, data) => crypto.hash(name, data),
    sha256: (data) => crypto.sha256(data),
    sha256Base64url: (data) => crypto.sha256Base64url(data),
    randomBytes: (length) => crypto.randomBytes(length),
    async verify(alg, key, signature, data) {
      const parts = [alg, key.crv, key.x, key.y ?? '', crypto.sha256Base64url(signature), crypto.sha256Base64url(data)];
      const signatureHash = crypto.sha256Base64url(parts.join('.'));
      if (seen.find(signatureHash) === true) return true;
      const good = await crypto.verify(alg, key, signature, data);
      if (good) seen.put(signatureHash, true);
      return good;
    },
  };
}
