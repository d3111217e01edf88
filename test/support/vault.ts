import { argon2id } from '@noble/hashes/argon2.js';
import { systemClock } from '../../shared/clock.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import { passkeyUnlocker, passphraseUnlocker, Vault, type VaultDeps } from '../../wallet/vault/index.ts';
import { type MemoryStore, memoryHighWater, memoryStore } from './memory-store.ts';
import { type SoftwarePasskey, softwarePasskey } from './software-passkey.ts';

export const walletOrigin = 'http://wallet.localhost:4030';
export const walletHost = 'wallet.localhost';

export interface TestVault {
  readonly vault: Vault;
  readonly deps: VaultDeps;
  readonly store: MemoryStore;
  readonly passkey: SoftwarePasskey;
  /** What the person types when a passphrase is asked for. */
  typed: string | undefined;
  /** The vault as another page load finds it. */
  reload(): Promise<Vault>;
}

/** A vault in memory that seals for real, with a software passkey; not yet created. */
export async function emptyVault(options: { readonly alg?: -7 | -8 | -257 } = {}): Promise<TestVault> {
  const hasher = nodeCrypto();
  const store = memoryStore();
  const passkey = await softwarePasskey({ origin: walletOrigin, rpId: walletHost, ...options });
  const test: { typed: string | undefined } = { typed: 'correct horse battery' };
  const deps: VaultDeps = {
    raw: store,
    highWater: memoryHighWater(),
    hasher,
    unlockers: {
      passkey: passkeyUnlocker({
        credentials: passkey,
        rpId: walletHost,
        origin: walletOrigin,
        clock: systemClock,
        hasher,
        displayName: 'Hufu',
      }),
      passphrase: passphraseUnlocker({
        ask: async () => test.typed,
        // The real function at a thousandth of its price: what is under test is what happens around it.
        argon2id: async ({ passphrase, salt }) =>
          new Uint8Array(argon2id(passphrase, salt, { t: 1, m: 64, p: 1, dkLen: 32 })),
        clock: systemClock,
        randomBytes: hasher.randomBytes,
      }),
    },
  };
  return Object.assign(test, { vault: await Vault.load(deps), deps, store, passkey, reload: () => Vault.load(deps) });
}

export async function openVault(options: { readonly alg?: -7 | -8 | -257 } = {}): Promise<TestVault> {
  const test = await emptyVault(options);
  await test.vault.create('passkey');
  return test;
}
