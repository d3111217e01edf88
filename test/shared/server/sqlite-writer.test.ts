import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { codeOf } from '../../../shared/errors.ts';
import { type Database, type Migration, openDatabase } from '../../../shared/server/database.ts';

interface Tables {
  act: { id: string; parent: string | null };
}

const migrations: Readonly<Record<string, Migration>> = {
  act: {
    async up(db) {
      // A deferred constraint fails at COMMIT: no table of ours has one, but it shows what a failing COMMIT does.
      await sql`create table act (id text primary key, parent text references act (id) deferrable initially deferred)`.execute(
        db,
      );
    },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'hufu-writer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let file: string;
let db: Database<Tables>;
beforeEach(async () => {
  file = join(folder, `${Math.random()}.sqlite`);
  db = await openDatabase<Tables>({ url: file, migrations });
  return () => db.close();
});

/** What anybody else sees: only what is committed. */
function committed(): readonly unknown[] {
  const other = new DatabaseSync(file, { readOnly: true });
  const ids = other
    .prepare('select id from act order by id')
    .all()
    .map((row) => row.id);
  other.close();
  return ids;
}

const add = (id: string, parent: string | null = null) =>
  db.transaction(async (trx) => {
    await trx.insertInto('act').values({ id, parent }).execute();
  });

const outcomes = async (acts: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(acts)).map((result) => (result.status === 'fulfilled' ? 'done' : codeOf(result.reason)));

it('a transaction settles only when others can see it', async () => {
  let early = 0;
  const acts = Array.from({ length: 150 }, async (_, n) => {
    await add(`${n}`);
    if (!committed().includes(`${n}`)) early += 1;
  });
  await Promise.all(acts);
  expect(early).toBe(0);
  expect(committed()).toHaveLength(150);
});

it('one that throws takes only itself back, and what the others did stays', async () => {
  const acts = Array.from({ length: 30 }, (_, n) =>
    db.transaction(async (trx) => {
      await trx
        .insertInto('act')
        .values({ id: `${n}`, parent: null })
        .execute();
      if (n % 3 === 0) throw new RangeError('own fault');
      if (n % 3 === 1)
        await trx
          .insertInto('act')
          .values({ id: `${n}`, parent: null })
          .execute();
    }),
  );
  const settled = await Promise.allSettled(acts);
  expect(settled.map((result) => result.status === 'fulfilled')).toEqual(acts.map((_, n) => n % 3 === 2));
  expect(committed()).toHaveLength(10);
});

it('one after another: each sees what those before it did, also a transaction that only reads', async () => {
  const seen = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      db.transaction(async (trx) => {
        const before = await trx.selectFrom('act').select('id').execute();
        await trx
          .insertInto('act')
          .values({ id: `${n}`, parent: null })
          .execute();
        return before.length;
      }),
    ),
  );
  expect(seen).toEqual(seen.map((_, n) => n));
  expect(await db.transaction(async (trx) => (await trx.selectFrom('act').select('id').execute()).length)).toBe(20);
});

it('reading outside a transaction sees committed work only and does not wait for a transaction', async () => {
  let reads: unknown;
  await db.transaction(async (trx) => {
    await trx.insertInto('act').values({ id: 'a', parent: null }).execute();
    reads = committed();
  });
  expect(reads).toEqual([]);
  expect(await db.kysely.selectFrom('act').select('id').execute()).toEqual([{ id: 'a' }]);
});

it('a COMMIT that fails fails all who shared it, and nobody after it', async () => {
  const acts = [add('a'), add('b', 'missing'), add('c')];
  expect(await outcomes(acts)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  expect(committed()).toEqual([]);
  await add('d');
  expect(committed()).toEqual(['d']);
});

it('one that rolled back after seeing work that then failed to commit is told the same', async () => {
  const acts = [
    add('a', 'missing'),
    db.transaction(async (trx) => {
      const seen = await trx.selectFrom('act').select('id').execute();
      throw new RangeError(`saw ${seen.length}`);
    }),
  ];
  expect(await outcomes(acts)).toEqual(['unavailable', 'unavailable']);
});

it('a full disk leaves no half act and no act that was not acknowledged', async () => {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db.kysely);
  await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 3)}`.execute(db.kysely);
  const acts = Array.from({ length: 60 }, (_, n) =>
    db.transaction(async (trx) => {
      for (const part of ['x', 'y'])
        await trx
          .insertInto('act')
          .values({ id: `${n}-${part}-${'p'.repeat(300)}`, parent: null })
          .execute();
    }),
  );
  const results = await outcomes(acts);
  expect(new Set(results)).toEqual(new Set(['done', 'unavailable']));
  const kept = committed().map((id) => String(id).split('-')[0]);
  for (const [n, result] of results.entries()) {
    expect([n, kept.filter((id) => id === `${n}`).length]).toEqual([n, result === 'done' ? 2 : 0]);
  }
  await sql`pragma max_page_count = 1000000`.execute(db.kysely);
  await add('after');
  expect(committed()).toContain('after');
});

it('a transaction that goes on after the disk was full commits nothing alone', async () => {
  await sql`create table note (id integer primary key)`.execute(db.kysely);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db.kysely);
  await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 1)}`.execute(db.kysely);
  const stubborn = db.transaction(async (trx) => {
    const fill = async () => {
      for (let n = 0; ; n += 1)
        await trx
          .insertInto('act')
          .values({ id: `${n}-${'p'.repeat(300)}`, parent: null })
          .execute();
    };
    await fill().catch(() => undefined);
    await sql`insert into note values (1)`.execute(trx);
  });
  expect(await outcomes([stubborn])).toEqual(['unavailable']);
  expect(committed()).toEqual([]);
  expect((await sql`select id from note`.execute(db.kysely)).rows).toEqual([]);
});

it('in memory, a read between transactions does not see work that then fails to commit', async () => {
  const memory = await openDatabase<Tables>({ migrations });
  const act = memory.transaction(async (trx) => {
    await trx.insertInto('act').values({ id: 'a', parent: 'missing' }).execute();
  });
  const read = memory.kysely.selectFrom('act').select('id').execute();
  expect(await outcomes([act])).toEqual(['unavailable']);
  expect(await read).toEqual([]);
  await memory.close();
});

it('a file that somebody else keeps locked is unavailable for all who wait, at the same time', {
  timeout: 60_000,
}, async () => {
  const other = new DatabaseSync(file);
  other.exec('begin immediate');
  const started = performance.now();
  expect(await outcomes([add('a'), add('b'), add('c')])).toEqual(['unavailable', 'unavailable', 'unavailable']);
  expect(performance.now() - started).toBeLessThan(25_000);
  other.exec('commit');
  other.close();
  await add('d');
  expect(committed()).toEqual(['d']);
});

it('a single write outside a transaction is one', async () => {
  await db.kysely.insertInto('act').values({ id: 'a', parent: null }).execute();
  await expect(db.kysely.insertInto('act').values({ id: 'a', parent: null }).execute()).rejects.toThrow();
  const updated = await db.kysely.updateTable('act').set({ id: 'b' }).where('id', '=', 'a').returning('id').execute();
  expect(updated).toEqual([{ id: 'b' }]);
  expect(committed()).toEqual(['b']);
});

it('those that come together share a commit: none settles before the last of them has run', async () => {
  let ran = 0;
  const ranAtSettling = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      await db.transaction(async (trx) => {
        await trx
          .insertInto('act')
          .values({ id: `${n}`, parent: null })
          .execute();
        ran += 1;
      });
      return ran;
    }),
  );
  expect(new Set(ranAtSettling)).toEqual(new Set([50]));
});
