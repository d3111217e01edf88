import * as z from 'zod/mini';

/** A non-empty string. */
export const word = z.string().check(z.minLength(1), z.maxLength(2048));

/** An absolute http(s) address without user information or fragment. Whether http may be used is the fetcher's decision. */
export const address = z.string().check(
  z.maxLength(2048),
  z.refine((text) => isWebAddress(text)),
);

/** A Credential Issuer Identifier: like `address`, and without a query (OpenID4VCI 1.0 12.2.1). Compared byte for byte. */
export const issuerIdentifier = z.string().check(
  z.maxLength(2048),
  z.refine((text) => isWebAddress(text) && !text.includes('?')),
);

export function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '' && !text.includes('#');
}

/** A JWK as data: only what has to be carried; which keys are acceptable is decided where they are used. */
export const jwk = z.looseObject({ kty: word, kid: z.optional(word), alg: z.optional(word) });

/** Claims path pointer (OpenID4VCI 1.0 appendix C): a member, an index, or null for all elements. */
export const claimsPath = z.array(z.union([z.string(), z.null(), z.int().check(z.gte(0))])).check(z.minLength(1));
