/**
 * What the vault needs from a place to keep bytes. The place is not trusted: it sees sealed rows, random ids and
 * counters, and whatever it changes, moves or brings back is found by `records.ts`.
 *
 * Atomicity: `commit` is all or nothing and succeeds only while the manifest still carries `expectedCounter`; a `false`
 * means that another tab wrote first and nothing was changed. `snapshot` sees one moment, never half a commit.
 */
export interface SealedRow {
  readonly store: string;
  readonly id: string;
  readonly version: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface RowName {
  readonly store: string;
  readonly id: string;
}

export interface Snapshot {
  readonly manifest: SealedRow | undefined;
  readonly rows: readonly SealedRow[];
}

export interface Commit {
  readonly expectedCounter: number;
  readonly manifest: SealedRow;
  readonly puts: readonly SealedRow[];
  readonly removes: readonly RowName[];
}

export interface RawStore {
  /** The manifest and the rows of one store (or the one row named) as they were at the same moment. */
  snapshot(store: string, id?: string): Promise<Snapshot>;
  commit(commit: Commit): Promise<boolean>;
  /** Unsealed facts needed before unlocking: how to unlock. `undefined` where no vault was made. */
  findHeader(): Promise<unknown>;
  /** Writes header and first manifest; refuses (`false`) where a header exists. */
  start(header: object, manifest: SealedRow): Promise<boolean>;
  /** Key objects the browser keeps: never their bytes. */
  putKey(id: string, pair: CryptoKeyPair): Promise<void>;
  findKey(id: string): Promise<CryptoKeyPair | undefined>;
  removeKey(id: string): Promise<void>;
  wipe(): Promise<void>;
}

/** A number outside the store that never goes back: shows that the whole store was replaced by an older copy. */
export interface HighWater {
  read(): number;
  raise(counter: number): void;
  clear(): void;
}
