import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely, KyselyPlugin } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecisionRequest } from '../../../issuer/enrolment/index.ts';
import type { IssuerTables } from '../../../issuer/tables.ts';
import { dumpTables } from '../../support/dump-tables.ts';
import { type EnrolmentWorld, picture, reviewer, startEnrolmentWorld } from './enrolment-world.ts';

let world: EnrolmentWorld;
let folder: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-decide-'));
  file = join(folder, 'issuer.sqlite');
  world = await startEnrolmentWorld({ databaseUrl: file });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

async function inReview(slug: string) {
  const holder = await world.holder();
  await holder.fill(await world.person(slug), { way: 'camera' });
  await holder.send();
  const id: string = (await holder.get('application')).json.application.id;
  const version = (await world.enrolment.findForReview(id))?.version ?? 0;
  return { holder, id, version };
}

const approve = (id: string, version: number, by = reviewer): DecisionRequest => ({
  applicationId: id,
  version,
  decision: 'approve',
  reason: 'person_compared',
  by,
});
const decide = (request: DecisionRequest) => world.issuer.db.transaction((trx) => world.enrolment.decide(trx, request));

/** Every table as it is, without what an attempt may leave in any case. */
async function everything(): Promise<string> {
  const tables = ['application', 'application_evidence', 'application_check', 'data_key', 'holder_account'] as const;
  const more = ['issuance', 'offer', 'status_entry', 'official_act', 'audit_entry'] as const;
  const rows = [];
  for (const name of [...tables, ...more])
    rows.push(await world.issuer.db.kysely.selectFrom(name).selectAll().execute());
  return JSON.stringify(rows);
}

it('a decision leaves the hash and nothing to look at; data keys of everything are gone', async () => {
  const { id, version, holder } = await inReview('lin-yizhou');
  const { kysely } = world.issuer.db;
  const before = await kysely.selectFrom('application_evidence').selectAll().where('application_id', '=', id).execute();
  expect(before).toHaveLength(7);
  const keys = await kysely.selectFrom('data_key').selectAll().where('table_name', '!=', 'person').execute();
  expect(keys.length).toBe(10);
  await decide({ ...approve(id, version), note: '欢迎' });
  const after = await kysely.selectFrom('application_evidence').selectAll().where('application_id', '=', id).execute();
  expect(after.map(({ sealed }) => sealed)).toEqual(Array(7).fill(null));
  expect(after.map(({ sha256 }) => sha256)).toEqual(before.map(({ sha256 }) => sha256));
  const left = await kysely.selectFrom('data_key').selectAll().where('table_name', '!=', 'person').execute();
  expect(left.map(({ column_name }) => column_name)).toEqual(['note']);
  // Whoever kept the sealed values has nothing to open them with, and the wrapped keys are in no file any more.
  const { envelope } = world.deps;
  for (const row of before) {
    const place = { table: 'application_evidence', column: 'sealed', row: row.id };
    await expect(envelope.open(kysely, place, row.sealed ?? '')).rejects.toMatchObject({ code: 'integrity' });
  }
  expect((await holder.get('application')).json.application).toMatchObject({ note: '欢迎', fields: {}, read: {} });
  const entry = (await world.issuer.audit(id)).at(-1);
  expect(entry).toMatchObject({
    actor: 'reviewer-1',
    role: 'reviewer',
    action: 'application.approve',
    outcome: 'done',
  });
});

it('a decision is whole or not at all, whichever statement fails', { timeout: 120_000 }, async () => {
  const first = await inReview('chen-siyuan');
  await decide(approve(first.id, first.version));
  await world.issuer.offer('chen-siyuan');
  const { id, version } = await inReview('chen-siyuan');
  const before = await everything();
  let failures = 0;
  for (;;) {
    const request = approve(id, version);
    const done = await world.issuer.db
      .transaction((trx) => world.enrolment.decide(failingAt(trx, failures), request))
      .then(
        () => true,
        () => false,
      );
    if (done) break;
    expect(await everything()).toBe(before);
    failures += 1;
  }
  expect(failures).toBeGreaterThan(20);
  expect(await world.enrolment.stateOf(id)).toEqual({ approved: world.issuer.personId('chen-siyuan') });
  expect(await world.enrolment.stateOf(first.id)).toEqual({ refused: 'replaced' });
});

it('one person, one digital ID: the second application ends the offers and credentials of the first', async () => {
  const { db } = world.issuer;
  const personRef = world.issuer.personId('wang-jianguo');
  const offer = await world.issuer.offer('wang-jianguo');
  const [copy] = await db.transaction((trx) => world.deps.lifecycle.allocateStatusIndices(trx, 1));
  const issuance = {
    id: 'issuance-of-before',
    offer_id: offer.offerId,
    person_ref: personRef,
    configuration_id: 'resident-id-sd-jwt',
    notification_hash: 'n',
    created_at: world.clock.now(),
    expires_at: world.clock.now() + 1000,
    accepted_at: null,
    ended_at: null,
    end_reason: null,
  };
  const licence = {
    ...issuance,
    id: 'a-driving-licence',
    notification_hash: 'm',
    configuration_id: 'driving-licence-sd-jwt',
  };
  await db.kysely.insertInto('issuance').values([issuance, licence]).execute();
  const ref = copy ?? { uri: '', idx: 0 };
  await db.kysely
    .insertInto('issued_copy')
    .values({ issuance_id: issuance.id, position: 0, status_uri: ref.uri, status_idx: ref.idx })
    .execute();
  const open = await world.issuer.offer('wang-jianguo');
  const { id, version, holder } = await inReview('wang-jianguo');
  await decide(approve(id, version));
  expect(await world.deps.lifecycle.readStatuses(db.kysely, [ref])).toEqual(['revoked']);
  expect(await world.deps.issuances.find(issuance.id)).toMatchObject({ endReason: 'revoked' });
  expect(await world.deps.issuances.find(licence.id)).toMatchObject({ endedAt: undefined });
  expect((await world.deps.offers.findOffer(open.offerId))?.state).toBe('cancelled');
  expect((await world.issuer.audit(issuance.id)).map(({ action }) => action)).toEqual(['credential.revoke']);
  const account = await db.kysely
    .selectFrom('holder_account')
    .select('person_ref')
    .where('id', '=', holder.accountId)
    .executeTakeFirst();
  expect(account?.person_ref).toBe(personRef);
  // The account that was the person's is no more: whoever proved themselves last is the person.
  const second = await inReview('wang-jianguo');
  expect((await world.enrolment.findForReview(second.id))?.reason).toBe('duplicate');
  await decide(approve(second.id, second.version));
  expect(await world.enrolment.stateOf(id)).toEqual({ refused: 'replaced' });
  const bound = await db.kysely.selectFrom('holder_account').select('id').where('person_ref', '=', personRef).execute();
  expect(bound.map((row) => row.id)).toEqual([second.holder.accountId]);
});

it('of two reviewers at once one decides; the other is told that it is over', async () => {
  const { id, version } = await inReview('zhou-guilan');
  const refuse = { ...approve(id, version), decision: 'refuse', reason: 'photo_not_genuine' } as const;
  const other = { id: 'reviewer-2', role: 'reviewer' } as const;
  const results = await Promise.allSettled([
    decide(approve(id, version)),
    decide({ ...refuse, by: other }),
    decide(approve(id, version, reviewer)),
  ]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) if (result.status === 'rejected') expect(result.reason.code).toBe('application_state');
  const acts = (await world.issuer.audit(id)).filter(({ action }) => /^application\.(approve|refuse)$/.test(action));
  expect(acts).toHaveLength(1);
});

it('what was decided is what was seen: another version is refused', async () => {
  const { id, version, holder } = await inReview('sun-xiaowen');
  const ask = { ...approve(id, version), decision: 'ask', reason: 'photo_unreadable', note: '请重拍正面' } as const;
  await decide(ask);
  expect((await holder.get('application')).json.application).toMatchObject({
    state: 'asked',
    reason: 'photo_unreadable',
    note: '请重拍正面',
    waiting_for: 'applicant',
    fields: { name: '孙晓雯' },
  });
  await expect(decide(approve(id, version))).rejects.toMatchObject({ code: 'application_state' });
  await holder.photo('front', await picture('better'));
  await holder.send();
  const view = await world.enrolment.findForReview(id);
  expect(view?.state).toBe('review');
  await expect(decide(approve(id, version))).rejects.toMatchObject({ code: 'application_state' });
  await expect(decide(approve(id, (view?.version ?? 0) - 1))).rejects.toMatchObject({ code: 'application_state' });
  await decide({ ...approve(id, view?.version ?? 0), decision: 'refuse', reason: 'not_the_same_person' });
  expect(await world.enrolment.stateOf(id)).toEqual({ refused: 'not_the_same_person' });
  await expect(decide(approve(id, (view?.version ?? 0) + 1))).rejects.toMatchObject({ code: 'application_state' });
});

it('a reason that does not belong to the decision, a note too long, an unknown application', async () => {
  const { id, version } = await inReview('li-yutong');
  const before = await everything();
  await expect(decide({ ...approve(id, version), reason: 'fraud' })).rejects.toMatchObject({ at: 'reason' });
  await expect(decide({ ...approve(id, version), decision: 'refuse' })).rejects.toMatchObject({ at: 'reason' });
  await expect(decide({ ...approve(id, version), note: '长'.repeat(501) })).rejects.toMatchObject({ at: 'note' });
  await expect(decide(approve('an-unknown-application', 1))).rejects.toMatchObject({ code: 'application_unknown' });
  expect(await everything()).toBe(before);
});

it('a send that is sent twice, or from two windows at once, is one send', async () => {
  const holder = await world.holder();
  await holder.fill(await world.person('zhao-zimo'));
  const answers = await Promise.all([holder.send(), holder.send(), holder.send(), holder.send()]);
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  expect((await holder.send()).status).toBe(200);
  const { id } = (await holder.get('application')).json.application;
  const actions = (await world.issuer.audit(id)).map(({ action }) => action);
  expect(actions.filter((action) => action === 'application.send')).toHaveLength(1);
  expect(actions.filter((action) => action === 'application.examine')).toHaveLength(1);
  // Sent is sent: the applicant changes nothing any more.
  for (const edit of [
    holder.post('fields', { name: '赵子默' }),
    holder.photo('front', await picture('late')),
    holder.post('consent', { notice: '2026-1', way: 'person', face: false }),
    holder.post('withdraw'),
  ]) {
    expect((await edit).status).toBe(409);
  }
});

it('what is withdrawn or expires is forgotten, and a new one can begin', async () => {
  const holder = await world.holder();
  await holder.fill(await world.person('ouyang-shuyao'), { way: 'camera' });
  const first = (await holder.get('application')).json.application.id;
  const keysOf = async () =>
    (
      await world.issuer.db.kysely
        .selectFrom('data_key')
        .select('row_id')
        .where('table_name', 'like', 'application%')
        .execute()
    ).length;
  const others = await keysOf();
  expect((await holder.post('withdraw')).json.application).toMatchObject({ state: 'withdrawn', fields: {} });
  expect(others - (await keysOf())).toBe(10);
  expect(await world.enrolment.stateOf(first)).toEqual({ refused: 'withdrawn' });
  const second = (await holder.post('application', {})).json.application.id;
  expect(second).not.toBe(first);
  await holder.post('consent', { notice: '2026-1', way: 'person', face: false });
  await holder.photo('front', await picture('second'));
  world.clock.advance(30 * 86_400);
  expect(await world.enrolment.sweep(10)).toBeGreaterThan(0);
  expect(await world.enrolment.stateOf(second)).toEqual({ refused: 'withdrawn' });
  expect((await world.issuer.audit(second)).at(-1)).toMatchObject({ action: 'application.expire', actor: 'enrolment' });
});

it('after the decision no wrapped key of a photo is left in any file of the database', async () => {
  const { id, version } = await inReview('batu');
  const { kysely } = world.issuer.db;
  const evidence = await kysely
    .selectFrom('application_evidence')
    .select('id')
    .where('application_id', '=', id)
    .execute();
  const ids = [id, ...evidence.map((row) => row.id)];
  const wrapped = await kysely.selectFrom('data_key').select('wrapped').where('row_id', 'in', ids).execute();
  expect(wrapped.length).toBe(10);
  const isAnywhere = async (text: string) =>
    [...(await dumpTables(file)).values()].some((bytes) => bytes.includes(text));
  for (const { wrapped: key } of wrapped) expect(await isAnywhere(key)).toBe(true);
  await decide(approve(id, version));
  await world.enrolment.sweep(10);
  for (const { wrapped: key } of wrapped) expect(await isAnywhere(key)).toBe(false);
});

it('counter codes: five tries, one use, one number, one week; a new one ends the one before', async () => {
  const person = await world.person('wei-xiaoman');
  const by = { id: 'registrar-1', role: 'registrar' } as const;
  const make = () =>
    world.issuer.db.transaction((trx) => world.enrolment.createCounterCode(trx, { number: person.number, by }));
  const holder = await world.holder();
  await holder.fill(person, { way: 'counter' });
  const first = (await make()).code;
  const { code } = await make();
  const dump = JSON.stringify(await world.issuer.db.kysely.selectFrom('counter_code').selectAll().execute());
  expect(dump).not.toContain(code);
  const attempt = async (text: string) => (await holder.post('counter-code', { code: text })).status;
  expect(await attempt(first)).toBe(400);
  expect(await attempt('not a code')).toBe(400);
  for (let n = 0; n < 3; n += 1) expect(await attempt('22222222')).toBe(400);
  const refusals = (await world.issuer.audit()).filter(({ reason }) => reason === 'counter_code');
  expect(refusals.map(({ action }) => action)).toEqual([
    'counter_code.use',
    'request.refuse',
    'counter_code.use',
    'counter_code.use',
    'counter_code.use',
  ]);
  expect(await attempt('22222222')).toBe(400);
  expect(await attempt(code)).toBe(400);
  const next = (await make()).code;
  const stranger = await world.holder();
  await stranger.fill(await world.person('ayiguli'), { way: 'counter' });
  expect((await stranger.post('counter-code', { code: next })).status).toBe(400);
  world.clock.advance(7 * 86_400);
  expect(await attempt(next)).toBe(401);
});

/** The same transaction, in which the statement after so many fails. */
function failingAt(trx: Kysely<IssuerTables>, count: number): Kysely<IssuerTables> {
  let left = count;
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      left -= 1;
      if (left < 0) throw new Error('power cut');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return trx.withPlugin(plugin);
}
