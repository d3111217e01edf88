/** The day in numbers: nothing here is about an applicant. */
import type { Kysely } from 'kysely';
import type * as z from 'zod';
import type { IssuerTables } from '../tables.ts';
import { countWaiting, findDecided } from './queue-store.ts';
import { listStaff } from './staff-store.ts';
import type { figuresReply } from './wire.ts';

const day = 86_400;

/** Of the last 24 hours. Times run from sending to the decision. */
export async function figuresOf(
  db: Kysely<IssuerTables>,
  options: { readonly now: number; readonly byPerson: boolean },
): Promise<z.output<typeof figuresReply>> {
  const { count: waiting, oldest } = await countWaiting(db);
  const decided = await findDecided(db, options.now - day);
  const times = decided.map((row) => (row.decided_at ?? 0) - (row.sent_at ?? 0)).toSorted((a, b) => a - b);
  const outcomes = tally(decided.map(({ state, reason }) => `${state} ${reason ?? ''}`));
  const figures = {
    waiting,
    oldest_at: oldest ?? null,
    median_seconds: times[Math.floor((times.length - 1) / 2)] ?? null,
    outcomes: outcomes.map(([key, count]) => {
      const [state = '', reason = ''] = key.split(' ');
      return { state, reason, count };
    }),
  };
  if (!options.byPerson) return figures;
  const names = new Map((await listStaff(db)).map(({ id, name }) => [id, name]));
  const people = tally(decided.flatMap(({ decided_by: by }) => (by !== null && names.has(by) ? [by] : [])));
  return { ...figures, by_person: people.map(([id, count]) => ({ name: names.get(id) ?? id, count })) };
}

function tally(keys: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
