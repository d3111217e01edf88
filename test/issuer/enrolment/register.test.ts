import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Person, RegisteredPerson } from '../../../issuer/register/index.ts';
import { HufuError } from '../../../shared/errors.ts';
import { type EnrolmentWorld, noon, registrar, reviewer, startEnrolmentWorld } from './enrolment-world.ts';

let world: EnrolmentWorld;
beforeAll(async () => {
  world = await startEnrolmentWorld();
});
beforeEach(() => {
  world.findPerson = undefined;
  world.clock.set(noon);
});
afterAll(() => world.close());

/** Everything else is as good as it can be: a counter code would approve it at once. */
async function apply(slug: string) {
  const holder = await world.holder();
  const person = await world.person(slug);
  const { code } = await world.issuer.db.transaction((trx) =>
    world.enrolment.createCounterCode(trx, { number: person.number, by: registrar }),
  );
  await holder.fill(person, { way: 'counter' });
  await holder.post('counter-code', { code });
  await holder.send();
  const { application } = (await holder.get('application')).json;
  return { holder, id: String(application.id), application, person };
}

const stateOf = async (id: string) => (await world.enrolment.findForReview(id))?.state;

it.each([
  ['down', async () => Promise.reject(new HufuError('fetch_failed'))],
  ['answering 500', async () => Promise.reject(new HufuError('fetch_status'))],
  ['answering another text', async () => Promise.reject(new HufuError('fetch_type'))],
  ['answering with double members', async () => Promise.reject(new HufuError('json_dup_key'))],
  ['answering with two records', async () => Promise.reject(new HufuError('shape'))],
  ['unavailable', async () => Promise.reject(new HufuError('unavailable'))],
])('nc-067 a register that is %s leaves the application where it is', async (_what, findPerson) => {
  world.findPerson = findPerson;
  const { holder, id, application } = await apply('lin-yizhou');
  expect(application).toMatchObject({ state: 'sent', waiting_for: 'official_check', reason: null });
  const audit = await world.issuer.audit(id);
  expect(audit.at(-1)).toMatchObject({ action: 'application.examine', outcome: 'failed', reason: 'unavailable' });
  expect(await world.enrolment.stateOf(id)).toBe('pending');
  // Nobody decides it either, whoever asks.
  const version = (await world.enrolment.findForReview(id))?.version ?? 0;
  const decision = { applicationId: id, version, decision: 'approve', reason: 'override', by: reviewer } as const;
  await expect(world.issuer.db.transaction((trx) => world.enrolment.decide(trx, decision))).rejects.toMatchObject({
    code: 'application_state',
  });
  // The honest twin: the register is back.
  world.findPerson = undefined;
  expect(await world.enrolment.examineDue(10)).toBe(0);
  world.clock.advance(30);
  expect(await world.enrolment.examineDue(10)).toBe(1);
  expect((await holder.get('progress')).json.state).toBe('approved');
  await world.issuer.db.transaction((trx) => world.enrolment.erase(trx, holder.accountId));
  expect(await world.enrolment.stateOf(id)).toEqual({ refused: 'replaced' });
});

it('nc-067 a register that flaps is asked ever more slowly, and one good answer is enough', async () => {
  let asked = 0;
  world.findPerson = async () => {
    asked += 1;
    throw new HufuError('fetch_failed');
  };
  const { id } = await apply('chen-siyuan');
  const waits: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const row = await world.issuer.db.kysely
      .selectFrom('application')
      .select('examine_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    waits.push((row.examine_at ?? 0) - world.clock.now());
    world.clock.set(row.examine_at ?? 0);
    await world.enrolment.examineDue(1);
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
  expect(asked).toBe(10);
  expect(await stateOf(id)).toBe('sent');
  world.findPerson = undefined;
  world.clock.advance(1800);
  await world.enrolment.examineDue(1);
  expect(await stateOf(id)).toBe('approved');
});

it('nc-067 a fault of our own is no answer of the register: due again, nothing decided', async () => {
  world.findPerson = async () => {
    throw new TypeError('a fault');
  };
  const { id } = await apply('zhou-guilan');
  expect(await stateOf(id)).toBe('sent');
  world.findPerson = undefined;
  expect(await world.enrolment.examineDue(1)).toBe(0);
  world.clock.advance(120);
  expect(await world.enrolment.examineDue(1)).toBe(1);
  expect(await stateOf(id)).toBe('approved');
});

const changed = (change: (person: Person) => object) => async (slug: string) => {
  const person = await world.person(slug);
  const ref = world.issuer.personId(slug) as RegisteredPerson['ref'];
  world.findPerson = async () => ({ ref, person: { ...person, ...change(person) } as Person });
};

it.each([
  ['another number', changed(() => ({ number: '330199195210010175' }))],
  ['another birth date', changed(() => ({ birthdate: '1950-01-01' }))],
  ['another sex', changed(({ sex }) => ({ sex: sex === 1 ? 2 : 1 }))],
])('nc-067 an answer with %s cannot be right: pending', async (_what, arrange) => {
  await arrange('sun-xiaowen');
  const { id, holder } = await apply('sun-xiaowen');
  expect(await stateOf(id)).toBe('sent');
  await world.issuer.db.transaction((trx) => world.enrolment.erase(trx, holder.accountId));
});

it.each([
  [
    'a name of one other character',
    'ouyang-shuyao',
    changed(({ name }) => ({ name: `${name.slice(0, -1)}瑗` })),
    'data_differs',
    'register.name',
    'doubt one_character_differs',
  ],
  [
    'another name',
    'ayiguli',
    changed(() => ({ name: '王二小' })),
    'data_differs',
    'register.name',
    'fail name_differs',
  ],
  [
    'a later card',
    'batu',
    changed(({ card }) => ({ card: { ...card, validFrom: '2026-01-01' } })),
    'data_differs',
    'register.validity',
    'fail replaced_card',
  ],
  [
    'another end',
    'wei-xiaoman',
    changed(({ card }) => ({ card: { ...card, validUntil: '2099-01-01' } })),
    'data_differs',
    'register.validity',
    'doubt validity_differs',
  ],
  [
    'another authority',
    'zhaxi-dunzhu',
    changed(({ card }) => ({ card: { ...card, authority: '别处公安局' } })),
    'data_differs',
    'register.authority',
    'doubt authority_differs',
  ],
  [
    'a deceased person',
    'wang-jianguo',
    changed(() => ({ deceased: true })),
    'deceased_or_lost',
    'register.alive',
    'fail deceased',
  ],
  [
    'a lost card',
    'li-yutong',
    changed(({ card }) => ({ card: { ...card, lost: true } })),
    'deceased_or_lost',
    'register.card',
    'fail reported_lost',
  ],
])(
  'nc-067 %s: a person decides, and the applicant is told nothing of the register',
  async (_what, slug, arrange, reason, name, found) => {
    await arrange(slug);
    const { id, holder, application } = await apply(slug);
    const view = await world.enrolment.findForReview(id);
    expect(view).toMatchObject({ state: 'review', reason });
    const check = view?.checks.find((one) => one.name === name);
    expect(`${check?.result} ${check?.reason}`).toBe(found);
    for (const shown of [application, (await holder.get('progress')).json]) {
      expect(shown.reason).toBeNull();
      expect(JSON.stringify(shown)).not.toMatch(/register|deceased|lost|differs|瑗|王二小|别处|2099/);
    }
    const list = await world.enrolment.list(holder.accountId);
    expect(list[0]?.reason).toBeUndefined();
  },
);

it('somebody whom the register does not know is not approved, by nobody', async () => {
  world.findPerson = async () => undefined;
  const { id } = await apply('zhao-zimo');
  const view = await world.enrolment.findForReview(id);
  expect(view).toMatchObject({ state: 'review', reason: 'data_differs', personRef: undefined });
  const decision = { applicationId: id, version: view?.version ?? 0, decision: 'approve', reason: 'override' } as const;
  const audit = (await world.issuer.audit()).length;
  await expect(
    world.issuer.db.transaction((trx) => world.enrolment.decide(trx, { ...decision, by: reviewer })),
  ).rejects.toMatchObject({ code: 'person_unknown' });
  expect(await world.issuer.audit()).toHaveLength(audit);
  expect(await stateOf(id)).toBe('review');
});
