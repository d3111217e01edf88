import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { HufuError } from '../../../shared/errors.ts';
import { asUnavailable, openDatabase } from '../../../shared/server/database.ts';
import { type CoinTables, coinMigrations } from '../../support/coin-taker.ts';
import { eachDatabase, postgresDatabase } from '../../support/databases.ts';

eachDatabase('database', (engine) => {
  it('commits what a transaction did and gives integers back as numbers', async () => {
    const db = await engine.open<CoinTables>(coinMigrations);
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
    const db = await engine.open<CoinTables>(coinMigrations);
    const act = db.transaction(async (trx) => {
      await trx.insertInto('coin').values({ id: 'a', spent_at: null, big: 1 }).execute();
      throw new RangeError('stop');
    });
    await expect(act).rejects.toThrow(RangeError);
    expect(await db.kysely.selectFrom('coin').selectAll().execute()).toEqual([]);
  });

  it('lets exactly one of 200 takers have a coin', async () => {
    const db = await engine.open<CoinTables>(coinMigrations);
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
    const db = await engine.open<CoinTables>(coinMigrations);
    await expect(db.transaction(async () => db.kysely.selectFrom('coin').selectAll().execute())).rejects.toThrow(
      TypeError,
    );
    await expect(db.transaction(async () => db.transaction(async () => 1))).rejects.toThrow(TypeError);
    expect(await db.transaction(async (trx) => trx.selectFrom('coin').selectAll().execute())).toEqual([]);
  });

  it('applies each migration once, whoever opens first', async () => {
    const url = await engine.freshUrl();
    const opened = await Promise.all(
      Array.from({ length: 4 }, () => openDatabase<CoinTables>({ url, migrations: coinMigrations })),
    );
    const later = await openDatabase<CoinTables>({
      url,
      migrations: {
        ...coinMigrations,
        'coin-2': { up: async (db) => void (await sql`alter table coin add column note text`.execute(db)) },
      },
    });
    const names = await sql<{ name: string }>`select name from migration order by name`.execute(later.kysely);
    expect(names.rows.map((row) => row.name)).toEqual(['coin-1', 'coin-2']);
    for (const db of [...opened, later]) await db.close();
  });

  it('lets four processes share 100 coins, each taken once, from a store none of them has opened before', {
    timeout: 60_000,
  }, async () => {
    const url = await engine.freshUrl();
    const db = await openDatabase<CoinTables>({ url, migrations: coinMigrations });
    const coins = Array.from({ length: 100 }, (_, n) => ({ id: `${n}`, spent_at: null, big: 1 }));
    await db.kysely.insertInto('coin').values(coins).execute();
    const startAt = Date.now() + 1500;
    const taken = await Promise.all(Array.from({ length: 4 }, () => takeCoins(url, 100, startAt)));
    expect(taken.reduce((sum, n) => sum + n, 0)).toBe(100);
    await db.close();
  });

  it('says unavailable when the store is gone, and keeps other faults as they are', async () => {
    const db = await engine.open<CoinTables>(coinMigrations);
    const wrong = db.transaction(async (trx) => sql`select * from nothing`.execute(trx));
    await expect(wrong).rejects.not.toBeInstanceOf(HufuError);
    expect(asUnavailable(new Error('x'))).not.toBeInstanceOf(HufuError);
    const lost = openDatabase({
      url: engine.name === 'sqlite' ? '/none/such/file.sqlite' : 'postgres://x:y@127.0.0.1:1/x',
      migrations: {},
    });
    await expect(lost).rejects.toMatchObject({ code: 'unavailable', at: 'database' });
  });
});

it('runs a transaction again that met a deadlock (postgres)', async () => {
  const cleanups: (() => Promise<void>)[] = [];
  const db = await openDatabase<CoinTables>({ url: await postgresDatabase(cleanups), migrations: coinMigrations });
  await db.kysely
    .insertInto('coin')
    .values(['a', 'b'].map((id) => ({ id, spent_at: 0, big: 0 })))
    .execute();
  let [runs, updated] = [0, 0];
  const bothHoldOne = Promise.withResolvers<void>();
  const add = (first: string, second: string) =>
    db.transaction(async (trx) => {
      runs += 1;
      for (const id of [first, second]) {
        await trx
          .updateTable('coin')
          .set((e) => ({ big: e('big', '+', 1) }))
          .where('id', '=', id)
          .execute();
        updated += 1;
        if (updated === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
      }
    });
  await Promise.all([add('a', 'b'), add('b', 'a')]);
  expect(runs).toBeGreaterThan(2);
  expect(await db.kysely.selectFrom('coin').select('big').execute()).toEqual([{ big: 2 }, { big: 2 }]);
  await db.close();
  for (const cleanup of cleanups) await cleanup();
});

/** How many coins a process of its own got. */
function takeCoins(url: string, coins: number, startAt: number): Promise<number> {
  const script = join(import.meta.dirname, '../../support/coin-taker.ts');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, url, String(coins), String(startAt)], (error, stdout, stderr) => {
      if (error === null) resolve(Number(stdout));
      else reject(new Error(stderr));
    });
  });
}

it('makes its file for the owner alone, and so its log and its index (sqlite)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-mode-'));
  const former = process.umask(0);
  try {
    const db = await openDatabase<CoinTables>({ url: join(folder, 'a.sqlite'), migrations: coinMigrations });
    const files = readdirSync(folder);
    expect(files).toContain('a.sqlite-wal');
    for (const file of files) expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
    await db.close();
  } finally {
    process.umask(former);
    rmSync(folder, { recursive: true });
  }
});
