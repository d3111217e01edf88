import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken, type Role, withdrawToken } from '../../../issuer/admin/index.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import { bearerHash } from '../../../shared/server/bearer.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';
import { adminClient, askWith } from './admin-client.ts';

let target: TestIssuer;
beforeAll(async () => {
  target = await startTestIssuer();
});
afterAll(() => target.close());

const id = 'AAAAAAAAAAAAAAAAAAAAAA';
const offer = { number: '33019919960310412X', configuration_ids: ['resident-id-sd-jwt'] };
const search = { number: '33019919960310412X' };

/** Every endpoint, who may use it, and what it answers those who may. */
const endpoints: readonly [
  method: 'GET' | 'POST',
  path: string,
  body: JsonObject | undefined,
  allowed: readonly Role[],
  status: number,
][] = [
  ['POST', '/admin/offers', offer, ['issuer-operator'], 201],
  ['GET', `/admin/offers/${id}`, undefined, ['issuer-operator', 'auditor'], 404],
  ['POST', `/admin/offers/${id}/cancel`, undefined, ['issuer-operator'], 404],
  ['GET', '/admin/issuances', undefined, ['issuer-operator', 'lifecycle-operator', 'auditor'], 200],
  ['POST', '/admin/issuances/search', search, ['issuer-operator', 'lifecycle-operator', 'auditor'], 200],
  ['GET', `/admin/issuances/${id}`, undefined, ['issuer-operator', 'lifecycle-operator', 'auditor'], 404],
  ['POST', `/admin/issuances/${id}/suspend`, { reason: 'device_lost' }, ['lifecycle-operator'], 404],
  ['POST', `/admin/issuances/${id}/resume`, { reason: 'device_found' }, ['lifecycle-operator'], 404],
  ['POST', `/admin/issuances/${id}/revoke`, { reason: 'fraud' }, ['lifecycle-operator'], 404],
];

describe('roles', () => {
  it('every endpoint below /admin is in this table', () => {
    const served = target.issuer.routes.filter((route) => route.path.startsWith('/admin'));
    const known = endpoints.map(([method, path]) => `${method} ${path.replace(id, ':id')}`);
    expect(served.map((route) => `${route.method} ${route.path}`).sort()).toEqual([...known].sort());
    expect(served.every((route) => route.auth !== undefined)).toBe(true);
  });

  it.each(endpoints)('nc-071 %s %s', async (method, path, body, allowed, status) => {
    for (const role of ['issuer-operator', 'lifecycle-operator', 'auditor'] as const) {
      const ask = await adminClient(target, role);
      const before = await target.audit();
      const answer = await ask(method, path, body);
      if (allowed.includes(role)) {
        expect(answer.status).toBe(status);
        continue;
      }
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
      const added = (await target.audit()).slice(before.length);
      expect(added).toHaveLength(1);
      expect(added[0]).toMatchObject({
        role,
        action: 'authz.deny',
        object: `${method} ${path}`,
        outcome: 'refused',
        reason: 'forbidden',
      });
    }
  });

  it('nc-071 the role is judged before the body is read', async () => {
    const ask = await adminClient(target, 'auditor');
    expect((await ask('POST', '/admin/offers', { anything: true })).status).toBe(403);
  });
});

describe('tokens', () => {
  const list = (token: string | undefined) => askWith(target, token)('GET', '/admin/issuances');
  const make = (days = 1) =>
    createToken({ name: 'x', roles: ['auditor'], days }, { db: target.db, clock: systemClock });

  it('a good one opens, and only its hash is kept', async () => {
    const { token } = await make();
    expect((await list(token)).status).toBe(200);
    const dump = JSON.stringify(await target.db.kysely.selectFrom('admin_token').selectAll().execute());
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(token.slice('hufu_adm_'.length));
    expect(dump).toContain(bearerHash(token));
  });

  it.each([
    ['none', undefined],
    ['a stranger', `hufu_adm_${'A'.repeat(43)}`],
    ['too short', 'hufu_adm_AAAA'],
    ['another kind', `hufu_rp_${'A'.repeat(43)}`],
    ['a blank behind it', `hufu_adm_${'A'.repeat(43)} `],
  ])('%s is refused', async (_name, token) => {
    const answer = await list(token);
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
  });

  it('the hash of a token is no token', async () => {
    const { token } = await make();
    expect((await list(`hufu_adm_${bearerHash(token)}`)).status).toBe(401);
  });

  it('one that has expired is refused', async () => {
    const { id: tokenId, token } = await make();
    const end = systemClock.now();
    await target.db.kysely
      .updateTable('admin_token')
      .set({ expires_at: end + 5 })
      .where('id', '=', tokenId)
      .execute();
    expect((await list(token)).status).toBe(200);
    await target.db.kysely.updateTable('admin_token').set({ expires_at: end }).where('id', '=', tokenId).execute();
    expect((await list(token)).status).toBe(401);
  });

  it('one that was withdrawn is refused, and is withdrawn once', async () => {
    const { id: tokenId, token } = await make();
    const deps = { db: target.db, clock: systemClock };
    await withdrawToken(tokenId, deps);
    expect((await list(token)).status).toBe(401);
    await expect(withdrawToken(tokenId, deps)).rejects.toThrow('not_found');
    expect((await target.audit(tokenId)).map((entry) => entry.action)).toEqual(['token.create', 'token.revoke']);
  });

  it('in the address it is not looked at', async () => {
    const { token } = await make();
    const answer = await fetch(`${target.origin}/admin/issuances?access_token=${token}`);
    expect(answer.status).toBe(401);
  });

  it.each([
    ['no role', { name: 'x', roles: [], days: 1 }],
    ['a role nobody knows', { name: 'x', roles: ['boss' as Role], days: 1 }],
    ['no time', { name: 'x', roles: ['auditor' as Role], days: 0 }],
    ['for ever', { name: 'x', roles: ['auditor' as Role], days: 10_000 }],
    ['a day and a half', { name: 'x', roles: ['auditor' as Role], days: 1.5 }],
    ['no number of days', { name: 'x', roles: ['auditor' as Role], days: Number.NaN }],
    ['half a day', { name: 'x', roles: ['auditor' as Role], days: 0.5 }],
    ['a name with a break', { name: 'x\ny', roles: ['auditor' as Role], days: 1 }],
  ])('is not made: %s', async (_name, request) => {
    await expect(createToken(request, { db: target.db, clock: systemClock })).rejects.toThrow('shape');
  });
});
