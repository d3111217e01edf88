/**
 * The vault: what the wallet keeps, and who may open it. WebAuthn Level 3 with the PRF extension (W3C), HKDF (RFC 5869),
 * AES-256-GCM (NIST SP 800-38D), Argon2id (RFC 9106) for the weaker grade. Layers and limits: SECURITY.md.
 */
export { type ExpectedAssertion, verifyAssertion } from './assertion.ts';
export { watchIdle } from './auto-lock.ts';
export type { Grade, VaultHeader } from './header.ts';
export { indexedDbStore, storedHighWater } from './indexed-db.ts';
export { type PasskeyPort, passkeyUnlocker } from './passkey.ts';
export { type Argon2Task, passphraseMinLength, passphraseUnlocker } from './passphrase.ts';
export type { Commit, HighWater, RawStore, SealedRow } from './raw-store.ts';
export type { Draft, Entry, Kind, Records } from './records.ts';
export { lengthPrefixed } from './seal.ts';
export { type GestureEvidence, gestureEvidence, type Unlocker } from './unlocker.ts';
export { type Gesture, Vault, type VaultDeps, type VaultState } from './vault.ts';
