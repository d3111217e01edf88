import { HufuError } from '../../shared/errors.ts';
import { manifestName } from './manifest.ts';
import type { Commit, HighWater, RawStore, SealedRow, Snapshot } from './raw-store.ts';

const databaseName = 'hufu-wallet';
const headerKey = 'header';

/** Rows under [store, id], the header, and key objects whose private half the browser never gives out. */
export function indexedDbStore(factory: IDBFactory): RawStore {
  let opening: Promise<IDBDatabase> | undefined;

  function database(): Promise<IDBDatabase> {
    opening ??= new Promise((resolve, reject) => {
      const request = factory.open(databaseName, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('rows', { keyPath: ['store', 'id'] });
        request.result.createObjectStore('facts');
        request.result.createObjectStore('keys');
      };
      request.onsuccess = () => {
        const opened = request.result;
        const forget = () => {
          opening = undefined;
        };
        // Another tab wipes the wallet: let go, or it would wait for ever.
        opened.onversionchange = () => {
          opened.close();
          forget();
        };
        opened.onclose = forget;
        resolve(opened);
      };
      request.onerror = () => reject(storageFault(request.error));
    });
    return opening;
  }

  async function transaction<T>(mode: IDBTransactionMode, work: (stores: Stores) => Promise<T>): Promise<T> {
    const db = await database();
    const tx = db.transaction(['rows', 'facts', 'keys'], mode, { durability: 'strict' });
    let ended = false;
    const done = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => {
        ended = true;
        resolve();
      };
      tx.onabort = () => {
        ended = true;
        reject(storageFault(tx.error));
      };
    });
    done.catch(() => {});
    const stores = { rows: tx.objectStore('rows'), facts: tx.objectStore('facts'), keys: tx.objectStore('keys') };
    let result: T;
    try {
      result = await work(stores);
    } catch (error) {
      // What was already asked for must not be committed by itself: all or nothing.
      if (!ended) tx.abort();
      throw error instanceof HufuError ? error : storageFault(error);
    }
    await done;
    return result;
  }

  return {
    snapshot: (store, id) =>
      transaction('readonly', async ({ rows }): Promise<Snapshot> => {
        const [manifest, found] = await Promise.all([
          settle<SealedRow | undefined>(rows.get([manifestName.store, manifestName.id])),
          id === undefined
            ? settle<SealedRow[]>(rows.getAll(storeRange(store)))
            : settle<SealedRow[]>(rows.getAll([store, id])),
        ]);
        return { manifest, rows: found };
      }),

    commit: (commit: Commit) =>
      transaction('readwrite', async ({ rows }) => {
        const current = await settle<SealedRow | undefined>(rows.get([manifestName.store, manifestName.id]));
        if (current?.version !== commit.expectedCounter) return false;
        for (const name of commit.removes) rows.delete([name.store, name.id]);
        for (const row of [...commit.puts, commit.manifest]) rows.put(row);
        return true;
      }),

    findHeader: () => transaction('readonly', ({ facts }) => settle<unknown>(facts.get(headerKey))),

    start: (header, manifest) =>
      transaction('readwrite', async ({ facts, rows }) => {
        if ((await settle<unknown>(facts.get(headerKey))) !== undefined) return false;
        facts.put(header, headerKey);
        rows.put(manifest);
        return true;
      }),

    putKey: (id, pair) =>
      transaction('readwrite', async ({ keys }) => {
        await settle(keys.put(pair, id));
      }),

    findKey: (id) => transaction('readonly', ({ keys }) => settle<CryptoKeyPair | undefined>(keys.get(id))),

    removeKey: (id) =>
      transaction('readwrite', async ({ keys }) => {
        await settle(keys.delete(id));
      }),

    wipe: async () => {
      const db = await database();
      db.close();
      opening = undefined;
      await new Promise<void>((resolve, reject) => {
        const request = factory.deleteDatabase(databaseName);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(storageFault(request.error));
      });
    },
  };
}

interface Stores {
  readonly rows: IDBObjectStore;
  readonly facts: IDBObjectStore;
  readonly keys: IDBObjectStore;
}

function storeRange(store: string): IDBKeyRange {
  return IDBKeyRange.bound([store], [store, []]);
}

/** The store gives back what this file put in: the type names it, authenticity is checked by whoever opens the row. */
function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storageFault(request.error));
  });
}

function storageFault(cause: unknown): HufuError {
  return new HufuError('vault_storage', { cause });
}

const counterName = 'hufu.counter';

/** The high-water mark beside the database: a number, no secret. Without web storage it is simply not kept. */
export function storedHighWater(storage: Storage | undefined): HighWater {
  return {
    read: () => {
      const value = Number(storage?.getItem(counterName) ?? 0);
      return Number.isSafeInteger(value) && value > 0 ? value : 0;
    },
    raise: (counter) => storage?.setItem(counterName, String(counter)),
    clear: () => storage?.removeItem(counterName),
  };
}
