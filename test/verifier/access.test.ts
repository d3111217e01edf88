import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBearerToken } from '../../shared/server/bearer.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import { ensureDemoDesk, putToken, revokeTokens, tokenPrefixes } from '../../verifier/access/index.ts';
import { call, startTestVerifier, type TestVerifier } from '../support/verifier.ts';

let world: TestVerifier;
beforeAll(async () => {
  world = await startTestVerifier({ demoDesk: '演示前台' });
});
afterAll(() => world.close());

async function newToken(kind: 'desk' | 'relying-party', name: string): Promise<string> {
  const { token, tokenHash } = createBearerToken(tokenPrefixes[kind]);
  await putToken(world.db.kysely, { id: tokenHash.slice(0, 22), kind, name, returnOrigins: [] }, tokenHash, 1);
  return token;
}
const origin = () => ({ origin: world.url });
async function openDesk(token: string) {
  const headers = { ...origin(), 'content-type': 'application/json' };
  const reply = await call(`${world.url}/api/desk/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ token }),
  });
  return { reply, cookie: (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}
const records = (headers: Record<string, string>) => world.api('GET', '/api/records', undefined, headers);
const welcome = async (cookie?: string) =>
  (await call(`${world.url}/api/desk`, cookie === undefined ? {} : { headers: { cookie } })).json;

describe('tokens', () => {
  it('end when they are withdrawn, and take a desk’s sessions with them', async () => {
    const program = await newToken('relying-party', '旧系统');
    const desk = await newToken('desk', '前台 9');
    const { cookie, reply } = await openDesk(desk);
    expect(reply.status).toBe(200);
    const bearer = { authorization: `Bearer ${program}` };
    expect([(await records(bearer)).status, (await records({ cookie })).status]).toEqual([200, 200]);
    expect(await welcome(cookie)).toEqual({ organisation: '望江酒店', demo: true, desk: '前台 9' });

    expect(await revokeTokens(world.db.kysely, '旧系统', world.clock.now())).toBe(1);
    expect(await revokeTokens(world.db.kysely, '旧系统', world.clock.now())).toBe(0);
    expect([(await records(bearer)).status, (await records({ cookie })).status]).toEqual([401, 200]);
    expect(await revokeTokens(world.db.kysely, '前台 9', world.clock.now())).toBe(1);
    expect((await records({ cookie })).status).toBe(401);
    expect(await welcome(cookie)).toEqual({ organisation: '望江酒店', demo: true });
    expect((await openDesk(desk)).reply.status).toBe(401);
    // Nobody else's ended.
    expect((await records({ authorization: `Bearer ${world.token}` })).status).toBe(200);
  });

  it('may send a browser back to their own origins, not to another token’s', async () => {
    const program = await newToken('relying-party', '没有网站');
    const body = { scene: 'age', device: 'same', return_url: 'https://shop.example/back' };
    const refused = await world.api('POST', '/api/requests', body, { authorization: `Bearer ${program}` });
    expect(refused.json.code).toBe('origin_refused');
    expect((await world.api('POST', '/api/requests', body)).status).toBe(201);
  });
});

describe('sessions', () => {
  it('are kept awake each by its own desk', async () => {
    const first = await openDesk(await newToken('desk', '前台 2'));
    const second = await openDesk(await newToken('desk', '前台 3'));
    for (let minutes = 0; minutes < 20; minutes += 10) {
      world.clock.advance(600);
      const headers = { cookie: first.cookie, ...origin() };
      expect((await world.api('POST', '/api/requests', { scene: 'hotel', device: 'cross' }, headers)).status).toBe(201);
    }
    expect((await records({ cookie: first.cookie })).status).toBe(200);
    expect((await records({ cookie: second.cookie })).status).toBe(401);
    await world.verifier.sweep();
    // What is alive stays.
    expect((await records({ cookie: first.cookie })).status).toBe(200);
    expect((await world.counts()).desk_session).toBe(1);
  });
});

describe('the demo desk', () => {
  it('is one, however often the demo starts, and carries its own name', async () => {
    await newToken('relying-party', '演示前台');
    await newToken('desk', '别的前台');
    await newToken('relying-party', '第二个演示');
    await ensureDemoDesk({ db: world.db, clock: world.clock, crypto: nodeCrypto() }, '第二个演示');
    expect(await revokeTokens(world.db.kysely, '第二个演示', world.clock.now())).toBe(2);
    await ensureDemoDesk({ db: world.db, clock: world.clock, crypto: nodeCrypto() }, '演示前台');
    const desks = await world.db.kysely
      .selectFrom('access_token')
      .select('id')
      .where('name', '=', '演示前台')
      .where('kind', '=', 'desk')
      .execute();
    expect(desks).toHaveLength(1);
    const reply = await call(`${world.url}/api/desk/demo-session`, { method: 'POST', headers: origin() });
    expect(reply.json).toEqual({ desk: '演示前台', organisation: '望江酒店' });
    expect(await revokeTokens(world.db.kysely, '演示前台', world.clock.now())).toBe(2);
    expect((await call(`${world.url}/api/desk/demo-session`, { method: 'POST', headers: origin() })).status).toBe(404);
  });

  it('does not exist outside the demo', async () => {
    const real = await startTestVerifier();
    try {
      const headers = { origin: real.url };
      expect((await call(`${real.url}/api/desk/demo-session`, { method: 'POST', headers })).status).toBe(404);
      expect((await call(`${real.url}/api/desk`, {})).json).toEqual({ organisation: '望江酒店', demo: false });
    } finally {
      await real.close();
    }
  });
});
