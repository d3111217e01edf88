/** Status lists: served by the issuer's process, and a list of a million rebuilt after a change by the same room. */
import { join } from 'node:path';
import { createLifecycle, type LifecycleTables } from '../../issuer/lifecycle/index.ts';
import { issuerMigrations } from '../../issuer/migrations/index.ts';
import { systemClock } from '../../shared/clock.ts';
import { openDatabase } from '../../shared/server/database.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { nodeDeflate } from '../../shared/server/node-inflate.ts';
import { described, inParallel, send } from './load.ts';
import { type Figure, measure, unitNow } from './measure.ts';
import { costOf, type Service } from './service.ts';

const concurrency = 16;

/** Lists of the issuer that runs: whole, and asked for again by who has the newest already. */
export async function listServingFigures(service: Service): Promise<Figure[]> {
  const [uri = ''] = JSON.parse((await send('GET', `${service.url}/status-lists`)).text).status_lists;
  const { etag, 'content-length': length } = (await send('GET', uri)).headers;
  const serve = async (name: string, headers: Readonly<Record<string, string>>, expect: number): Promise<Figure> => {
    const asks = Array.from({ length: 3_000 });
    const ask = () => send('GET', uri, { headers, expect });
    await inParallel(asks.slice(0, 300), concurrency, ask);
    let detail = '';
    const { micros, unit } = await costOf(service, asks.length, async () => {
      detail = described(await inParallel(asks, concurrency, ask));
    });
    return { name, micros, v: micros / unit, detail: `${concurrency} at once: ${detail}; target 3,000/s` };
  };
  return [
    await serve('status list: asked again with its ETag, unchanged (304)', { 'if-none-match': String(etag) }, 304),
    await serve(`status list: served whole, ${length} bytes`, {}, 200),
  ];
}

const entries = 1_000_000;
const set = entries / 100;

/** One change in a list of a million entries, one in a hundred of them set: what the next reader waits for. */
export async function rebuildFigures(folder: string): Promise<Figure[]> {
  const db = await openDatabase<LifecycleTables>({ url: join(folder, 'lists.sqlite'), migrations: issuerMigrations });
  const room = {
    ...{ db, clock: systemClock, crypto: nodeCrypto(), deflate: nodeDeflate, signer: generateNodeSigner('ES256') },
    ...{ header: {}, baseUrl: 'http://localhost:4010', listSize: entries, ttl: 300, lifetime: 86_400 },
  };
  const lifecycle = createLifecycle(room);
  const take = (count: number) => db.transaction((trx) => lifecycle.allocateStatusIndices(trx, count));
  for (let taken = 0; taken < set; taken += 500) {
    const refs = await take(500);
    await db.transaction((trx) => lifecycle.changeStatuses(trx, refs, taken % 1000 === 0 ? 'revoke' : 'suspend'));
  }
  const refs = await take(1);
  const id = refs[0]?.uri.split('/').at(-1) ?? '';
  await lifecycle.findListToken(id);
  let act: 'suspend' | 'resume' = 'suspend';
  const name = 'status list, 1,000,000 x 2 bits, 1 % set: change one, next token';
  const rebuilt = await measure(name, async () => {
    await db.transaction((trx) => lifecycle.changeStatuses(trx, refs, act));
    act = act === 'suspend' ? 'resume' : 'suspend';
    await lifecycle.findListToken(id);
  });
  // A process that has just started has nothing in memory: it reads every entry that was ever changed.
  const began = performance.now();
  await createLifecycle(room).findListToken(id);
  const coldMs = performance.now() - began;
  await db.close();
  const unit = await unitNow();
  const detail = `${(rebuilt.micros / 1000).toFixed(1)} ms, target 20 ms; first token after a start: ${coldMs.toFixed(0)} ms`;
  return [{ ...rebuilt, target: 20_000 / unit, detail }];
}
