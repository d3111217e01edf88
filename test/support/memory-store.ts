import { HufuError } from '../../shared/errors.ts';
import type { HighWater, RawStore, SealedRow } from '../../wallet/vault/index.ts';

/** The vault's place to keep bytes, in memory: open to inspection and to tampering, and able to run out of room. */
export interface MemoryStore extends RawStore {
  readonly rows: Map<string, SealedRow>;
  readonly keys: Map<string, CryptoKeyPair>;
  header: unknown;
  /** From now on, writing fails as a full disk does. */
  full: boolean;
  commits: number;
}

const name = (store: string, id: string) => `${store}/${id}`;
const manifest = name('vault', 'manifest');

export function memoryStore(): MemoryStore {
  const rows = new Map<string, SealedRow>();
  const keys = new Map<string, CryptoKeyPair>();
  const store: MemoryStore = {
    rows,
    keys,
    header: undefined,
    full: false,
    commits: 0,
    snapshot: async (kind, id) => ({
      manifest: rows.get(manifest),
      rows: [...rows.values()].filter((row) => row.store === kind && (id === undefined || row.id === id)),
    }),
    commit: async (commit) => {
      if (store.full) throw new HufuError('vault_storage');
      if (rows.get(manifest)?.version !== commit.expectedCounter) return false;
      for (const { store: kind, id } of commit.removes) rows.delete(name(kind, id));
      for (const row of [...commit.puts, commit.manifest]) rows.set(name(row.store, row.id), row);
      store.commits += 1;
      return true;
    },
    findHeader: async () => store.header,
    start: async (header, row) => {
      if (store.header !== undefined) return false;
      store.header = structuredClone(header);
      rows.set(manifest, row);
      return true;
    },
    putKey: async (id, pair) => void keys.set(id, pair),
    findKey: async (id) => keys.get(id),
    removeKey: async (id) => void keys.delete(id),
    wipe: async () => {
      rows.clear();
      keys.clear();
      store.header = undefined;
    },
  };
  return store;
}

export function memoryHighWater(): HighWater {
  let counter = 0;
  return {
    read: () => counter,
    raise: (next) => {
      counter = Math.max(counter, next);
    },
    clear: () => {
      counter = 0;
    },
  };
}
