import * as z from 'zod/mini';
import { decodeBase64url, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { algorithms, isAlg } from './algorithms.ts';
import { isSoundEd25519 } from './ed25519-points.ts';
import type { Hasher } from './ports.ts';

/** A public signature key (RFC 7517, RFC 7518 6.2, RFC 8037 2). */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP';
  readonly crv: 'P-256' | 'Ed25519';
  readonly x: string;
  readonly y?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
}

/** RFC 7518 6.2.2, 6.3.2 and 6.4, RFC 8037 2: whoever sends one of these as a public key has lost a secret. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const;

const wireJwk = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.optional(z.string()),
  kid: z.optional(z.string()),
  alg: z.optional(z.string()),
  use: z.optional(z.string()),
  key_ops: z.optional(z.array(z.string())),
});

/**
 * Somebody's public signature key. Only the members above survive. Refused with `key_invalid`: private or symmetric
 * members, other key types and curves, coordinates that are not 32 canonical base64url bytes, unsound Ed25519
 * points, and an `alg`, `use` or `key_ops` that does not allow verification. A point off the curve is refused with
 * the same code when the key is first used.
 */
export function parsePublicJwk(value: unknown, at = 'jwk'): PublicJwk {
  const invalid = () => new HufuError('key_invalid', { at });
  if (typeof value !== 'object' || value === null) throw invalid();
  if (privateMembers.some((name) => name in value)) throw invalid();
  let wire: z.output<typeof wireJwk>;
  try {
    wire = parseShape(wireJwk, value);
  } catch (cause) {
    throw new HufuError('key_invalid', { at, cause });
  }
  if (wire.alg !== undefined && (!isAlg(wire.alg) || algorithms[wire.alg].crv !== wire.crv)) throw invalid();
  if (wire.use !== undefined && wire.use !== 'sig') throw invalid();
  if (wire.key_ops !== undefined && !wire.key_ops.includes('verify')) throw invalid();
  const rest = {
    ...(wire.kid === undefined ? {} : { kid: wire.kid }),
    ...(wire.alg === undefined ? {} : { alg: wire.alg }),
    ...(wire.use === undefined ? {} : { use: wire.use }),
    ...(wire.key_ops === undefined ? {} : { key_ops: wire.key_ops }),
  };
  if (wire.kty === 'EC' && wire.crv === 'P-256' && wire.y !== undefined) {
    coordinate(wire.x, at);
    coordinate(wire.y, at);
    return { kty: 'EC', crv: 'P-256', x: wire.x, y: wire.y, ...rest };
  }
  if (wire.kty === 'OKP' && wire.crv === 'Ed25519' && wire.y === undefined) {
    if (!isSoundEd25519(coordinate(wire.x, at))) throw invalid();
    return { kty: 'OKP', crv: 'Ed25519', x: wire.x, ...rest };
  }
  throw invalid();
}

function coordinate(text: string, at: string): Uint8Array {
  if (text.length !== 43) throw new HufuError('key_invalid', { at });
  try {
    return decodeBase64url(text);
  } catch (cause) {
    throw new HufuError('key_invalid', { at, cause });
  }
}

/** RFC 7638 thumbprint, base64url of SHA-256: the identity of a key, whatever else its JWK says. */
export function thumbprint(jwk: PublicJwk, hash: Hasher): string {
  return hash.sha256Base64url(canonicalJwk(jwk));
}

/** RFC 7638 3.2: required members only, in lexicographic order, no white space. */
function canonicalJwk(jwk: PublicJwk): string {
  return jwk.kty === 'EC'
    ? `{"crv":"${jwk.crv}","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`
    : `{"crv":"${jwk.crv}","kty":"OKP","x":"${jwk.x}"}`;
}

/** The same key, whatever else the two JWKs say. */
export function sameKey(a: PublicJwk, b: PublicJwk): boolean {
  return canonicalJwk(a) === canonicalJwk(b);
}
