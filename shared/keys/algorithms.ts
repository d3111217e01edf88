import { HufuError } from '../errors.ts';
import type { PublicJwk } from './jwk.ts';

/** `Ed25519` (RFC 9864) and `EdDSA` (RFC 8037) are two names of one algorithm for us: an OKP key on Ed25519. */
export type Alg = 'ES256' | 'EdDSA' | 'Ed25519';

export interface Algorithm {
  readonly kty: 'EC' | 'OKP';
  readonly crv: 'P-256' | 'Ed25519';
  /** JOSE form: r || s (RFC 7518 3.4), or RFC 8032 5.1.6. */
  readonly signatureBytes: 64;
  readonly webKey: EcKeyImportParams | { readonly name: 'Ed25519' };
  readonly webSign: EcdsaParams | { readonly name: 'Ed25519' };
}

const p256: Algorithm = {
  kty: 'EC',
  crv: 'P-256',
  signatureBytes: 64,
  webKey: { name: 'ECDSA', namedCurve: 'P-256' },
  webSign: { name: 'ECDSA', hash: 'SHA-256' },
};
const ed25519: Algorithm = {
  kty: 'OKP',
  crv: 'Ed25519',
  signatureBytes: 64,
  webKey: { name: 'Ed25519' },
  webSign: { name: 'Ed25519' },
};

/** The one table. What is not in it does not exist: no `none`, no MAC, no RSA, no secp256k1. */
export const algorithms: Readonly<Record<Alg, Algorithm>> = { ES256: p256, EdDSA: ed25519, Ed25519: ed25519 };

export function isAlg(value: unknown): value is Alg {
  return typeof value === 'string' && Object.hasOwn(algorithms, value);
}

/** The algorithm a key signs with: the one it names, else ES256 for P-256 and EdDSA for Ed25519. */
export function algFor(jwk: PublicJwk): Alg {
  if (jwk.crv === 'P-256') return 'ES256';
  return jwk.alg === 'Ed25519' ? 'Ed25519' : 'EdDSA';
}

/** Refuses an algorithm on a key of another kind: `alg_not_allowed` (RFC 8725 3.1). */
export function algorithmFor(alg: Alg, jwk: PublicJwk): Algorithm {
  const row = algorithms[alg];
  if (row.kty !== jwk.kty || row.crv !== jwk.crv) throw new HufuError('alg_not_allowed', { at: 'key' });
  return row;
}
