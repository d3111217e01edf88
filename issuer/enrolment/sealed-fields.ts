/** The sealed columns of an application: opened for whoever may look, all shut for good when it is over. */
import type { Kysely } from 'kysely';
import { decodeUtf8, parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import type { IssuerTables } from '../tables.ts';
import { parseStoredTyped, type TypedFields } from './fields.ts';
import type { ApplicationRow } from './store.ts';
import { type KeptBack, type KeptFront, storedBack, storedFront } from './stored-reading.ts';

type Db = Kysely<IssuerTables>;
type Column = 'typed' | 'read_front' | 'read_back' | 'note';

export interface OpenedFields {
  readonly typed: TypedFields;
  readonly readFront: KeptFront | undefined;
  readonly readBack: KeptBack | undefined;
}

const place = (row: string, column: Column) => ({ table: 'application', column, row }) as const;

/** A text as it is, anything else as JSON. */
export function sealField(trx: Db, envelope: Envelope, id: string, column: Column, value: unknown): Promise<string> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return envelope.seal(trx, place(id, column), text);
}

export async function openFields(db: Db, envelope: Envelope, row: ApplicationRow): Promise<OpenedFields> {
  const opened = async (column: Column) => {
    const sealed = row[column];
    return sealed === null ? undefined : envelope.open(db, place(row.id, column), sealed);
  };
  const [typed, front, back] = [await opened('typed'), await opened('read_front'), await opened('read_back')];
  return {
    typed: typed === undefined ? {} : parseStoredTyped(typed),
    readFront: front && parseShape(storedFront, parseJsonObject(decodeUtf8(front)), 'read_front'),
    readBack: back && parseShape(storedBack, parseJsonObject(decodeUtf8(back)), 'read_back'),
  };
}

export async function openNote(db: Db, envelope: Envelope, row: ApplicationRow): Promise<string | undefined> {
  return row.note === null ? undefined : decodeUtf8(await envelope.open(db, place(row.id, 'note'), row.note));
}

/** Forgets what was typed and read, and any earlier note: unreadable from this transaction on, in every copy. */
export function forgetFields(trx: Db, envelope: Envelope, id: string): Promise<void> {
  return envelope.forget(trx, { table: 'application', row: id });
}

/** The columns that go with the keys. */
export const forgotten = { typed: null, read_front: null, read_back: null, note: null } as const;
