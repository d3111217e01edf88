import { expect, it } from 'vitest';
import type { LifecycleTables } from '../../../issuer/lifecycle/index.ts';
import { readStatus, type StatusReference } from '../../../shared/status-list/index.ts';
import { eachDatabase } from '../../support/databases.ts';
import { anotherProcess, lifecycleOn, listOf, migrations, take } from './lifecycle-world.ts';

const keyOf = (ref: StatusReference) => `${ref.uri} ${ref.idx}`;
const first = (refs: readonly StatusReference[]): StatusReference => {
  const [ref] = refs;
  if (ref === undefined) throw new TypeError('no reference');
  return ref;
};

eachDatabase('the life of credentials', (engine) => {
  const world = async (listSize = 1024) => lifecycleOn(await engine.open<LifecycleTables>(migrations), { listSize });

  async function act(
    on: Awaited<ReturnType<typeof world>>,
    refs: readonly StatusReference[],
    name: 'suspend' | 'resume' | 'revoke',
  ) {
    try {
      await on.db.transaction((trx) => on.lifecycle.changeStatuses(trx, refs, name));
      return 'done';
    } catch (error) {
      return error instanceof Error ? error.message : 'unknown';
    }
  }

  it('indices are spread over the list in no order', async () => {
    const on = await world(4096);
    const refs = await take(on, 1000);
    const indices = refs.map((ref) => ref.idx);
    expect(new Set(indices).size).toBe(1000);
    expect(new Set(refs.map((ref) => ref.uri)).size).toBe(1);
    expect(Math.max(...indices)).toBeGreaterThan(3500);
    expect(Math.min(...indices)).toBeLessThan(600);
    const neighbours = indices.filter((idx, at) => at > 0 && idx === (indices[at - 1] ?? 0) + 1).length;
    expect(neighbours).toBeLessThan(indices.length * 0.4);
  });

  it('a transaction that fails gives its indices back', async () => {
    const on = await world(16);
    for (let round = 0; round < 20; round += 1) {
      const failing = on.db.transaction(async (trx) => {
        await on.lifecycle.allocateStatusIndices(trx, 4);
        throw new Error('after');
      });
      await expect(failing).rejects.toThrow('after');
    }
    const { count } = await on.db.kysely
      .selectFrom('status_entry')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(0);
    expect(await take(on, 4)).toHaveLength(4);
  });

  it('a list takes entries until it is half full, then the next one begins, and all stay published', async () => {
    const on = await world(64);
    const refs: StatusReference[] = [];
    for (let round = 0; round < 20; round += 1) refs.push(...(await take(on, 7)));
    expect(new Set(refs.map(keyOf)).size).toBe(140);
    const perList = Map.groupBy(refs, (ref) => ref.uri);
    expect([...perList.values()].map((list) => list.length)).toEqual([32, 32, 32, 32, 12]);
    expect(await on.lifecycle.listUris()).toEqual([...perList.keys()]);
    expect(await act(on, [first(refs)], 'revoke')).toBe('done');
    expect(readStatus(await listOf(on, first(refs).uri), first(refs).idx)).toBe(1);
  });

  it('suspend, resume, suspend, revoke, and what the list says each time', async () => {
    const on = await world();
    const refs = await take(on, 3);
    const said = async () => {
      const list = await listOf(on, first(refs).uri);
      return refs.map((ref) => readStatus(list, ref.idx));
    };
    expect(await said()).toEqual([0, 0, 0]);
    expect(await act(on, refs, 'suspend')).toBe('done');
    expect(await said()).toEqual([2, 2, 2]);
    expect(await on.lifecycle.readStatuses(on.db.kysely, refs)).toEqual(['suspended', 'suspended', 'suspended']);
    expect(await act(on, refs, 'resume')).toBe('done');
    expect(await said()).toEqual([0, 0, 0]);
    expect(await act(on, refs, 'suspend')).toBe('done');
    expect(await act(on, refs, 'revoke')).toBe('done');
    expect(await said()).toEqual([1, 1, 1]);
  });

  it('nc-100 a revocation is final: no resume, no suspend, no second revoke', async () => {
    const on = await world();
    const refs = await take(on, 2);
    expect(await act(on, refs, 'revoke')).toBe('done');
    for (const name of ['resume', 'suspend', 'revoke'] as const)
      expect(await act(on, refs, name)).toBe('credential_revoked');
    const list = await listOf(on, first(refs).uri);
    expect(refs.map((ref) => readStatus(list, ref.idx))).toEqual([1, 1]);
  });

  it('nc-100 an act starts from its own state only', async () => {
    const on = await world();
    const refs = await take(on, 2);
    expect(await act(on, refs, 'resume')).toBe('credential_state');
    expect(await act(on, refs, 'suspend')).toBe('done');
    expect(await act(on, refs, 'suspend')).toBe('credential_state');
    expect(await act(on, refs, 'resume')).toBe('done');
  });

  it('nc-100 what was never allocated is unknown, and nothing changes beside it', async () => {
    const on = await world();
    const refs = await take(on, 1);
    const free = { uri: first(refs).uri, idx: (first(refs).idx + 1) % 1024 };
    const foreign = { uri: 'http://localhost:4010/status-lists/AAAAAAAAAAAAAAAA', idx: 0 };
    expect(await act(on, [free], 'revoke')).toBe('credential_unknown');
    expect(await act(on, [foreign], 'revoke')).toBe('credential_unknown');
    expect(await act(on, [], 'revoke')).toBe('credential_unknown');
    expect(await act(on, [...refs, free], 'revoke')).toBe('credential_unknown');
    await expect(on.db.transaction((trx) => on.lifecycle.revokeAll(trx, [...refs, free]))).rejects.toThrow(
      'credential_unknown',
    );
    expect(await on.lifecycle.readStatuses(on.db.kysely, refs)).toEqual(['valid']);
    const { version } = await on.db.kysely.selectFrom('status_list').select('version').executeTakeFirstOrThrow();
    expect(version).toBe(0);
  });

  it('all copies or none', async () => {
    const on = await world();
    const refs = await take(on, 3);
    expect(await act(on, refs.slice(0, 1), 'revoke')).toBe('done');
    expect(await act(on, refs, 'suspend')).toBe('credential_revoked');
    expect(await on.lifecycle.readStatuses(on.db.kysely, refs)).toEqual(['revoked', 'valid', 'valid']);
    await on.db.transaction((trx) => on.lifecycle.revokeAll(trx, refs));
    await on.db.transaction((trx) => on.lifecycle.revokeAll(trx, refs));
    expect(await on.lifecycle.readStatuses(on.db.kysely, refs)).toEqual(['revoked', 'revoked', 'revoked']);
  });

  it('of fifty who revoke at once one succeeds', async () => {
    const on = await world();
    const refs = await take(on, 10);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => act(on, refs, 'revoke')));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'credential_revoked')).toHaveLength(49);
  });

  it('10,000 indices from two processes: no collision', { timeout: 120_000 }, async () => {
    const url = await engine.freshUrl();
    const processes = [await anotherProcess(url, { listSize: 8192 }), await anotherProcess(url, { listSize: 8192 })];
    const batches = await Promise.all(
      processes.flatMap((process) =>
        Array.from({ length: 5 }, async () => {
          const refs: StatusReference[] = [];
          for (let round = 0; round < 100; round += 1) refs.push(...(await take(process, 10)));
          return refs;
        }),
      ),
    );
    const refs = batches.flat();
    expect(refs).toHaveLength(10_000);
    expect(new Set(refs.map(keyOf)).size).toBe(10_000);
    const perList = [...Map.groupBy(refs, (ref) => ref.uri).values()].map((list) => list.length);
    expect(Math.max(...perList)).toBeLessThan(8192 * 0.75);
    for (const process of processes) await process.db.close();
  });

  it('what one process changes, the other one serves at once', async () => {
    const url = await engine.freshUrl();
    const one = await anotherProcess(url);
    const two = await anotherProcess(url);
    const refs = await take(one, 4);
    const { uri } = first(refs);
    expect(readStatus(await listOf(two, uri), first(refs).idx)).toBe(0);
    for (const [at, ref] of refs.entries()) {
      expect(await act(at % 2 === 0 ? one : two, [ref], 'revoke')).toBe('done');
      expect(readStatus(await listOf(one, uri), ref.idx)).toBe(1);
      expect(readStatus(await listOf(two, uri), ref.idx)).toBe(1);
    }
    await one.db.close();
    await two.db.close();
  });

  it('changes from both sides while both serve: in the end both lists say the same', async () => {
    const url = await engine.freshUrl();
    const processes = [await anotherProcess(url), await anotherProcess(url)] as const;
    const [one, two] = processes;
    const refs = await take(one, 60);
    const { uri } = first(refs);
    let done = false;
    const readers = processes.map(async (process) => {
      while (!done) await listOf(process, uri);
    });
    await Promise.all(refs.map((ref, at) => act(at % 2 === 0 ? one : two, [ref], 'revoke')));
    done = true;
    await Promise.all(readers);
    for (const process of processes) {
      const list = await listOf(process, uri);
      expect(refs.every((ref) => readStatus(list, ref.idx) === 1)).toBe(true);
    }
    await one.db.close();
    await two.db.close();
  });
});
