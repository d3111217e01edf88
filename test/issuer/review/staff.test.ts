/** Who gets in, and who may what. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endStaff } from '../../../issuer/review/staff.ts';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import { webPasskey } from '../../support/web-passkey.ts';
import { cookieOf, type ReviewWorld, startReviewWorld } from './review-world.ts';

let world: ReviewWorld;
beforeAll(async () => {
  world = await startReviewWorld();
}, 60_000);
afterAll(() => world.close());

const number = async () => (await world.person('batu')).number;
const device = () => webPasskey({ origin: world.issuer.origin, rpId: new URL(world.issuer.origin).hostname });

it('a link is good once, for a day, for one person', async () => {
  const made = await world.invite('Once', ['reviewer'], await number());
  const body = { token: made.token };
  const accept = async (token: string) => {
    const options = await world.call('POST', 'invite/options', { body });
    return world.call('POST', 'invite', { body: { token, passkey: device().create(options.json) as JsonObject } });
  };
  const other = await world.invite('Other', ['reviewer'], await number());
  // Another's link does not go with a passkey that was begun for this one.
  expect((await accept(other.token)).status).toBe(401);
  const options = await Promise.all([1, 2].map(() => world.call('POST', 'invite/options', { body })));
  const raced = await Promise.all(
    options.map(({ json }) =>
      world.call('POST', 'invite', { body: { ...body, passkey: device().create(json) as JsonObject } }),
    ),
  );
  expect(raced.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 401]);
  expect((await world.call('POST', 'invite/options', { body })).status).toBe(401);
  world.clock.advance(86_399);
  expect((await world.call('POST', 'invite/options', { body: { token: other.token } })).status).toBe(200);
  world.clock.advance(1);
  expect((await world.call('POST', 'invite/options', { body: { token: other.token } })).status).toBe(401);
  const rows = await world.issuer.db.kysely.selectFrom('staff_invite').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(made.token);
});

it('nc-077 sign-in makes a new session, ends the old one; sign-out and leaving end it; another origin is refused', async () => {
  const a = await world.hire('A', ['reviewer']);
  const first = a.cookie;
  expect((await a.signIn()).status).toBe(204);
  expect(a.cookie).not.toBe(first);
  expect((await world.call('GET', 'me', { cookie: first })).status).toBe(401);
  expect((await a.get('me')).json).toMatchObject({ name: 'A', roles: ['reviewer'] });
  expect((await world.call('GET', 'me')).status).toBe(401);
  const { cookie } = a;
  const foreign = await world.call('POST', 'sign-out', { cookie, origin: 'https://evil.example' });
  expect(foreign.status).toBe(403);
  expect((await world.call('POST', 'sign-out', { cookie, origin: undefined })).status).toBe(403);
  const options = await world.call('POST', 'sign-in/options', { body: {} });
  const unverified = a.passkey.get(options.json, { userVerified: false }) as JsonObject;
  expect((await world.call('POST', 'sign-in', { body: unverified })).status).toBe(401);
  const failed = (await world.issuer.audit(a.id)).filter(({ action }) => action === 'auth.fail');
  expect(failed).toMatchObject([{ reason: 'passkey_invalid', actor: a.id }]);
  const out = await world.call('POST', 'sign-out', { cookie });
  expect([out.status, cookieOf(out)]).toEqual([204, 'hufu-console=']);
  expect((await a.get('me')).status).toBe(401);
  await a.signIn();
  expect((await a.get('me')).status).toBe(200);
  await endStaff(a.id, { db: world.issuer.db, clock: world.clock });
  expect((await a.get('me')).status).toBe(401);
  expect((await a.signIn()).status).toBe(401);
});

it('nc-071 each role does its own and nothing else, and an attempt is on record', async () => {
  const id = await world.apply('lin-yizhou');
  const paths = {
    review: ['POST', `applications/${id}/claim`],
    queue: ['GET', 'queue'],
    figures: ['GET', 'figures'],
    codes: ['POST', 'counter-codes'],
    audit: ['GET', `audit?object=${id}`],
    handOver: ['POST', `applications/${id}/hand-over`],
  } as const;
  const allowed = {
    auditor: ['figures', 'audit'],
    operator: ['figures'],
    registrar: ['codes'],
    reviewer: ['queue', 'review', 'figures'],
    supervisor: ['queue', 'review', 'figures', 'handOver'],
  } as const;
  for (const [role, may] of Object.entries(allowed) as [keyof typeof allowed, readonly string[]][]) {
    const who = await world.hire(role, [role]);
    for (const [name, [method, path]] of Object.entries(paths)) {
      const body = name === 'codes' ? { number: await number() } : {};
      const { status } = method === 'GET' ? await who.get(path) : await who.post(path, body);
      expect([role, name, status !== 403]).toEqual([role, name, may.includes(name)]);
    }
    const denied = (await world.issuer.audit()).filter(
      ({ actor, action, reason }) => actor === who.id && action === 'authz.deny' && reason === 'forbidden',
    );
    expect(denied).toHaveLength(Object.keys(paths).length - may.length);
  }
});

it('what an invitation refuses', async () => {
  const good = await number();
  await expect(world.invite('', ['reviewer'], good)).rejects.toThrow('shape');
  await expect(world.invite('A', [], good)).rejects.toThrow('shape');
  await expect(
    world.invite('A', ['reviewer'], `${good.slice(0, 17)}${good.endsWith('1') ? '2' : '1'}`),
  ).rejects.toThrow('id_check_digit');
});
