/** A process of its own: `node coin-taker.ts <url> <coins> <start>` takes, from that millisecond on, what coins it can get and prints how many it got. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Migration, openDatabase } from '../../shared/server/database.ts';

export interface CoinTables {
  coin: { id: string; spent_at: number | null; big: number };
}

export const coinMigrations: Readonly<Record<string, Migration>> = {
  'coin-1': {
    async up(db) {
      await sql`create table coin (id text primary key, spent_at bigint, big bigint not null)`.execute(db);
    },
  },
};

const [url, coins, startAt] = process.argv.slice(2);
if (import.meta.main && url !== undefined) {
  const db = await openDatabase<CoinTables>({ url, migrations: coinMigrations });
  await sleep(Math.max(0, Number(startAt) - Date.now()));
  const takes = Array.from({ length: Number(coins) }, (_, n) =>
    db.transaction(async (trx) => {
      // Reads before it writes: the pattern that fails at once in a deferred transaction.
      const free = await trx
        .selectFrom('coin')
        .select('id')
        .where('id', '=', `${n}`)
        .where('spent_at', 'is', null)
        .executeTakeFirst();
      if (free === undefined) return 0;
      const taken = await trx
        .updateTable('coin')
        .set({ spent_at: 1 })
        .where('id', '=', `${n}`)
        .where('spent_at', 'is', null)
        .returning('id')
        .execute();
      return taken.length;
    }),
  );
  const taken = await Promise.all(takes);
  process.stdout.write(String(taken.reduce((sum, n) => sum + n, 0)));
  await db.close();
}
