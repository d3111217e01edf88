import type { Clock } from '../../shared/clock.ts';
import { constantTimeEqual, decodeBase64url, encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { deriveCheck, deriveKey, type KeyPurpose } from './derive.ts';
import type { PassphraseHeader, VaultHeader } from './header.ts';
import type { Unlocker } from './unlocker.ts';

/** What Argon2id is asked for; the answer is 32 bytes. The browser runs it in a Worker, tests call it directly. */
export interface Argon2Task {
  readonly passphrase: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly t: number;
  readonly m: number;
  readonly p: number;
}

export interface PassphraseOptions {
  /** Asks the person; `undefined` means that they thought better of it. `create` asks twice and compares. */
  ask(reason: 'create' | 'unlock' | 'gesture'): Promise<string | undefined>;
  argon2id(task: Argon2Task): Promise<Uint8Array<ArrayBuffer>>;
  readonly clock: Clock;
  randomBytes(count: number): Uint8Array<ArrayBuffer>;
}

/** Characters, not bytes: ten Chinese characters are far more than ten letters, and both are counted the kind way. */
export const passphraseMinLength = 10;

/** RFC 9106 section 4, second recommended setting: 64 MiB, three passes; one lane, since a Worker has one thread. */
const cost = { t: 3, m: 65_536, p: 1 } as const;

/**
 * Unlocking by passphrase, the visibly weaker grade: a guesser who has the files may try offline, at Argon2id's price
 * for each try, and a gesture leaves no proof. Asked again for each act, like a passkey, so that an unlocked page alone
 * cannot use the holder keys.
 */
export function passphraseUnlocker(options: PassphraseOptions): Unlocker {
  async function stretch(task: Omit<PassphraseHeader, 'check'>, passphrase: string): Promise<Uint8Array<ArrayBuffer>> {
    return options.argon2id({ passphrase: normalise(passphrase), salt: decodeBase64url(task.salt), ...task.cost });
  }

  async function derive(header: PassphraseHeader, passphrase: string, purpose: KeyPurpose): Promise<CryptoKey> {
    const secret = await stretch(header, passphrase);
    if (!constantTimeEqual(await deriveCheck(secret), decodeBase64url(header.check))) {
      secret.fill(0);
      throw new HufuError('passphrase_wrong');
    }
    return deriveKey(secret, purpose);
  }

  async function ask(reason: 'create' | 'unlock' | 'gesture'): Promise<string> {
    const passphrase = await options.ask(reason);
    if (passphrase === undefined) throw new HufuError('passkey_cancelled');
    return passphrase;
  }

  return {
    grade: 'passphrase',

    async enrol() {
      const passphrase = await ask('create');
      if ([...normalise(passphrase)].length < passphraseMinLength) {
        throw new HufuError('passphrase_wrong', { at: 'length' });
      }
      const salt = encodeBase64url(options.randomBytes(32));
      const facts = { v: 1, grade: 'passphrase', salt, cost, createdAt: options.clock.now() } as const;
      const secret = await stretch(facts, passphrase);
      const header: PassphraseHeader = { ...facts, check: encodeBase64url(await deriveCheck(secret)) };
      return { header, recordsKey: await deriveKey(secret, 'records') };
    },

    async unlock(header) {
      return derive(passphraseOnly(header), await ask('unlock'), 'records');
    },

    async gesture(header) {
      const holderKey = await derive(passphraseOnly(header), await ask('gesture'), 'holder-keys');
      return { holderKey, evidence: { kind: 'passphrase' } };
    },
  };
}

/** The same words typed on another keyboard are the same passphrase (RFC 8265 4.2.2: NFC). */
function normalise(passphrase: string): string {
  return passphrase.normalize('NFC');
}

function passphraseOnly(header: VaultHeader): PassphraseHeader {
  if (header.grade !== 'passphrase') throw new TypeError('passphrase vault expected');
  return header;
}
