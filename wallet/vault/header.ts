import * as z from 'zod/mini';

const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]{16,2048}$/));

/**
 * The unsealed part of a vault: what the browser must know to ask for the right passkey. Nothing in it is secret, and a
 * digest of it lies inside the sealed manifest, so that a changed header does not open.
 */
export const passkeyHeader = z.strictObject({
  v: z.literal(1),
  grade: z.literal('passkey'),
  rpId: z.string().check(z.minLength(1)),
  credentialId: base64url,
  /** SubjectPublicKeyInfo, and its COSE algorithm: -7 ES256, -8 EdDSA, -257 RS256. */
  publicKey: base64url,
  alg: z.union([z.literal(-7), z.literal(-8), z.literal(-257)]),
  /** PRF inputs: one yields the records key at unlocking, the other the holder keys' key, asked for per act only. */
  recordsSalt: base64url,
  holderSalt: base64url,
  createdAt: z.int(),
});

export const passphraseHeader = z.strictObject({
  v: z.literal(1),
  grade: z.literal('passphrase'),
  salt: base64url,
  /** Argon2id (RFC 9106): passes, memory in KiB, lanes. */
  cost: z.strictObject({ t: z.int().check(z.gte(3)), m: z.int().check(z.gte(65536)), p: z.literal(1) }),
  /** Tells a mistyped passphrase before anything is opened or, worse, wrapped with it. */
  check: base64url,
  createdAt: z.int(),
});

export const vaultHeader = z.discriminatedUnion('grade', [passkeyHeader, passphraseHeader]);

export type PasskeyHeader = z.infer<typeof passkeyHeader>;
export type PassphraseHeader = z.infer<typeof passphraseHeader>;
export type VaultHeader = z.infer<typeof vaultHeader>;
export type Grade = VaultHeader['grade'];

/** What the header's digest in the manifest is taken over: its members in a fixed order. */
export function headerBytes(header: VaultHeader): string {
  return JSON.stringify(Object.entries(header).sort(([a], [b]) => (a < b ? -1 : 1)));
}
