import { afterAll, beforeAll, expect, it } from 'vitest';
import { isCounty } from '../../../issuer/enrolment/counties.ts';
import { checkCharacter } from '../../../shared/id-card/index.ts';
import { type EnrolmentWorld, fieldsOf, type Holder, startEnrolmentWorld } from './enrolment-world.ts';

let world: EnrolmentWorld;
let holder: Holder;
beforeAll(async () => {
  world = await startEnrolmentWorld();
  holder = await world.holder();
  await holder.post('application', {});
  await holder.post('consent', { notice: '2026-1', way: 'person', face: false });
  await holder.post('fields', { number: honest });
});
afterAll(() => world.close());

const honest = '33019919960310412X';
const withCheck = (digits: string) => digits + checkCharacter(digits);
const typed = async () =>
  (await world.issuer.db.kysely.selectFrom('application').select(['typed', 'version']).execute())[0];

it.each([
  ['a wrong check digit', '330199199603104121', 'id_check_digit'],
  ['30 February', withCheck('33019919960230412'), 'id_date'],
  ['a day to come', withCheck('33019920990310412'), 'id_date'],
  ['131 years ago', withCheck('33019918950310412'), 'id_date'],
  ['a province that is none', withCheck('99019919960310412'), 'id_region'],
  ['a province that is none (16)', withCheck('16010119960310412'), 'id_region'],
  ['a small x', '33019919960310412x', 'id_format'],
  ['full-width digits', '３３０１９９１９９６０３１０４１２Ｘ', 'id_format'],
  ['a blank before', ' 33019919960310412X', 'id_format'],
  ['blanks inside', '330199 19960310 412X', 'id_format'],
  ['the 15-digit form', '330199960310412', 'id_format'],
  ['a NUL behind', '33019919960310412X\u0000', 'id_format'],
  ['nothing', '', 'id_format'],
])('nc-066 %s is refused at the field, and nothing is kept', async (_what, number, _code) => {
  const before = await typed();
  const audit = (await world.issuer.audit()).length;
  const answer = await holder.post('fields', { number });
  expect(answer.status).toBe(400);
  expect(answer.json.at).toBe('fields.number');
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(JSON.stringify(answer.json)).not.toContain('9960310');
  expect(await typed()).toEqual(before);
  const added = (await world.issuer.audit()).slice(audit);
  expect(added).toMatchObject([
    { action: 'request.refuse', outcome: 'refused', reason: _code, actor: holder.accountId },
  ]);
  // The honest twin, and it stays what it was: never somebody else's.
  expect((await holder.post('fields', { number: honest })).json.application.fields.number).toBe(honest);
});

it.each([
  ['name', '林一舟\u0000'],
  ['name', '<script>alert(1)</script>'],
  ['name', ' 林一舟'],
  ['name', '林'.repeat(101)],
  ['address', '望江路\u202e12 号'],
  ['birthdate', '1996-02-30'],
  ['birthdate', '1996-3-10'],
  ['ethnicity', '57'],
  ['sex', 3],
  ['sex', '1'],
  ['valid_until', '长期'],
  ['nickname', 'x'],
])('a field that cannot be right is refused: %s', async (name, value) => {
  const before = await typed();
  expect((await holder.post('fields', { [name]: value })).status).toBe(400);
  expect(await typed()).toEqual(before);
});

it('counties of today are known; abolished ones and inventions are not', () => {
  expect(['110101', '330106', '441900', '653101'].map(isCounty)).toEqual([true, true, true, true]);
  // 崇文区, 江干区, 卢湾区: abolished, and on living people's cards.
  expect(['110103', '330104', '310103', '330199', '119999', ''].map(isCounty)).toEqual(Array(6).fill(false));
});

it.each([
  ['an abolished county', withCheck('11010319900101001'), '01', 'review', 'number.region', 'doubt unknown_county'],
  ['a permit of Hong Kong', '810000199408230021', undefined, 'review', 'number.kind', 'doubt residence_permit'],
  ['a permit of Taiwan', '830000199201300022', undefined, 'review', 'number.kind', 'doubt residence_permit'],
  ['a foreigner', '911124198108030024', undefined, 'review', 'number.kind', 'doubt permanent_residence'],
])('nc-066 %s goes to a person, never to a machine', async (_what, number, ethnicity, state, name, found) => {
  const applicant = await world.holder();
  const person = await world.person('lin-yizhou');
  const birthdate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const sex = Number(number.charAt(16)) % 2 === 1 ? 1 : 2;
  const { code } = await world.issuer.db.transaction((trx) =>
    world.enrolment.createCounterCode(trx, { number, by: { id: 'registrar-1', role: 'registrar' } }),
  );
  await applicant.fill(person, {
    way: 'counter',
    fields: { ...fieldsOf(person), number, birthdate, sex, ...(ethnicity !== undefined && { ethnicity }) },
  });
  expect((await applicant.post('counter-code', { code })).status).toBe(200);
  await applicant.send();
  const { application } = (await applicant.get('application')).json;
  expect(application.state).toBe(state);
  const checks = (await world.enrolment.findForReview(application.id))?.checks ?? [];
  const check = checks.find((one) => one.name === name);
  expect(`${check?.result} ${check?.reason}`).toBe(found);
});

it('a permit needs no ethnic group and no authority', async () => {
  const applicant = await world.holder();
  await applicant.post('application', {});
  await applicant.post('fields', {});
  await applicant.post('consent', { notice: '2026-1', way: 'person', face: false });
  const missing = (await applicant.post('fields', { number: '810000199408230021' })).json.application.missing;
  expect(missing).not.toContain('fields.ethnicity');
  const resident = (await applicant.post('fields', { number: honest })).json.application.missing;
  expect(resident).toContain('fields.ethnicity');
});
