import { effect, signal } from '@preact/signals';
import { systemClock } from '../../shared/clock.ts';
import { webCrypto } from '../../shared/keys/index.ts';
import type { WalletConfiguration } from '../core/configuration.ts';
import type { WalletPorts } from '../core/ports.ts';
import {
  type Grade,
  indexedDbStore,
  passkeyUnlocker,
  passphraseUnlocker,
  storedHighWater,
  Vault,
  type VaultState,
  watchIdle,
} from '../vault/index.ts';
import { argon2id } from './argon2.ts';
import { askPassphrase } from './passphrase-prompt.ts';
import { wipedPath } from './router.ts';

/** What the page knows of the wallet as a whole. `starting` until the vault was looked for. */
export const session = signal<'starting' | 'unsupported' | VaultState>('starting');
export const grade = signal<Grade | undefined>(undefined);
export const configuration = signal<WalletConfiguration | undefined>(undefined);
/** True once it is known that there is no configuration to be had. */
export const configurationMissing = signal(false);

let vault: Vault | undefined;
let ports: Promise<WalletPorts> | undefined;
let wiping = false;

/** Looks for a vault; what it holds stays closed. */
export async function startSession(): Promise<void> {
  if (!isSecureContext || globalThis.indexedDB === undefined || crypto.subtle === undefined) {
    session.value = 'unsupported';
    return;
  }
  vault = await loadVault().catch(() => undefined);
  if (vault === undefined) {
    session.value = 'unsupported';
    return;
  }
  vault.onChange(tell);
  tell();
  effect(() => {
    if (session.value !== 'open') return undefined;
    return watchIdle({ page: document, lock, stay: () => vault?.stay() });
  });
}

function loadVault(): Promise<Vault> {
  const hasher = webCrypto();
  const passkeys = Reflect.has(globalThis, 'PublicKeyCredential') ? navigator.credentials : undefined;
  return Vault.load({
    raw: indexedDbStore(indexedDB),
    highWater: storedHighWater(webStorage()),
    hasher,
    unlockers: {
      passkey: passkeyUnlocker({
        credentials: passkeys,
        rpId: location.hostname,
        origin: location.origin,
        clock: systemClock,
        hasher,
        displayName: '虎符钱包 Hufu wallet',
      }),
      passphrase: passphraseUnlocker({
        ask: askPassphrase,
        argon2id,
        clock: systemClock,
        randomBytes: hasher.randomBytes,
      }),
    },
  });
}

/** Absent where the person has forbidden it. */
function webStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

export async function createWallet(wanted: Grade): Promise<void> {
  await theVault().create(wanted);
  tell();
  // The browser may clear a site's storage when room is short, unless it is asked not to.
  await navigator.storage?.persist?.().catch(() => false);
}

export async function unlockWallet(): Promise<void> {
  await theVault().unlock();
}

/** Counts the times nobody was there for five minutes: what was being decided then is not decided later. */
export const idleLocks = signal(0);

export function lock(reason: 'idle' | 'hidden' | 'wish'): void {
  vault?.lock();
  if (reason === 'idle') idleLocks.value += 1;
}

/** Everything on this device: vault, offline copy, preferences. The server's answer clears what is left. */
export async function wipeWallet(): Promise<void> {
  // From here on there is no wallet to show and none to make, until the page has been loaded again.
  wiping = true;
  await theVault().wipe();
  ports = undefined;
  webStorage()?.clear();
  for (const name of await caches.keys()) await caches.delete(name);
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  location.replace(wipedPath);
}

export function theVault(): Vault {
  if (vault === undefined) throw new TypeError('the session has not started');
  return vault;
}

/** The ports of the core. Loaded apart: nothing of the protocols is needed to see one's cards. */
export function thePorts(): Promise<WalletPorts> {
  ports ??= (async () => {
    const { browserPorts } = await import('./browser-ports.ts');
    const { value } = configuration;
    if (value === undefined) throw new TypeError('the configuration was not read');
    return browserPorts(value, theVault());
  })();
  return ports;
}

function tell(): void {
  if (wiping) return;
  grade.value = vault?.grade;
  session.value = vault?.state ?? 'starting';
}
