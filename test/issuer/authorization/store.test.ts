import { beforeAll, expect, it } from 'vitest';
import { createOauthStorage, recordHash } from '../../../issuer/authorization/adapter.ts';
import type { AuthorizationTables } from '../../../issuer/authorization/index.ts';
import { sweepAuthorization, takeOnce, type Use } from '../../../issuer/authorization/index.ts';
import { authorizationMigration } from '../../../issuer/migrations/002-authorization.ts';
import { fixedClock } from '../../../shared/clock.ts';
import type { Database } from '../../../shared/server/database.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { eachDatabase } from '../../support/databases.ts';

const hasher = nodeCrypto();

eachDatabase('what authorization keeps', (engine) => {
  const clock = fixedClock(1000);
  let db: Database<AuthorizationTables>;
  beforeAll(async () => {
    db = await engine.open<AuthorizationTables>({ '002-authorization': authorizationMigration });
  });
  const storage = () => createOauthStorage({ db: db.kysely, hasher, clock });
  const use = (name: string): Use => ({ useHash: name, expiresAt: 2000 });

  it('a use is taken once; of fifty takers at once, one has it', async () => {
    const takers = Array.from({ length: 50 }, () => db.transaction((trx) => takeOnce(trx, [use('a')])));
    expect((await Promise.all(takers)).filter((before) => before === undefined)).toHaveLength(1);
    expect(await db.transaction((trx) => takeOnce(trx, [use('b'), use('a')]))).toEqual(use('a'));
  });

  it('a use that is rolled back was not taken', async () => {
    const failing = db.transaction(async (trx) => {
      await takeOnce(trx, [use('c')]);
      throw new TypeError('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await db.transaction((trx) => takeOnce(trx, [use('c')]))).toBeUndefined();
  });

  it('a record comes back by its id, lies there without it, and ends by our clock', async () => {
    const adapter = storage().adapter('AccessToken');
    await adapter.upsert('secret-token', { jti: 'secret-token', jkt: 'k', kind: 'AccessToken' } as never, 300);
    expect(await adapter.find('secret-token')).toEqual({ jti: 'secret-token', jkt: 'k', kind: 'AccessToken' });
    const rows = await db.kysely.selectFrom('oauth_record').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('secret-token');
    expect(rows[0]?.id_hash).toBe(recordHash('secret-token', hasher));
    expect(await storage().adapter('RefreshToken').find('secret-token')).toBeUndefined();
    clock.advance(299);
    expect(await adapter.find('secret-token')).toBeDefined();
    clock.advance(1);
    expect(await adapter.find('secret-token')).toBeUndefined();
  });

  it('lg consume is one statement: of fifty consumers at once, one succeeds and the others throw', async () => {
    const adapter = storage().adapter('AuthorizationCode');
    await adapter.upsert('code', { jti: 'code' } as never, 300);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => adapter.consume('code')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'replay' });
    expect(await adapter.find('code')).toMatchObject({ consumed: clock.now() });
  });

  it('within a transaction everything is stored in it', async () => {
    const kept = storage();
    const adapter = kept.adapter('AccessToken');
    const failing = db.transaction((trx) =>
      kept.within(trx, async () => {
        await adapter.upsert('undone', { jti: 'undone', grantId: 'g' } as never, 300);
        expect(await adapter.find('undone')).toBeDefined();
        throw new TypeError('later');
      }),
    );
    await expect(failing).rejects.toThrow('later');
    expect(await adapter.find('undone')).toBeUndefined();
  });

  it('a grant ends with all its tokens; what nobody keeps for ever is refused', async () => {
    const adapter = storage().adapter('AccessToken');
    await adapter.upsert('one', { jti: 'one', grantId: 'offer' } as never, 300);
    await adapter.upsert('two', { jti: 'two', grantId: 'offer' } as never, 300);
    await adapter.upsert('other', { jti: 'other', grantId: 'else' } as never, 300);
    await adapter.revokeByGrantId('offer');
    expect([await adapter.find('one'), await adapter.find('two')]).toEqual([undefined, undefined]);
    expect(await adapter.find('other')).toBeDefined();
    await adapter.destroy('other');
    expect(await adapter.find('other')).toBeUndefined();
    await expect(adapter.upsert('x', { jti: 'x' } as never, undefined as never)).rejects.toThrow(TypeError);
  });

  it('the sweeper removes what is past its time and nothing else', async () => {
    await db.kysely.deleteFrom('used_once').execute();
    await db.kysely.deleteFrom('oauth_record').execute();
    await db.transaction((trx) =>
      takeOnce(trx, [
        { useHash: 'old', expiresAt: clock.now() },
        { useHash: 'new', expiresAt: clock.now() + 1 },
      ]),
    );
    await storage()
      .adapter('AccessToken')
      .upsert('new', { jti: 'new' } as never, 1);
    expect(await db.transaction((trx) => sweepAuthorization(trx, clock.now()))).toBe(1);
    expect(await db.kysely.selectFrom('used_once').select('use_hash').execute()).toEqual([{ use_hash: 'new' }]);
    clock.advance(1);
    expect(await db.transaction((trx) => sweepAuthorization(trx, clock.now()))).toBe(2);
  });
});
