/** The same statements on both engines, and two processes at one database. */
import { expect, it } from 'vitest';
import { eachDatabase } from '../../support/databases.ts';
import { registrar, reviewer, startEnrolmentWorld } from './enrolment-world.ts';

eachDatabase('enrolment', (engine) => {
  it('from a draft over a question to an approval, and a replacement', { timeout: 60_000 }, async () => {
    const world = await startEnrolmentWorld({ databaseUrl: await engine.freshUrl() });
    const { enrolment } = world;
    const { db } = world.issuer;
    const person = await world.person('lin-yizhou');
    const holder = await world.holder();
    await holder.fill(person, { way: 'camera' });
    await holder.send();
    const { id } = (await holder.get('application')).json.application;
    const decide = async (decision: 'approve' | 'refuse' | 'ask', reason: string) => {
      const version = (await enrolment.findForReview(id))?.version ?? 0;
      const request = { applicationId: id, version, decision, reason, by: reviewer };
      return db.transaction((trx) => enrolment.decide(trx, request));
    };
    await decide('ask', 'face_unclear');
    world.clock.advance(1);
    await holder.face();
    await holder.send();
    const raced = await Promise.allSettled([
      decide('approve', 'person_compared'),
      decide('refuse', 'photo_not_genuine'),
      decide('approve', 'override'),
      decide('refuse', 'not_eligible'),
    ]);
    expect(raced.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);

    const second = await world.holder();
    const { code } = await db.transaction((trx) =>
      enrolment.createCounterCode(trx, { number: person.number, by: registrar }),
    );
    await second.fill(person, { way: 'counter' });
    const codes = await Promise.all([1, 2, 3].map(() => second.post('counter-code', { code })));
    expect(codes.filter(({ status }) => status === 200)).toHaveLength(1);
    const sends = await Promise.all([1, 2, 3, 4].map(() => second.send()));
    expect(sends.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(['review', 'approved']).toContain((await second.get('progress')).json.state);
    const sent = (await world.issuer.audit()).filter(
      ({ action, actor }) => action === 'application.send' && actor === second.accountId,
    );
    expect(sent).toHaveLength(1);
    expect(await enrolment.sweep(10)).toBe(0);
    await db.transaction((trx) => enrolment.erase(trx, second.accountId));
    const left = await db.kysely
      .selectFrom('application')
      .select(['number_index', 'person_ref', 'typed', 'note'])
      .where('account_id', '=', second.accountId)
      .execute();
    expect(left).toEqual([{ number_index: null, person_ref: null, typed: null, note: null }]);
    await world.close();
  });

  it('two processes examine one application once', { timeout: 60_000 }, async () => {
    const world = await startEnrolmentWorld({ databaseUrl: await engine.freshUrl() });
    world.findPerson = async () => {
      throw new TypeError('a fault, so that sending does not examine');
    };
    const holder = await world.holder();
    await holder.fill(await world.person('chen-siyuan'));
    await holder.send();
    world.findPerson = undefined;
    world.clock.advance(120);
    const counts = await Promise.all([1, 2, 3, 4].map(() => world.enrolment.examineDue(5)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    const examined = (await world.issuer.audit()).filter(({ action }) => action === 'application.examine');
    expect(examined).toHaveLength(1);
    await world.close();
  });

  it('a frozen account sends nothing', { timeout: 60_000 }, async () => {
    const world = await startEnrolmentWorld({ databaseUrl: await engine.freshUrl() });
    const holder = await world.holder();
    await holder.fill(await world.person('batu'));
    const { kysely } = world.issuer.db;
    const account = kysely.updateTable('holder_account').where('id', '=', holder.accountId);
    await account.set({ state: 'frozen' }).execute();
    expect((await holder.send()).status).toBe(403);
    await account.set({ state: 'open' }).execute();
    expect((await holder.send()).status).toBe(200);
    await world.close();
  });
});
