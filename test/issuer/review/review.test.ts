/** Review on both engines: claims, races, one's own application, a second person, what is guessed, who may what. */
import { expect, it } from 'vitest';
import { eachDatabase } from '../../support/databases.ts';
import { type ReviewWorld, startReviewWorld } from './review-world.ts';

const slow = { timeout: 120_000 };
const approve = { decision: 'approve', reason: 'person_compared' } as const;
const refuse = { decision: 'refuse', reason: 'photo_not_genuine' } as const;

async function actions(world: ReviewWorld, id: string, outcome = 'done'): Promise<readonly string[]> {
  const entries = (await world.issuer.audit(id)).filter((entry) => entry.outcome === outcome);
  return entries.map(({ action }) => action);
}

eachDatabase('review', (engine) => {
  const start = async () => startReviewWorld({ databaseUrl: await engine.freshUrl() });

  it('two reviewers on one application: one has it, one decides', slow, async () => {
    const world = await start();
    const [a, b] = [await world.hire('A', ['reviewer']), await world.hire('B', ['reviewer'])];
    const id = await world.apply('lin-yizhou');
    const claims = await Promise.all([a.claim(id), b.claim(id), a.claim(id), b.claim(id)]);
    const winners = new Set(claims.flatMap(({ status }, n) => (status === 200 ? [n % 2] : [])));
    expect(winners.size).toBe(1);
    const [has, hasNot] = winners.has(0) ? [a, b] : [b, a];
    expect((await hasNot.decide(id, { version: 1, ...approve })).status).toBe(409);
    expect((await hasNot.get(`applications/${id}`)).status).toBe(409);
    const { version } = (await has.get(`applications/${id}`)).json;
    expect((await has.decide(id, { version: version - 1, ...approve })).json.code).toBe('application_state');

    const decided = await Promise.all([1, 2, 3, 4].map(() => has.decide(id, { version, ...approve })));
    expect(decided.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await actions(world, id)).filter((action) => action === 'application.approve')).toHaveLength(1);
    expect(await world.enrolment.stateOf(id)).toEqual({ approved: world.issuer.personId('lin-yizhou') });
    await world.close();
  });

  it('one at a time, for fifteen minutes, put back or taken over', slow, async () => {
    const world = await start();
    const [a, b] = [await world.hire('A', ['reviewer']), await world.hire('B', ['supervisor'])];
    const ids = [await world.apply('lin-yizhou'), await world.apply('chen-siyuan')] as const;
    const both = await Promise.all(ids.map((id) => a.claim(id)));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const mine = both[0]?.status === 200 ? ids[0] : ids[1];
    const queue = (await b.get('queue')).json.applications;
    expect(queue.find((row: { id: string }) => row.id === mine)).toMatchObject({ claim: 'other', second: 'none' });
    expect((await b.claim(mine)).status).toBe(409);
    world.clock.advance(899);
    expect((await b.claim(mine)).status).toBe(409);
    world.clock.advance(1);
    await a.signIn();
    expect((await a.get(`applications/${mine}`)).status).toBe(409);
    await b.signIn();
    expect((await b.claim(mine)).status).toBe(200);
    expect((await b.post(`applications/${mine}/release`)).status).toBe(204);
    expect((await a.claim(mine)).status).toBe(200);
    expect((await a.post(`applications/${mine}/hand-over`)).status).toBe(403);
    expect((await b.post(`applications/${mine}/hand-over`)).status).toBe(204);
    expect((await b.claim(mine)).status).toBe(200);
    await world.close();
  });

  it('nc-071 nobody decides their own application, a refusal needs a second person', slow, async () => {
    const world = await start();
    const own = await world.hire('Own', ['reviewer', 'supervisor'], 'lin-yizhou');
    const [a, b] = [await world.hire('A', ['reviewer']), await world.hire('B', ['reviewer'])];
    const id = await world.apply('lin-yizhou');
    expect((await own.get('queue')).json.applications).toEqual([]);
    expect((await own.claim(id)).status).toBe(403);
    expect((await own.decide(id, { version: 1, ...approve })).status).toBe(403);
    expect((await own.post(`applications/${id}/look`)).status).toBe(403);
    expect(await actions(world, id, 'refused')).toEqual(['authz.deny', 'authz.deny', 'authz.deny']);

    const { version, needs_second: second } = (await a.claim(id)).json;
    expect(second).toEqual(['refuse']);
    const note = '照片是翻拍的。';
    expect((await a.decide(id, { version, ...refuse, note })).json).toEqual({ outcome: 'proposed' });
    expect(await world.enrolment.stateOf(id)).toBe('pending');
    // The one who proposed is one person, however they come.
    expect((await a.claim(id)).status).toBe(200);
    expect((await a.post(`applications/${id}/confirm`, { version })).status).toBe(403);
    expect((await a.decide(id, { version, ...approve })).status).toBe(409);
    expect((await a.post(`applications/${id}/release`)).status).toBe(204);
    const { proposal } = (await b.claim(id)).json;
    expect(proposal).toMatchObject({ ...refuse, note, by: 'A', mine: false });
    const confirmed = await Promise.all([1, 2, 3].map(() => b.post(`applications/${id}/confirm`, { version })));
    expect(confirmed.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await world.enrolment.stateOf(id)).toEqual({ refused: 'photo_not_genuine' });
    expect((await actions(world, id)).slice(-2)).toEqual(['application.view', 'application.refuse']);
    await world.close();
  });

  it('a proposal’s note goes with the account', slow, async () => {
    const world = await start();
    const a = await world.hire('A', ['reviewer']);
    const id = await world.apply('lin-yizhou');
    const { version } = (await a.claim(id)).json;
    await a.decide(id, { version, ...refuse, note: '照片是翻拍的。' });
    const keys = () =>
      world.issuer.db.kysely
        .selectFrom('data_key')
        .select('column_name')
        .where('table_name', '=', 'application')
        .where('row_id', '=', id)
        .execute();
    expect(await keys()).toContainEqual({ column_name: 'proposal_note' });
    const accountId = (await world.enrolment.findForReview(id))?.accountId ?? '';
    await world.issuer.db.transaction((trx) => world.enrolment.erase(trx, accountId));
    expect(await keys()).toEqual([]);
    expect((await a.claim(id)).status).toBe(404);
    await world.close();
  });

  it('nc-071 against the register: only as an override, and by two', slow, async () => {
    const world = await start();
    const [a, b] = [await world.hire('A', ['reviewer']), await world.hire('B', ['supervisor'])];
    const id = await world.apply('lin-yizhou', { fields: { name: '赵大山' } });
    const { version, against_register: against } = (await a.claim(id)).json;
    expect(against).toBe(true);
    expect((await a.decide(id, { version, ...approve })).status).toBe(400);
    const override = { version, decision: 'approve', reason: 'override' };
    expect((await a.decide(id, override)).json).toEqual({ outcome: 'proposed' });
    await b.claim(id);
    expect((await b.post(`applications/${id}/decline`, { version })).status).toBe(204);
    expect((await b.post(`applications/${id}/confirm`, { version })).status).toBe(404);
    expect((await b.decide(id, override)).json).toEqual({ outcome: 'proposed' });
    await a.claim(id);
    expect((await a.post(`applications/${id}/confirm`, { version })).status).toBe(204);
    expect(await world.enrolment.stateOf(id)).toEqual({ approved: world.issuer.personId('lin-yizhou') });
    await world.close();
  });

  it('nc-073 what is guessed looks like what is unknown, and every look is on record', slow, async () => {
    const world = await start();
    const a = await world.hire('A', ['reviewer']);
    const [id, other] = [await world.apply('lin-yizhou'), await world.apply('chen-siyuan')];
    const draft = await (await world.holder()).post('application', {});
    const seen = (await a.claim(id)).json;
    const unknown = await a.get('applications/AAAAAAAAAAAAAAAAAAAAAA');
    const drafted = await a.get(`applications/${draft.json.application.id}`);
    expect([unknown.status, drafted.status]).toEqual([404, 404]);
    const alike = { ...unknown.json, request_id: expect.any(String) };
    expect(drafted.json).toEqual(alike);
    const foreign = (await world.enrolment.findForReview(other))?.evidence[0]?.id ?? '';
    expect((await a.get(`applications/${id}/evidence/${foreign}`)).json).toEqual(alike);
    expect((await a.get(`applications/${other}/evidence/${foreign}`)).status).toBe(409);
    const denied = (await world.issuer.audit()).filter(({ action }) => action === 'authz.deny');
    expect(denied.map(({ actor, reason }) => [actor, reason])).toEqual(Array(3).fill([a.id, 'not_found']));

    const { number, name } = await world.person('lin-yizhou');
    expect(JSON.stringify(seen)).not.toContain(number);
    expect(JSON.stringify(seen)).not.toContain(name);
    const full = (await a.post(`applications/${id}/look`)).json;
    expect(full.fields.find((field: { name: string }) => field.name === 'number')).toMatchObject({
      typed: number,
      read: { text: number },
      register: 'agrees',
    });
    const picture = await a.get(`applications/${id}/evidence/${full.evidence[0].id}`);
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect([...picture.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect((await actions(world, id)).slice(-4)).toEqual([
      'application.claim',
      'application.view',
      'application.look',
      'application.look',
    ]);
    await world.close();
  });

  it('a question goes back to the applicant without a second person; the figures count', slow, async () => {
    const world = await start();
    const a = await world.hire('A', ['reviewer', 'supervisor']);
    const [id, other] = [await world.apply('lin-yizhou'), await world.apply('chen-siyuan')];
    const { version } = (await a.claim(id)).json;
    const ask = { version, decision: 'ask', reason: 'face_unclear', note: '请正对镜头。' };
    expect((await a.decide(id, { ...ask, reason: 'photo_not_genuine' })).status).toBe(400);
    expect((await a.decide(id, ask)).json).toEqual({ outcome: 'decided' });
    expect((await world.enrolment.findForReview(id))?.note).toBe('请正对镜头。');
    world.clock.advance(60);
    const next = (await a.claim(other)).json;
    expect((await a.decide(other, { version: next.version, ...approve })).status).toBe(200);
    expect((await a.get('figures')).json).toEqual({
      waiting: 0,
      oldest_at: null,
      median_seconds: 60,
      outcomes: [{ state: 'approved', reason: 'person_compared', count: 1 }],
      by_person: [{ name: 'A', count: 1 }],
    });
    await world.close();
  });
});
