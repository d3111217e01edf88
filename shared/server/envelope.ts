/**
 * Envelope encryption of personal data at rest (reference: docs/decisions/envelope.md).
 *
 * Each sealed value has a fresh data key (AES-256-GCM), wrapped by a versioned key-encryption key and kept in the table
 * `data_key` of the same database. A value is bound to its place (application, environment, table, column, row, schema
 * version), a wrapped key to that place and to its key-encryption key, so that neither can be moved. Deleting the row
 * in `data_key` deletes the value, in every copy of the database that lacks the key table. Sealing a place again
 * replaces its key: the former ciphertext is then unreadable for good.
 * Whatever does not open is `integrity`, without saying which part was wrong.
 */
import { createHmac } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import { decodeBase64url, encodeBase64url, encodeUtf8 } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { lengthPrefixed, newKey, openBytes, sealBytes } from './aead.ts';
import type { Migration } from './database.ts';
import type { KekProvider } from './kek.ts';

export interface SealedContext {
  readonly table: string;
  readonly column: string;
  /** Id of the row: random or minted by us, never derived from the person. */
  readonly row: string;
}

export interface EnvelopeTables {
  data_key: {
    table_name: string;
    column_name: string;
    row_id: string;
    kek_id: string;
    wrapped: string;
    created_at: number;
  };
}

export interface Envelope {
  /** `v1.<base64url>`; the length tells the plaintext's only to the next 32 bytes. */
  seal<T extends EnvelopeTables>(
    trx: Kysely<T>,
    context: SealedContext,
    plaintext: Uint8Array | string,
  ): Promise<string>;
  /** The plaintext. Refused: `integrity`, also for a value whose key was forgotten. */
  open<T extends EnvelopeTables>(
    trx: Kysely<T>,
    context: SealedContext,
    sealed: string,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Deletes the data key of one value, or of all values of a row. */
  forget<T extends EnvelopeTables>(
    trx: Kysely<T>,
    context: Omit<SealedContext, 'column'> & { readonly column?: string },
  ): Promise<void>;
  /** Wraps up to `limit` data keys anew that still name an older key-encryption key; the number done, 0 when all are current. */
  rewrap<T extends EnvelopeTables>(trx: Kysely<T>, limit: number): Promise<number>;
  /** Keyed index for exact search; only for values that are unique, because equal values show. */
  blindIndex(label: string, normalised: string): string;
}

export interface EnvelopeOptions {
  /** Which program sealed it: 'issuer'. */
  readonly app: string;
  /** Which installation: what staging sealed, production does not open. */
  readonly env: string;
  readonly keks: KekProvider;
  /** At least 32 bytes, never the key-encryption key. */
  readonly blindIndexKey: Uint8Array;
  readonly clock: Clock;
}

export const envelopeMigration: Migration = {
  async up(db) {
    await sql`create table data_key (
      table_name text not null, column_name text not null, row_id text not null, kek_id text not null,
      wrapped text not null, created_at bigint not null, primary key (table_name, row_id, column_name))`.execute(db);
    await sql`create index data_key_kek on data_key (kek_id)`.execute(db);
  },
};

const version = 'v1';
const dataSchema = '1';

export function createEnvelope(options: EnvelopeOptions): Envelope {
  const { app, env, keks, clock, blindIndexKey } = options;
  if (blindIndexKey.length < 32) throw new TypeError('a blind index key has at least 32 bytes');

  /** Of a value, or with `kekId` of its wrapped key. */
  function aad(context: SealedContext, ...kekId: readonly string[]): Uint8Array {
    return lengthPrefixed([
      'hufu',
      app,
      env,
      context.table,
      context.column,
      context.row,
      version,
      dataSchema,
      ...kekId,
    ]);
  }

  async function dataKey<T extends EnvelopeTables>(trx: Kysely<T>, context: SealedContext): Promise<Uint8Array> {
    const found = await tables(trx)
      .selectFrom('data_key')
      .select(['kek_id', 'wrapped'])
      .where('table_name', '=', context.table)
      .where('row_id', '=', context.row)
      .where('column_name', '=', context.column)
      .executeTakeFirst();
    if (found === undefined) throw new HufuError('integrity');
    return keks.unwrap(found.kek_id, decodePart(found.wrapped), aad(context, found.kek_id));
  }

  return {
    async seal(trx, context, plaintext) {
      const key = newKey();
      const kek_id = keks.current;
      const wrapped = encodeBase64url(keks.wrap(kek_id, key, aad(context, kek_id)));
      await tables(trx)
        .insertInto('data_key')
        .values({
          table_name: context.table,
          column_name: context.column,
          row_id: context.row,
          kek_id,
          wrapped,
          created_at: clock.now(),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['table_name', 'row_id', 'column_name'])
            .doUpdateSet({ kek_id, wrapped, created_at: clock.now() }),
        )
        .execute();
      const bytes = typeof plaintext === 'string' ? encodeUtf8(plaintext) : plaintext;
      return `${version}.${encodeBase64url(sealBytes(key, pad(bytes), aad(context)))}`;
    },

    async open(trx, context, sealed) {
      const [found, text, ...more] = sealed.split('.');
      if (found !== version || text === undefined || more.length > 0) throw new HufuError('integrity');
      const key = await dataKey(trx, context);
      return unpad(openBytes(key, decodePart(text), aad(context)));
    },

    async forget(trx, context) {
      await tables(trx)
        .deleteFrom('data_key')
        .where('table_name', '=', context.table)
        .where('row_id', '=', context.row)
        .$if(context.column !== undefined, (query) => query.where('column_name', '=', context.column ?? ''))
        .execute();
    },

    async rewrap(trx, limit) {
      const old = await tables(trx)
        .selectFrom('data_key')
        .select(['table_name', 'column_name', 'row_id', 'kek_id', 'wrapped'])
        .where('kek_id', '!=', keks.current)
        .orderBy('table_name')
        .orderBy('row_id')
        .orderBy('column_name')
        .limit(limit)
        .execute();
      for (const row of old) {
        const context = { table: row.table_name, column: row.column_name, row: row.row_id };
        const key = keks.unwrap(row.kek_id, decodePart(row.wrapped), aad(context, row.kek_id));
        const wrapped = encodeBase64url(keks.wrap(keks.current, key, aad(context, keks.current)));
        await tables(trx)
          .updateTable('data_key')
          .set({ kek_id: keks.current, wrapped })
          .where('table_name', '=', row.table_name)
          .where('row_id', '=', row.row_id)
          .where('column_name', '=', row.column_name)
          // Sealed again meanwhile: that key is newer, leave it.
          .where('wrapped', '=', row.wrapped)
          .execute();
      }
      return old.length;
    },

    blindIndex(label, normalised) {
      const bytes = lengthPrefixed(['hufu', 'index', app, env, label, normalised]);
      return createHmac('sha256', blindIndexKey).update(bytes).digest('base64url');
    },
  };
}

const step = 32;

/** Four bytes of length, the value, zeros to the next step. */
function pad(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((4 + bytes.length) / step) * step);
  new DataView(padded.buffer).setUint32(0, bytes.length);
  padded.set(bytes, 4);
  return padded;
}

/** Only of what was opened: the tag vouches for its form. */
function unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  return padded.slice(4, 4 + length);
}

function decodePart(text: string): Uint8Array<ArrayBuffer> {
  try {
    return decodeBase64url(text);
  } catch (cause) {
    throw new HufuError('integrity', { cause });
  }
}

/** Kysely's type is invariant: a database with more tables is this one as well, but only we can say so. */
function tables<T extends EnvelopeTables>(db: Kysely<T>): Kysely<EnvelopeTables> {
  return db as unknown as Kysely<EnvelopeTables>;
}
