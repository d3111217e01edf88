import { randomInt } from 'node:crypto';
import type { Kysely } from 'kysely';
import { HufuError } from '../../shared/errors.ts';
import {
  addList,
  closeList,
  countEntries,
  type LifecycleTables,
  type ListRow,
  openLists,
  takeIndices,
} from './store.ts';

export interface AllocationOptions {
  /** Entries of a new list. */
  readonly listSize: number;
  /** Id of a new list: random, so that it does not tell how many there were before. */
  readonly newListId: () => string;
  readonly now: () => number;
}

export interface AllocatedIndex {
  readonly listId: string;
  readonly idx: number;
}

/**
 * Draws unpredictable, never repeated indices (HAIP 1.0, Token Status List 13.2). A list takes entries until it is
 * half full: the other half are decoys that look like valid credentials, and a draw hits a free index in two tries.
 * Counting a list is not free, so each process counts and then draws up to `countEvery` before it counts again; with
 * several processes a list may therefore end a little over half.
 */
export type Allocate = (trx: Kysely<LifecycleTables>, count: number) => Promise<readonly AllocatedIndex[]>;

const countEvery = 1024;
/** At half full one draw misses every second time; so many misses in a row mean a fault. */
const maxRounds = 64;

export function createAllocation(options: AllocationOptions): Allocate {
  /** How many this process may still draw from a list before it has to count again. */
  const budgets = new Map<string, number>();

  /** How many of `wanted` may be drawn from the list now; 0 when it is half full. Reserved before anything is awaited. */
  async function reserve(trx: Kysely<LifecycleTables>, list: ListRow, wanted: number): Promise<number> {
    let budget = budgets.get(list.id) ?? 0;
    if (budget <= 0) budget = Math.min(Math.floor(list.size / 2) - (await countEntries(trx, list.id)), countEvery);
    const granted = Math.max(0, Math.min(budget, wanted));
    budgets.set(list.id, budget - granted);
    return granted;
  }

  /** An open list with room; lists without are closed, and when none is left the next one begins. */
  async function reserveSomewhere(
    trx: Kysely<LifecycleTables>,
    wanted: number,
  ): Promise<{ readonly list: ListRow; readonly room: number }> {
    for (let attempt = 0; attempt < maxRounds; attempt += 1) {
      const lists = await openLists(trx);
      const list = lists[lists.length > 1 ? randomInt(lists.length) : 0];
      if (list === undefined) {
        await addList(trx, { id: options.newListId(), size: options.listSize, now: options.now() });
        continue;
      }
      const room = await reserve(trx, list, wanted);
      if (room > 0) return { list, room };
      budgets.delete(list.id);
      await closeList(trx, list.id);
    }
    throw new HufuError('list_full');
  }

  return async (trx, count) => {
    const got: AllocatedIndex[] = [];
    for (let idle = 0; idle < maxRounds; idle += 1) {
      const missing = count - got.length;
      if (missing <= 0) return got;
      const { list, room } = await reserveSomewhere(trx, missing);
      const taken = await takeIndices(trx, list.id, draw(room, list.size));
      got.push(...taken.map((idx) => ({ listId: list.id, idx })));
      if (taken.length > 0) idle = 0;
    }
    throw new HufuError('list_full');
  };
}

/** Distinct indices below `size`, each equally likely. */
function draw(count: number, size: number): readonly number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(randomInt(size));
  return [...drawn];
}
