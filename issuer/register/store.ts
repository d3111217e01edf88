/**
 * The embedded register. One row per person: a random id, a blind index of the identity number (unique: one number,
 * one person) and everything else sealed in one value, so that a copy of the table tells nothing but how many there
 * are. Reads take one or two statements; `putPerson` must run in a transaction and replaces what was there under the
 * same id, with a new data key, so that the former record is unreadable from then on.
 */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { decodeUtf8, encodeBase64url } from '../../shared/encoding/index.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope, EnvelopeTables } from '../../shared/server/envelope.ts';
import {
  type Person,
  type PersonRef,
  type PopulationRegister,
  parsePerson,
  type RegisteredPerson,
  serializePerson,
} from './person.ts';

export interface RegisterTables extends EnvelopeTables {
  person: { id: string; number_index: string; sealed: string; updated_at: number };
}

export interface EmbeddedRegister extends PopulationRegister {
  /** Adds a person, or replaces the one with the same number. The transaction is the caller's. */
  putPerson(
    trx: Kysely<RegisterTables>,
    person: Person,
    now: number,
  ): Promise<{ readonly ref: PersonRef; readonly outcome: 'added' | 'updated' }>;
  countPeople(): Promise<number>;
}

type Row = Pick<RegisterTables['person'], 'id' | 'sealed'>;

const column = 'sealed';
const numberLabel = 'cn-id';

export function createEmbeddedRegister(options: {
  readonly db: Database<RegisterTables>;
  readonly envelope: Envelope;
}): EmbeddedRegister {
  const { db, envelope } = options;

  /**
   * Row and data key are two statements, and an import between them replaces both: what does not open is read again,
   * and only a row that stayed the same and does not open is broken.
   */
  async function read(find: () => Promise<Row | undefined>, earlier?: Row): Promise<RegisteredPerson | undefined> {
    const row = await find();
    if (row === undefined) return undefined;
    try {
      const opened = await envelope.open(db.kysely, { table: 'person', column, row: row.id }, row.sealed);
      return { ref: asRef(row.id), person: parsePerson(decodeUtf8(opened)) };
    } catch (error) {
      if (codeOf(error) !== 'integrity' || row.sealed === earlier?.sealed) throw error;
      return read(find, row);
    }
  }

  return {
    async findPerson(number) {
      const index = envelope.blindIndex(numberLabel, number);
      const rows = db.kysely.selectFrom('person').select(['id', 'sealed']).where('number_index', '=', index);
      const found = await read(() => rows.executeTakeFirst());
      // The index only says where to look; the sealed record says who it is.
      if (found !== undefined && found.person.number !== number) throw new HufuError('integrity');
      return found;
    },

    findPersonByRef(ref) {
      const rows = db.kysely.selectFrom('person').select(['id', 'sealed']).where('id', '=', ref);
      return read(() => rows.executeTakeFirst());
    },

    async putPerson(trx, person, now) {
      const index = envelope.blindIndex(numberLabel, person.number);
      const known = await trx.selectFrom('person').select('id').where('number_index', '=', index).executeTakeFirst();
      const id = known?.id ?? encodeBase64url(randomBytes(16));
      const sealed = await envelope.seal(trx, { table: 'person', column, row: id }, serializePerson(person));
      if (known === undefined) {
        await trx.insertInto('person').values({ id, number_index: index, sealed, updated_at: now }).execute();
      } else {
        await trx.updateTable('person').set({ sealed, updated_at: now }).where('id', '=', id).execute();
      }
      return { ref: asRef(id), outcome: known === undefined ? 'added' : 'updated' };
    },

    async countPeople() {
      const { count } = await db.kysely
        .selectFrom('person')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}

/** Ids of our own rows are the references; there is no other source of them. */
function asRef(id: string): PersonRef {
  return id as PersonRef;
}
