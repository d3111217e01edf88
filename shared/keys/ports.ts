import type { Alg } from './algorithms.ts';
import type { PublicJwk } from './jwk.ts';

export type MaybePromise<T> = T | Promise<T>;
export type HashName = 'sha-256' | 'sha-384' | 'sha-512';

/** Hashing never waits. A text is hashed as UTF-8. */
export interface Hasher {
  sha256(data: Uint8Array | string): Uint8Array<ArrayBuffer>;
  sha256Base64url(data: Uint8Array | string): string;
  hash(name: HashName, data: Uint8Array | string): Uint8Array<ArrayBuffer>;
}

/** Public-key checks, hashes and randomness. At once in Node, later in the browser: callers always await. */
export interface Crypto extends Hasher {
  /**
   * Whether `signature` (JOSE form, 64 bytes; another length is false) is the key's over `data`.
   * Refused: `alg_not_allowed` (algorithm and key differ in kind), `key_invalid` (no point of the curve).
   *
   * An ECDSA signature has a twin (r, n - s) that verifies as well, and half of all honest ones have the high s:
   * nothing may identify a token by its signature or its text. Replay is kept by `jti` or nonce.
   */
  verify(alg: Alg, key: PublicJwk, signature: Uint8Array, data: Uint8Array): MaybePromise<boolean>;
  randomBytes(length: number): Uint8Array<ArrayBuffer>;
}

/** A private key that is somewhere: here, in a vault, in a device. */
export interface Signer {
  readonly alg: Alg;
  readonly publicJwk: PublicJwk;
  /** 64 bytes in JOSE form. */
  sign(data: Uint8Array): MaybePromise<Uint8Array>;
}
