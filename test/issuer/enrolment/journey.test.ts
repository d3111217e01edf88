import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type EnrolmentWorld,
  knownFlow,
  picture,
  registrar,
  reviewer,
  startEnrolmentWorld,
} from './enrolment-world.ts';

let world: EnrolmentWorld;
beforeAll(async () => {
  world = await startEnrolmentWorld();
});
afterAll(() => world.close());

const checksOf = async (id: string) =>
  Object.fromEntries(
    (await world.enrolment.findForReview(id))?.checks.map(({ name, result, reason }) => [
      name,
      `${result} ${reason}`,
    ]) ?? [],
  );

it('an honest applicant without a camera goes to a person, and is approved by one', async () => {
  const holder = await world.holder();
  expect((await holder.get('application')).json).toEqual({ application: null });
  await holder.fill(await world.person('lin-yizhou'));
  const before = (await holder.get('application')).json.application;
  expect(before).toMatchObject({ state: 'draft', missing: [], waiting_for: 'applicant', reason: null });
  expect(before.read.number).toEqual({ value: '33019919960310412X', doubtful: false });
  expect((await holder.send()).json.application.state).toBe('sent');
  expect((await holder.get('progress')).json).toMatchObject({ state: 'review', waiting_for: 'person', reason: null });
  const { id } = before;
  expect(await checksOf(id)).toEqual({
    'card.pair': 'pass ok',
    'card.quality': 'pass ok',
    'counter.code': 'not-done no_code',
    'duplicate.application': 'pass ok',
    'duplicate.holder': 'pass first',
    'face.challenge': 'not-done without_camera',
    'face.liveness': 'not-done person_compares',
    'face.match': 'not-done person_compares',
    'number.birthdate': 'pass ok',
    'number.check-digit': 'pass ok',
    'number.date': 'pass ok',
    'number.kind': 'pass resident',
    'number.region': 'pass ok',
    'number.sex': 'pass ok',
    'register.alive': 'pass ok',
    'register.authority': 'pass ok',
    'register.card': 'pass ok',
    'register.name': 'pass ok',
    'register.person': 'pass ok',
    'register.validity': 'pass ok',
    'typed.dates': 'pass ok',
    'typed.name': 'pass ok',
    'typed.number': 'pass ok',
    'validity.current': 'pass ok',
    'validity.term': 'pass ok',
  });
  const view = await world.enrolment.findForReview(id);
  expect(await world.enrolment.stateOf(id)).toBe('pending');
  await world.issuer.db.transaction((trx) =>
    world.enrolment.decide(trx, {
      applicationId: id,
      version: view?.version ?? 0,
      decision: 'approve',
      reason: 'person_compared',
      by: reviewer,
    }),
  );
  expect(await world.enrolment.stateOf(id)).toEqual({ approved: world.issuer.personId('lin-yizhou') });
  expect((await holder.get('application')).json.application).toMatchObject({
    state: 'approved',
    fields: {},
    read: {},
    decided_at: world.clock.now(),
  });
  expect((await holder.get('evidence/front')).status).toBe(404);
});

it('a counter code for the number is worth a person: nobody else touches it', async () => {
  const holder = await world.holder();
  const person = await world.person('chen-siyuan');
  const { code } = await world.issuer.db.transaction((trx) =>
    world.enrolment.createCounterCode(trx, { number: person.number, by: registrar }),
  );
  await holder.fill(person, { way: 'counter' });
  expect(
    (await holder.post('counter-code', { code: `${code.slice(0, 4)}-${code.slice(4).toLowerCase()}` })).status,
  ).toBe(200);
  await holder.send();
  const { application } = (await holder.get('application')).json;
  expect(application).toMatchObject({ state: 'approved', reason: 'counter_confirmed' });
  const audit = (await world.issuer.audit(application.id)).map(({ actor, action }) => [
    actor === holder.accountId,
    action,
  ]);
  expect(audit.slice(-3)).toEqual([
    [true, 'application.send'],
    [false, 'application.examine'],
    [false, 'application.approve'],
  ]);
});

it('an application is left and resumed; what a wallet asks for is what is applied for', async () => {
  const holder = await world.holder();
  await holder.post('application', {});
  await holder.post('consent', { notice: '2026-1', way: 'person', face: false });
  await holder.photo('front', await picture('left'));
  await holder.post('fields', { name: '林一舟' });
  await holder.post('fields', { sex: 1 });
  expect((await holder.post('application', { flow: 'flow-nobody-knows-1' })).status).toBe(404);
  const resumed = (await holder.post('application', { flow: knownFlow })).json.application;
  expect(resumed).toMatchObject({
    configuration_ids: ['resident-id-vc-jwt'],
    fields: { name: '林一舟', sex: 1 },
    front: { width: 640, height: 480, problems: ['not_read'] },
    back: null,
  });
  expect(resumed.missing).toContain('back');
  expect((await holder.post('return', { flow: knownFlow })).status).toBe(409);
});

it('nothing incomplete is sent, and the answer says what is missing', async () => {
  const holder = await world.holder();
  await holder.post('application', {});
  const steps: unknown[] = [];
  const at = async () => steps.push((await holder.post('send')).json.at);
  await at();
  await holder.post('consent', { notice: '2026-1', way: 'camera', face: true });
  await at();
  await holder.photo('front', await picture('a'));
  await at();
  await holder.photo('back', await picture('b'));
  await at();
  expect(steps).toEqual(['notice', 'front', 'back', 'fields.name']);
});
