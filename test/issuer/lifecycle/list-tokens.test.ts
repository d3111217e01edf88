import { afterEach, describe, expect, it } from 'vitest';
import { type LifecycleTables, lifecycleRoutes } from '../../../issuer/lifecycle/index.ts';
import { parseJwt } from '../../../shared/jwt/index.ts';
import { openDatabase } from '../../../shared/server/database.ts';
import { createHttpApp } from '../../../shared/server/http.ts';
import { type Listening, listen } from '../../../shared/server/listen.ts';
import { silentLog } from '../../../shared/server/log.ts';
import { nodeDeflate, nodeInflate } from '../../../shared/server/node-inflate.ts';
import { readStatus, verifyStatusList } from '../../../shared/status-list/index.ts';
import { crypto, lifecycleOn, listOf, migrations, now, take } from './lifecycle-world.ts';

let server: Listening | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function world(listSize = 1024) {
  return lifecycleOn(await openDatabase<LifecycleTables>({ migrations }), { listSize });
}
async function served(listSize?: number) {
  const on = await world(listSize);
  const listening = await listen(
    createHttpApp({ baseUrl: 'http://127.0.0.1', routes: lifecycleRoutes(on.lifecycle), log: silentLog }),
    { host: '127.0.0.1', port: 0 },
  );
  server = listening;
  const refs = await take(on, 10);
  const uri = refs[0]?.uri ?? '';
  return { ...on, refs, uri, url: uri.replace('http://localhost:4010', listening.url), origin: listening.url };
}

describe('list tokens', () => {
  it('carry type, address, times and aggregation, and are kept until something changes', async () => {
    const on = await world();
    const refs = await take(on, 5);
    const uri = refs[0]?.uri ?? '';
    const id = uri.slice(-16);
    const before = await on.lifecycle.findListToken(id);
    const { header, payload } = parseJwt(before?.token ?? '');
    expect(header.typ).toBe('statuslist+jwt');
    expect(payload).toMatchObject({
      sub: uri,
      iat: now,
      exp: now + 3600,
      ttl: 60,
      status_list: { bits: 2, aggregation_uri: 'http://localhost:4010/status-lists' },
    });
    await take(on, 5);
    expect(await on.lifecycle.findListToken(id)).toEqual(before);
    await on.db.transaction((trx) => on.lifecycle.changeStatuses(trx, refs, 'revoke'));
    const after = await on.lifecycle.findListToken(id);
    expect(after?.etag).not.toBe(before?.etag);
    expect(await on.lifecycle.findListToken(id)).toEqual(after);
  });

  it('are signed anew when half their ttl has gone, and when the clock was set back', async () => {
    const on = await world();
    const [ref] = await take(on, 1);
    const iatAt = async (time: number) => {
      on.clock.set(time);
      return (await listOf(on, ref?.uri ?? '')).iat;
    };
    expect(await iatAt(now)).toBe(now);
    expect(await iatAt(now + 29)).toBe(now);
    expect(await iatAt(now + 30)).toBe(now + 30);
    expect(await iatAt(now - 3600)).toBe(now - 3600);
  });

  it('an act that was rolled back never shows', async () => {
    const on = await world();
    const refs = await take(on, 2);
    const uri = refs[0]?.uri ?? '';
    const failing = on.db.transaction(async (trx) => {
      await on.lifecycle.changeStatuses(trx, refs, 'revoke');
      throw new Error('after');
    });
    await Promise.all([expect(failing).rejects.toThrow('after'), listOf(on, uri)]);
    expect(readStatus(await listOf(on, uri), refs[0]?.idx ?? 0)).toBe(0);
  });

  it('who asks after a change never gets the answer to an earlier question', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let slow = true;
    const deflate = async (bytes: Uint8Array) => {
      const copy = bytes.slice();
      if (slow) await gate;
      return nodeDeflate(copy);
    };
    const on = lifecycleOn(await openDatabase<LifecycleTables>({ migrations }), { deflate });
    const refs = await take(on, 2);
    const uri = refs[0]?.uri ?? '';
    const before = listOf(on, uri);
    await new Promise((resolve) => setTimeout(resolve, 20));
    slow = false;
    await on.db.transaction((trx) => on.lifecycle.changeStatuses(trx, refs, 'revoke'));
    const after = listOf(on, uri);
    open();
    expect(readStatus(await before, refs[0]?.idx ?? 0)).toBe(0);
    expect(readStatus(await after, refs[0]?.idx ?? 0)).toBe(1);
  });

  it('an index outside the list is nobody, and decoys look like valid credentials', async () => {
    const on = await world(64);
    const [ref] = await take(on, 1);
    const list = await listOf(on, ref?.uri ?? '');
    expect(() => readStatus(list, 64)).toThrow('status_range');
    expect(Array.from({ length: 64 }, (_, idx) => readStatus(list, idx))).toEqual(new Array(64).fill(0));
  });

  it('more lists than are kept in memory are rebuilt when asked for', async () => {
    const on = await world(16);
    const refs = await take(on, 600);
    await on.db.transaction((trx) => on.lifecycle.changeStatuses(trx, refs, 'suspend'));
    for (const round of [1, 2]) {
      for (const ref of refs.filter((_, at) => at % 4 === round)) {
        expect(readStatus(await listOf(on, ref.uri), ref.idx)).toBe(2);
      }
    }
  });
});

describe('the endpoints', () => {
  it('serve the token to everybody, with its media type, and 304 when nothing changed', async () => {
    const on = await served();
    const answer = await fetch(on.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/statuslist+jwt');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('cache-control')).toBe('public, no-cache');
    const etag = answer.headers.get('etag') ?? '';
    const options = { crypto, expectedUri: on.uri, key: on.signer.publicJwk, now, inflate: nodeInflate };
    const list = await verifyStatusList(await answer.text(), options);
    expect(on.refs.every((ref) => readStatus(list, ref.idx) === 0)).toBe(true);

    const again = await fetch(on.url, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    await on.db.transaction((trx) => on.lifecycle.changeStatuses(trx, on.refs, 'revoke'));
    const changed = await fetch(on.url, { headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    const now2 = await verifyStatusList(await changed.text(), options);
    expect(on.refs.every((ref) => readStatus(now2, ref.idx) === 1)).toBe(true);
  });

  it('the list of another time is not served, and says so (8.4)', async () => {
    const on = await served();
    for (const time of [now, now - 3_600, 'x', '']) {
      const answer = await fetch(`${on.url}?time=${time}`);
      expect(answer.status).toBe(501);
      expect(await answer.json()).toMatchObject({ code: 'not_implemented' });
    }
    expect((await fetch(`${on.url}?other=1`)).status).toBe(400);
    expect((await fetch(on.url)).status).toBe(200);
  });

  it('the aggregation names all lists', async () => {
    const on = await served(64);
    await take(on, 60);
    const answer = await fetch(`${on.origin}/status-lists`);
    const body = (await answer.json()) as { status_lists: string[] };
    expect(body.status_lists).toContain(on.uri);
    expect(body.status_lists).toHaveLength(3);
  });

  it.each(['AAAAAAAAAAAAAAAA', 'short', '..%2f..%2f', 'AAAAAAAAAAAAAAA%00', "' or 1=1--------"])(
    'an unknown list is nothing: %s',
    async (id) => {
      const on = await served();
      const answer = await fetch(`${on.origin}/status-lists/${id}`);
      expect([400, 404]).toContain(answer.status);
      expect(await answer.text()).not.toContain('status_list"');
    },
  );

  it('a thousand readers at once are served from one look', async () => {
    const on = await served(2 ** 17);
    await on.db.transaction((trx) => on.lifecycle.changeStatuses(trx, on.refs, 'revoke'));
    const tokens = new Set(
      await Promise.all(
        Array.from({ length: 1000 }, async () => (await on.lifecycle.findListToken(on.uri.slice(-16)))?.token),
      ),
    );
    expect(tokens.size).toBe(1);
  });
});
