import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { HufuError } from '../../../shared/errors.ts';
import type { SealedRow } from '../../../wallet/vault/index.ts';
import { openVault, type TestVault } from '../../support/vault.ts';

const note = { store: 'note', schema: z.strictObject({ text: z.string() }) };

function rowOf(test: TestVault, id: string): SealedRow {
  const row = test.store.rows.get(`note/${id}`);
  if (row === undefined) throw new TypeError('row expected');
  return row;
}

async function withTwoNotes(): Promise<TestVault> {
  const test = await openVault();
  await test.vault.records.change((draft) => {
    draft.put(note, 'a', { text: 'first' });
    draft.put(note, 'b', { text: 'second' });
  });
  return test;
}

const integrity = { code: 'integrity' };

describe('sealed records', () => {
  it('come back as they were put, after a reload and another touch', async () => {
    const test = await withTwoNotes();
    const again = await test.reload();
    expect(again.state).toBe('locked');
    await again.unlock();
    expect(await again.records.find(note, 'a')).toEqual({ text: 'first' });
    expect(await again.records.list(note)).toHaveLength(2);
    expect(await again.records.find(note, 'c')).toBeUndefined();
  });

  it('lie sealed: no text of theirs is in the rows', async () => {
    const test = await withTwoNotes();
    const bytes = [...test.store.rows.values()].map((row) => Buffer.from(row.data).toString('latin1')).join('');
    expect(bytes).not.toContain('first');
  });

  it('are refused when two rows are exchanged', async () => {
    const test = await withTwoNotes();
    const [a, b] = [rowOf(test, 'a'), rowOf(test, 'b')];
    test.store.rows.set('note/a', { ...b, id: 'a' });
    test.store.rows.set('note/b', { ...a, id: 'b' });
    await expect(test.vault.records.find(note, 'a')).rejects.toMatchObject(integrity);
  });

  it('are refused when a row is replaced by its own past', async () => {
    const test = await withTwoNotes();
    const past = rowOf(test, 'a');
    await test.vault.records.change((draft) => draft.put(note, 'a', { text: 'later' }));
    expect(await test.vault.records.find(note, 'a')).toEqual({ text: 'later' });
    test.store.rows.set('note/a', past);
    await expect(test.vault.records.find(note, 'a')).rejects.toMatchObject(integrity);
  });

  it('are refused when a row is missing, added, or flipped in one bit', async () => {
    const test = await withTwoNotes();
    const a = rowOf(test, 'a');
    test.store.rows.delete('note/a');
    await expect(test.vault.records.find(note, 'a')).rejects.toMatchObject(integrity);
    await expect(test.vault.records.list(note)).rejects.toMatchObject(integrity);
    test.store.rows.set('note/a', a);
    expect(await test.vault.records.list(note)).toHaveLength(2);
    test.store.rows.set('note/c', { ...a, id: 'c' });
    await expect(test.vault.records.list(note)).rejects.toMatchObject(integrity);
    test.store.rows.delete('note/c');
    for (const member of ['iv', 'data'] as const) {
      const flipped = a[member].slice();
      flipped[0] = (flipped[0] ?? 0) ^ 1;
      test.store.rows.set('note/a', { ...a, [member]: flipped });
      await expect(test.vault.records.find(note, 'a')).rejects.toMatchObject(integrity);
    }
  });

  it('are refused when the whole store is put back to an older day', async () => {
    const test = await withTwoNotes();
    const older = new Map(test.store.rows);
    await test.vault.records.change((draft) => draft.remove(note, 'b'));
    expect(await test.vault.records.list(note)).toHaveLength(1);
    test.store.rows.clear();
    for (const [name, row] of older) test.store.rows.set(name, row);
    await expect(test.vault.records.list(note)).rejects.toMatchObject({ code: 'integrity', at: 'rollback' });
    const again = await test.reload();
    await expect(again.unlock()).rejects.toMatchObject({ code: 'integrity', at: 'rollback' });
    expect(again.state).toBe('locked');
  });

  it('are refused when the header was changed under them', async () => {
    const test = await withTwoNotes();
    test.store.header = { ...(test.store.header as object), createdAt: 1 };
    await expect((await test.reload()).unlock()).rejects.toMatchObject({ code: 'integrity', at: 'header' });
  });

  it('are written all or not at all, and two writers at once both end up written', async () => {
    const test = await withTwoNotes();
    const other = await test.reload();
    await other.unlock();
    await Promise.all([
      test.vault.records.change((draft) => draft.put(note, 'c', { text: 'here' })),
      other.records.change((draft) => draft.put(note, 'd', { text: 'there' })),
    ]);
    expect(await test.vault.records.list(note)).toHaveLength(4);
    test.store.full = true;
    const writing = test.vault.records.change((draft) => draft.put(note, 'e', { text: 'no room' }));
    await expect(writing).rejects.toMatchObject({ code: 'vault_storage' });
    test.store.full = false;
    expect(await test.vault.records.find(note, 'e')).toBeUndefined();
  });

  it('refuse a record of another shape, when written and when read', async () => {
    const test = await withTwoNotes();
    const other = { store: 'note', schema: z.strictObject({ text: z.number() }) };
    await expect(test.vault.records.find(other, 'a')).rejects.toMatchObject({ code: 'shape' });
    const write = test.vault.records.change((draft) => draft.put(note, 'f', { text: 1 } as never));
    await expect(write).rejects.toMatchObject({ code: 'shape' });
  });
});

describe('locking', () => {
  it('takes the records away, also from a caller who kept them', async () => {
    const test = await withTwoNotes();
    const kept = test.vault.records;
    test.vault.lock();
    expect(test.vault.state).toBe('locked');
    expect(() => test.vault.records).toThrow(new HufuError('vault_locked'));
    await expect(kept.list(note)).rejects.toMatchObject({ code: 'vault_locked' });
    await expect(test.vault.gesture(new Uint8Array(32))).rejects.toMatchObject({ code: 'vault_locked' });
    await test.vault.unlock();
    expect(await test.vault.records.list(note)).toHaveLength(2);
  });

  it('waits for a running act and then happens', async () => {
    const test = await withTwoNotes();
    await test.vault.hold(async () => {
      test.vault.lock();
      expect(test.vault.state).toBe('open');
      expect(await test.vault.records.list(note)).toHaveLength(2);
    });
    expect(test.vault.state).toBe('locked');
  });

  it('is taken back when the page is seen again before the act has ended', async () => {
    const test = await withTwoNotes();
    await test.vault.hold(async () => {
      test.vault.lock();
      test.vault.stay();
    });
    expect(test.vault.state).toBe('open');
    test.vault.lock();
    test.vault.stay();
    expect(test.vault.state).toBe('locked');
  });

  it('wiping leaves nothing and the next wallet starts afresh', async () => {
    const test = await withTwoNotes();
    await test.vault.wipe();
    expect(test.vault.state).toBe('empty');
    expect(test.store.rows.size).toBe(0);
    await test.vault.create('passkey');
    expect(await test.vault.records.list(note)).toHaveLength(0);
    await expect(test.vault.create('passkey')).rejects.toMatchObject({ code: 'conflict' });
  });
});
