import { parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import { type Grade, headerBytes, type VaultHeader, vaultHeader } from './header.ts';
import type { HighWater, RawStore } from './raw-store.ts';
import { type Records, sealedRecords, sealManifest } from './records.ts';
import type { GestureEvidence, Unlocker } from './unlocker.ts';

export interface VaultDeps {
  readonly raw: RawStore;
  readonly highWater: HighWater;
  readonly hasher: Hasher & { randomBytes(count: number): Uint8Array<ArrayBuffer> };
  readonly unlockers: Readonly<Record<Grade, Unlocker>>;
}

export type VaultState = 'empty' | 'locked' | 'open';

/** One act of the person: its proof, and the key that opens holder keys for as long as the act lasts. */
export interface Gesture {
  readonly evidence: GestureEvidence;
  readonly holderKey: CryptoKey;
}

interface Opened {
  readonly records: Records;
  readonly abort: AbortController;
}

/** Holds the records key while the wallet is open, and nothing else: the holder keys' key exists only within a gesture. */
export class Vault {
  readonly #deps: VaultDeps;
  #header: VaultHeader | undefined;
  #opened: Opened | undefined;
  #busy = 0;
  #lockWanted = false;
  readonly #listeners = new Set<() => void>();

  private constructor(deps: VaultDeps, header: VaultHeader | undefined) {
    this.#deps = deps;
    this.#header = header;
  }

  static async load(deps: VaultDeps): Promise<Vault> {
    const stored = await deps.raw.findHeader();
    return new Vault(deps, stored === undefined ? undefined : parseShape(vaultHeader, stored, 'header'));
  }

  get state(): VaultState {
    if (this.#header === undefined) return 'empty';
    return this.#opened === undefined ? 'locked' : 'open';
  }

  get grade(): Grade | undefined {
    return this.#header?.grade;
  }

  /** Public facts about how this vault unlocks, for checking kept evidence again. */
  get header(): VaultHeader | undefined {
    return this.#header;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes the vault and opens it. `conflict` where one exists already. */
  async create(grade: Grade): Promise<void> {
    if (this.#header !== undefined) throw new HufuError('conflict', { at: 'vault' });
    const { header, recordsKey } = await this.#deps.unlockers[grade].enrol();
    const { hasher, raw, highWater } = this.#deps;
    highWater.clear();
    const manifest = { counter: 1, headerHash: hasher.sha256Base64url(headerBytes(header)), versions: {} };
    if (!(await raw.start(header, await sealManifest(recordsKey, manifest, hasher.randomBytes(12))))) {
      throw new HufuError('conflict', { at: 'vault' });
    }
    highWater.raise(1);
    this.#header = header;
    this.#open(header, recordsKey);
  }

  /** Opens the vault. A wrong passphrase is `passphrase_wrong`; a changed store is `integrity`. */
  async unlock(): Promise<void> {
    const header = this.#existing();
    const key = await this.#deps.unlockers[header.grade].unlock(header);
    this.#open(header, key);
    try {
      await this.records.check();
    } catch (error) {
      this.#close();
      throw error;
    }
    this.#tell();
  }

  /** Sealed records; `vault_locked` while locked, also for a caller that kept them from before. */
  get records(): Records {
    if (this.#opened === undefined) throw new HufuError('vault_locked');
    return this.#opened.records;
  }

  /** Asks the person for one act over a 32-byte challenge. */
  async gesture(challenge: Uint8Array<ArrayBuffer>): Promise<Gesture> {
    const header = this.#existing();
    if (this.#opened === undefined) throw new HufuError('vault_locked');
    return this.hold(() => this.#deps.unlockers[header.grade].gesture(header, challenge));
  }

  /** Runs an act that must not be cut in half: a lock that comes meanwhile waits for its end. */
  async hold<T>(act: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await act();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0 && this.#lockWanted) this.lock();
    }
  }

  /** Drops the records key: at once, or as soon as the running act has ended. */
  lock(): void {
    if (this.#busy > 0) {
      this.#lockWanted = true;
      return;
    }
    this.#close();
    this.#tell();
  }

  /** Takes back a lock that is still waiting: the dialog of a passkey may hide the page for as long as it is open. */
  stay(): void {
    this.#lockWanted = false;
  }

  /** Key pairs whose private half the browser keeps and never gives out (DPoP). */
  get keys(): Pick<RawStore, 'putKey' | 'findKey' | 'removeKey'> {
    return this.#deps.raw;
  }

  /** Removes everything. Irreversible: cards are asked for again from their issuers. */
  async wipe(): Promise<void> {
    this.#close();
    await this.#deps.raw.wipe();
    this.#deps.highWater.clear();
    this.#header = undefined;
    this.#tell();
  }

  #existing(): VaultHeader {
    if (this.#header === undefined) throw new HufuError('vault_locked', { at: 'empty' });
    return this.#header;
  }

  #open(header: VaultHeader, key: CryptoKey): void {
    const { raw, highWater, hasher } = this.#deps;
    const headerHash = hasher.sha256Base64url(headerBytes(header));
    const abort = new AbortController();
    this.#opened = { abort, records: sealedRecords({ raw, key, highWater, hasher, headerHash, signal: abort.signal }) };
    this.#lockWanted = false;
  }

  #close(): void {
    this.#opened?.abort.abort();
    this.#opened = undefined;
    this.#lockWanted = false;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
