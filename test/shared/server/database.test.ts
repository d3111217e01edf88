import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { type Migration, openDatabase } from '../../../shared/server/database.ts';
import { eachDatabase } from '../../support/databases.ts';

interface Tables {
  coin: { id: string; spent_at: number | null; big: number };
}

const migrations: Record<string, Migration> = {
  'coin-1': {
    async up(db) {
      await sql`create table coin (id text primary key, spent_at bigint, big bigint not null)`.execute(db);
    },
  },
};

eachDatabase('database', (engine) => {
  it('commits what a transaction did and gives integers back as numbers', async () => {
    const db = await engine.open<Tables>(migrations);
    await db.transaction(async (trx) => {
      await trx.insertInto('coin').values({ id: 'a', spent_at: null, big: Number.MAX_SAFE_INTEGER }).execute();
    });
    const row = await db.kysely.selectFrom('coin').selectAll().executeTakeFirstOrThrow();
    expect(row).toEqual({ id: 'a', spent_at: null, big: Number.MAX_SAFE_INTEGER });
    const count = await db.kysely
      .selectFrom('coin')
      .select((e) => e.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(count.n).toBe(1);
  });

  it('leaves nothing of a transaction that threw', async () => {
    const db = await engine.open<Tables>(migrations);
    const act = db.transaction(async (trx) => {
      await trx.insertInto('coin').values({ id: 'a', spent_at: null, big: 1 }).execute();
      throw new RangeError('stop');
    });
    await expect(act).rejects.toThrow(RangeError);
    expect(await db.kysely.selectFrom('coin').selectAll().execute()).toEqual([]);
  });

  it('lets exactly one of 200 takers have a coin', async () => {
    const db = await engine.open<Tables>(migrations);
    await db.kysely.insertInto('coin').values({ id: 'a', spent_at: null, big: 1 }).execute();
    const taken = await Promise.all(
      Array.from({ length: 200 }, (_, now) =>
        db.transaction(async (trx) =>
          trx
            .updateTable('coin')
            .set({ spent_at: now })
            .where('id', '=', 'a')
            .where('spent_at', 'is', null)
            .returning('id')
            .execute(),
        ),
      ),
    );
    expect(taken.filter((rows) => rows.length === 1)).toHaveLength(1);
  });

  it('refuses the outer handle and a second transaction inside a transaction', async () => {
    const db = await engine.open<Tables>(migrations);
    await expect(db.transaction(async () => db.kysely.selectFrom('coin').selectAll().execute())).rejects.toThrow(
      TypeError,
    );
    await expect(db.transaction(async () => db.transaction(async () => 1))).rejects.toThrow(TypeError);
    expect(await db.transaction(async (trx) => trx.selectFrom('coin').selectAll().execute())).toEqual([]);
  });

  it('applies each migration once, whoever opens first', async () => {
    const url = await engine.freshUrl();
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase<Tables>({ url, migrations })));
    const later = await openDatabase<Tables>({
      url,
      migrations: {
        ...migrations,
        'coin-2': { up: async (db) => void (await sql`alter table coin add column note text`.execute(db)) },
      },
    });
    const names = await sql<{ name: string }>`select name from migration order by name`.execute(later.kysely);
    expect(names.rows.map((row) => row.name)).toEqual(['coin-1', 'coin-2']);
    for (const db of [...opened, later]) await db.close();
  });
});
