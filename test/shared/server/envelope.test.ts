import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { decodeBase64url, decodeUtf8, encodeBase64url } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import { type Database, type Migration, openDatabase } from '../../../shared/server/database.ts';
import {
  createEnvelope,
  type Envelope,
  type EnvelopeTables,
  envelopeMigration,
  type SealedContext,
} from '../../../shared/server/envelope.ts';
import { keksOf } from '../../../shared/server/kek.ts';
import { type Engine, eachDatabase } from '../../support/databases.ts';

interface Tables extends EnvelopeTables {
  person: { id: string; name: string; note: string };
}

const migrations: Record<string, Migration> = {
  envelope: envelopeMigration,
  person: {
    up: async (db) =>
      void (await sql`create table person (id text primary key, name text not null, note text not null)`.execute(db)),
  },
};

const key = (byte: number) => new Uint8Array(32).fill(byte);
const keks = keksOf(
  new Map([
    ['kek-1', key(1)],
    ['kek-2', key(2)],
  ]),
  'kek-1',
);
const later = keksOf(
  new Map([
    ['kek-1', key(1)],
    ['kek-2', key(2)],
  ]),
  'kek-2',
);
const without = keksOf(new Map([['kek-2', key(2)]]), 'kek-2');
const settings = { app: 'issuer', env: 'test', keks, blindIndexKey: key(9), clock: fixedClock(1_800_000_000) };
const envelope = createEnvelope(settings);
const place = (row: string, column = 'name', table = 'person'): SealedContext => ({ table, column, row });

/** What opening gives: the text, or the code. */
async function tryOpen(
  db: Database<Tables>,
  context: SealedContext,
  sealed: string,
  by: Envelope = envelope,
): Promise<string> {
  return by.open(db.kysely, context, sealed).then((bytes) => `text:${decodeUtf8(bytes)}`, codeOf);
}

async function setUp(engine: Engine): Promise<Database<Tables>> {
  return engine.open<Tables>(migrations);
}

eachDatabase('envelope', (engine) => {
  it('opens what it sealed, of any length, bytes as well as text', async () => {
    const db = await setUp(engine);
    for (const length of [0, 1, 27, 28, 29, 60, 61, 1000]) {
      const sealed = await envelope.seal(db.kysely, place(`r${length}`), '王'.repeat(length));
      expect(await tryOpen(db, place(`r${length}`), sealed)).toBe(`text:${'王'.repeat(length)}`);
    }
    const bytes = new Uint8Array([0, 255, 0, 0]);
    expect(await envelope.open(db.kysely, place('b'), await envelope.seal(db.kysely, place('b'), bytes))).toEqual(
      bytes,
    );
  });

  it('hides lengths up to the next 32 bytes and never gives the same text twice', async () => {
    const db = await setUp(engine);
    const sealed = await Promise.all(
      ['王', '王小明', 'x'.repeat(28)].map((name, n) => envelope.seal(db.kysely, place(`${n}`), name)),
    );
    expect(new Set(sealed.map((text) => text.length)).size).toBe(1);
    expect((await envelope.seal(db.kysely, place('3'), 'x'.repeat(29))).length).toBeGreaterThan(sealed[0]?.length ?? 0);
    expect(await envelope.seal(db.kysely, place('4'), '王')).not.toBe(await envelope.seal(db.kysely, place('5'), '王'));
  });

  it('nc-117 a value moved to another row, column, table, program or installation does not open', async () => {
    const db = await setUp(engine);
    const sealed = await envelope.seal(db.kysely, place('a'), 'secret');
    for (const context of [place('b'), place('a', 'note'), place('a', 'name', 'staff')]) {
      await envelope.seal(db.kysely, context, 'other');
      expect(await tryOpen(db, context, sealed)).toBe('integrity');
    }
    // Even with its wrapped key carried along.
    const { wrapped } = await db.kysely
      .selectFrom('data_key')
      .select('wrapped')
      .where('table_name', '=', 'person')
      .where('row_id', '=', 'a')
      .where('column_name', '=', 'name')
      .executeTakeFirstOrThrow();
    for (const context of [place('b'), place('a', 'note'), place('a', 'name', 'staff')]) {
      await db.kysely
        .updateTable('data_key')
        .set({ wrapped })
        .where('table_name', '=', context.table)
        .where('row_id', '=', context.row)
        .where('column_name', '=', context.column)
        .execute();
      expect(await tryOpen(db, context, sealed)).toBe('integrity');
    }
    for (const other of [
      { ...settings, app: 'verifier' },
      { ...settings, env: 'production' },
    ]) {
      expect(await tryOpen(db, place('a'), sealed, createEnvelope(other))).toBe('integrity');
    }
    expect(await tryOpen(db, place('a'), sealed)).toBe('text:secret');
  });

  it('a value sealed again opens, the former ciphertext no longer does', async () => {
    const db = await setUp(engine);
    const former = await envelope.seal(db.kysely, place('a'), 'former');
    const present = await envelope.seal(db.kysely, place('a'), 'present');
    expect([await tryOpen(db, place('a'), former), await tryOpen(db, place('a'), present)]).toEqual([
      'integrity',
      'text:present',
    ]);
  });

  it('forget makes one value, or all of a row, unreadable and leaves the others', async () => {
    const db = await setUp(engine);
    const sealed: Record<string, string> = {};
    for (const [row, column] of [
      ['a', 'name'],
      ['a', 'note'],
      ['b', 'name'],
    ] as const) {
      sealed[row + column] = await envelope.seal(db.kysely, place(row, column), 'secret');
    }
    const opened = async () =>
      Promise.all([
        tryOpen(db, place('a'), sealed.aname ?? ''),
        tryOpen(db, place('a', 'note'), sealed.anote ?? ''),
        tryOpen(db, place('b'), sealed.bname ?? ''),
      ]);
    await envelope.forget(db.kysely, place('a', 'note'));
    expect(await opened()).toEqual(['text:secret', 'integrity', 'text:secret']);
    await envelope.forget(db.kysely, { table: 'person', row: 'a' });
    expect(await opened()).toEqual(['integrity', 'integrity', 'text:secret']);
    expect(await db.kysely.selectFrom('data_key').select('row_id').execute()).toEqual([{ row_id: 'b' }]);
  });

  it('sealing and forgetting are part of the transaction', async () => {
    const db = await setUp(engine);
    const sealed = await envelope.seal(db.kysely, place('a'), 'secret');
    const act = db.transaction(async (trx) => {
      await envelope.forget(trx, place('a'));
      await envelope.seal(trx, place('b'), 'other');
      throw new RangeError();
    });
    await expect(act).rejects.toThrow(RangeError);
    expect(await tryOpen(db, place('a'), sealed)).toBe('text:secret');
    expect(await db.kysely.selectFrom('data_key').select('row_id').execute()).toEqual([{ row_id: 'a' }]);
  });

  it('rewrap moves every data key to the new key-encryption key while values stay readable', async () => {
    const db = await setUp(engine);
    const sealed: string[] = [];
    for (let n = 0; n < 25; n += 1) sealed.push(await envelope.seal(db.kysely, place(`${n}`), `secret ${n}`));
    const rotating = createEnvelope({ ...settings, keks: later });
    expect(await tryOpen(db, place('0'), sealed[0] ?? '', rotating)).toBe('text:secret 0');
    const done: number[] = [];
    while (done.at(-1) !== 0) done.push(await db.transaction((trx) => rotating.rewrap(trx, 10)));
    expect(done).toEqual([10, 10, 5, 0]);
    const after = createEnvelope({ ...settings, keks: without });
    for (let n = 0; n < 25; n += 1)
      expect(await tryOpen(db, place(`${n}`), sealed[n] ?? '', after)).toBe(`text:secret ${n}`);
  });
});

eachDatabase('rotation', (engine) => {
  it('a value sealed again while its key is being rewrapped keeps the newer key', async () => {
    const db = await setUp(engine);
    await envelope.seal(db.kysely, place('a'), 'former');
    const rotating = createEnvelope({ ...settings, keks: later });
    let newer: string | undefined;
    const interfered = db.kysely.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (newer === undefined) {
          newer = '';
          newer = await rotating.seal(db.kysely, place('a'), 'newer');
        }
        return result;
      },
    });
    expect(await rotating.rewrap(interfered, 10)).toBe(1);
    expect(await tryOpen(db, place('a'), newer ?? '', rotating)).toBe('text:newer');
  });
});

eachDatabase('nc-118 every bit', (engine) => {
  it('nc-118 of the ciphertext, nonce, tag, version, wrapped key and key name is checked', async () => {
    const db = await setUp(engine);
    const sealed = await envelope.seal(db.kysely, place('a'), '王小明');
    const [version = '', body = ''] = sealed.split('.');
    const bytes = decodeBase64url(body);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      expect(await tryOpen(db, place('a'), `${version}.${encodeBase64url(flipped(bytes, bit))}`)).toBe('integrity');
    }
    const broken = [
      `v2.${body}`,
      `V1.${body}`,
      body,
      `.${body}`,
      `${sealed}.`,
      `${sealed}=`,
      `${version}.`,
      `${version}.AA`,
      '',
      '.',
      `${sealed} `,
    ];
    for (const text of broken) expect(await tryOpen(db, place('a'), text)).toBe('integrity');

    const row = await db.kysely.selectFrom('data_key').select(['wrapped', 'kek_id']).executeTakeFirstOrThrow();
    const wrapped = decodeBase64url(row.wrapped);
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      await db.kysely
        .updateTable('data_key')
        .set({ wrapped: encodeBase64url(flipped(wrapped, bit)) })
        .execute();
      expect(await tryOpen(db, place('a'), sealed)).toBe('integrity');
    }
    for (const change of [
      { kek_id: 'kek-2' },
      { kek_id: 'kek-3' },
      { kek_id: '' },
      { wrapped: '' },
      { wrapped: '!' },
    ]) {
      await db.kysely
        .updateTable('data_key')
        .set({ ...row, ...change })
        .execute();
      expect(await tryOpen(db, place('a'), sealed)).toBe('integrity');
    }
    await db.kysely.updateTable('data_key').set(row).execute();
    expect(await tryOpen(db, place('a'), sealed)).toBe('text:王小明');
    // A key-encryption key stored under two names: the name itself is bound.
    const named = new Map([
      ['kek-1', key(1)],
      ['kek-2', key(1)],
    ]);
    const twice = createEnvelope({ ...settings, keks: keksOf(named, 'kek-1') });
    expect(await tryOpen(db, place('a'), sealed, twice)).toBe('text:王小明');
    await db.kysely.updateTable('data_key').set({ kek_id: 'kek-2' }).execute();
    expect(await tryOpen(db, place('a'), sealed, twice)).toBe('integrity');
  });
});

describe('nc-117 and nc-119 in bulk', () => {
  const inMemory = () => openDatabase<Tables>({ url: ':memory:', migrations });
  it('nc-117 of 10,000 random swaps of values and keys none decrypts', { timeout: 120_000 }, async () => {
    const db = await inMemory();
    const places = Array.from({ length: 40 }, (_, n) =>
      place(`r${n >> 2}`, ['name', 'note', 'address', 'number'][n & 3]),
    );
    const sealed = await Promise.all(places.map((context, n) => envelope.seal(db.kysely, context, `person ${n}`)));
    const keys = await db.kysely.selectFrom('data_key').selectAll().execute();
    const find = (context: SealedContext | undefined) =>
      keys.find((row) => row.row_id === context?.row && row.column_name === context.column);
    let opened = 0;
    let state = 7;
    const roll = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % places.length;
    };
    for (let swap = 0; swap < 10_000; swap += 1) {
      const from = roll();
      const to = (from + 1 + (roll() % (places.length - 1))) % places.length;
      const target = places[to] ?? place('');
      // Every second swap carries the wrapped key along with the value.
      const moved = find(places[swap % 2 === 0 ? to : from]);
      await db.kysely
        .updateTable('data_key')
        .set({ wrapped: moved?.wrapped ?? '' })
        .where('row_id', '=', target.row)
        .where('column_name', '=', target.column)
        .execute();
      if ((await tryOpen(db, target, sealed[from] ?? '')) !== 'integrity') opened += 1;
      await db.kysely
        .updateTable('data_key')
        .set({ wrapped: find(target)?.wrapped ?? '' })
        .where('row_id', '=', target.row)
        .where('column_name', '=', target.column)
        .execute();
    }
    expect(opened).toBe(0);
    for (const [n, context] of places.entries())
      expect(await tryOpen(db, context, sealed[n] ?? '')).toBe(`text:person ${n}`);
  });

  it('nc-119 a dictionary of all numbers finds none of them in a stolen database', { timeout: 120_000 }, async () => {
    const db = await inMemory();
    const numbers = Array.from({ length: 10_000 }, (_, n) => `33019919900101${String(n).padStart(4, '0')}`);
    const index = numbers.map((number) => envelope.blindIndex('cn-id', number));
    const sealed = await Promise.all(
      numbers.slice(0, 200).map((number, n) => envelope.seal(db.kysely, place(`${n}`, 'number'), number)),
    );
    const keys = await db.kysely.selectFrom('data_key').selectAll().execute();
    const dump = new Set([...index, ...sealed, ...keys.flatMap((row) => Object.values(row).map(String))]);
    const guesses = numbers.flatMap((number) => [
      number,
      ...['base64url', 'base64', 'hex'].map((form) => Buffer.from(number).toString(form as BufferEncoding)),
      ...['sha256', 'sha512', 'md5'].flatMap((name) =>
        ['hex', 'base64url'].map((form) =>
          createHash(name)
            .update(number)
            .digest(form as 'hex'),
        ),
      ),
      createHash('sha256').update(`cn-id|${number}`).digest('base64url'),
      createEnvelope({ ...settings, blindIndexKey: key(1) }).blindIndex('cn-id', number),
    ]);
    expect(guesses.filter((guess) => dump.has(guess))).toEqual([]);
    // Neither order nor length tells anything.
    expect([...index].sort()).not.toEqual(index);
    expect(new Set([...sealed, ...index].map((text) => text.length)).size).toBe(2);
    // The honest twin: who has the key finds each of them.
    expect(numbers.map((number) => index.indexOf(envelope.blindIndex('cn-id', number)))).toEqual(
      numbers.map((_, n) => n),
    );
  });

  it('nc-119 the index is apart for each label, program and installation, and its key is not a short one', () => {
    const all = [
      envelope.blindIndex('cn-id', '1'),
      envelope.blindIndex('cn-i', 'd1'),
      envelope.blindIndex('phone', '1'),
      createEnvelope({ ...settings, app: 'verifier' }).blindIndex('cn-id', '1'),
      createEnvelope({ ...settings, env: 'production' }).blindIndex('cn-id', '1'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(() => createEnvelope({ ...settings, blindIndexKey: new Uint8Array(31) })).toThrow(TypeError);
  });
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
