import type * as z from 'zod/mini';
import { parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import { type Manifest, manifestName, manifestSchema, rowKey } from './manifest.ts';
import type { HighWater, RawStore, RowName, SealedRow, Snapshot } from './raw-store.ts';
import { openRow, sealRow } from './seal.ts';

/** A kind of record: its store and its shape. Records are parsed when read: an older build may have written them. */
export interface Kind<S extends z.core.$ZodType> {
  readonly store: string;
  readonly schema: S;
}

export interface Entry<T> {
  readonly id: string;
  readonly value: T;
}

/** `version` grows with every change of the store: of two records the one written later has the higher. */
export interface Listed<T> extends Entry<T> {
  readonly version: number;
}

export interface Draft {
  put<S extends z.core.$ZodType>(kind: Kind<S>, id: string, value: z.output<S>): void;
  remove(kind: Kind<z.core.$ZodType>, id: string): void;
}

export interface Records {
  /** The record, or `undefined`. `integrity` where the store was changed, moved about or rolled back. */
  find<S extends z.core.$ZodType>(kind: Kind<S>, id: string): Promise<z.output<S> | undefined>;
  /** All records of a kind; a missing or an added row is `integrity` too. */
  list<S extends z.core.$ZodType>(kind: Kind<S>): Promise<readonly Listed<z.output<S>>[]>;
  /** Opens the manifest only: `integrity` where it or the header was changed, or the whole store rolled back. */
  check(): Promise<void>;
  /** One atomic change. `vault_storage` where it could not be written (quota): then nothing was. */
  change(write: (draft: Draft) => void): Promise<void>;
}

export interface RecordsOptions {
  readonly raw: RawStore;
  readonly key: CryptoKey;
  readonly highWater: HighWater;
  readonly hasher: Hasher & { randomBytes(count: number): Uint8Array<ArrayBuffer> };
  /** Digest of the header this vault was opened with. */
  readonly headerHash: string;
  readonly signal: AbortSignal;
}

const attempts = 5;

export function sealedRecords(options: RecordsOptions): Records {
  const { raw, key, highWater, hasher, signal } = options;

  async function openManifest(snapshot: Snapshot): Promise<Manifest> {
    if (signal.aborted) throw new HufuError('vault_locked');
    if (snapshot.manifest === undefined) throw new HufuError('integrity', { at: 'manifest' });
    const manifest = parseShape(manifestSchema, JSON.parse(await openRow(key, snapshot.manifest)), 'manifest');
    if (manifest.counter !== snapshot.manifest.version) throw new HufuError('integrity', { at: 'manifest' });
    if (manifest.headerHash !== options.headerHash) throw new HufuError('integrity', { at: 'header' });
    if (manifest.counter < highWater.read()) throw new HufuError('integrity', { at: 'rollback' });
    return manifest;
  }

  async function open<S extends z.core.$ZodType>(
    kind: Kind<S>,
    manifest: Manifest,
    row: SealedRow,
  ): Promise<z.output<S>> {
    if (manifest.versions[rowKey(row)] !== row.version) throw new HufuError('integrity', { at: kind.store });
    return parseShape(kind.schema, JSON.parse(await openRow(key, row)), kind.store);
  }

  return {
    async find(kind, id) {
      const snapshot = await raw.snapshot(kind.store, id);
      const manifest = await openManifest(snapshot);
      const row = snapshot.rows[0];
      if (row === undefined) {
        if (manifest.versions[rowKey({ store: kind.store, id })] === undefined) return undefined;
        throw new HufuError('integrity', { at: kind.store });
      }
      return open(kind, manifest, row);
    },

    async list(kind) {
      const snapshot = await raw.snapshot(kind.store);
      const manifest = await openManifest(snapshot);
      const expected = Object.keys(manifest.versions).filter((name) => name.startsWith(`${kind.store}/`)).length;
      if (snapshot.rows.length !== expected) throw new HufuError('integrity', { at: kind.store });
      return Promise.all(
        snapshot.rows.map(async (row) => ({
          id: row.id,
          version: row.version,
          value: await open(kind, manifest, row),
        })),
      );
    },

    async check() {
      await openManifest(await raw.snapshot('', ''));
    },

    async change(write) {
      const puts = new Map<string, RowName & { readonly text: string }>();
      const removes = new Map<string, RowName>();
      write({
        put: (kind, id, value) => {
          const name = { store: kind.store, id };
          puts.set(rowKey(name), { ...name, text: JSON.stringify(parseShape(kind.schema, value, kind.store)) });
          removes.delete(rowKey(name));
        },
        remove: (kind, id) => {
          const name = { store: kind.store, id };
          removes.set(rowKey(name), name);
          puts.delete(rowKey(name));
        },
      });
      for (let attempt = 0; attempt < attempts; attempt++) {
        const manifest = await openManifest(await raw.snapshot('', ''));
        const counter = manifest.counter + 1;
        const versions = { ...manifest.versions };
        for (const name of removes.keys()) delete versions[name];
        const rows: SealedRow[] = [];
        for (const [name, row] of puts) {
          // The counter serves as version: no two writings ever share one, also across removals.
          versions[name] = counter;
          rows.push(await sealRow(key, { ...row, version: counter }, row.text, hasher.randomBytes(12)));
        }
        const next: Manifest = { counter, headerHash: manifest.headerHash, versions };
        const sealed = await sealManifest(key, next, hasher.randomBytes(12));
        const commit = {
          expectedCounter: manifest.counter,
          manifest: sealed,
          puts: rows,
          removes: [...removes.values()],
        };
        if (await raw.commit(commit)) {
          highWater.raise(counter);
          return;
        }
      }
      throw new HufuError('vault_storage', { at: 'contention' });
    },
  };
}

export function sealManifest(key: CryptoKey, manifest: Manifest, iv: Uint8Array<ArrayBuffer>): Promise<SealedRow> {
  return sealRow(key, { ...manifestName, version: manifest.counter }, JSON.stringify(manifest), iv);
}
