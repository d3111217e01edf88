import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOffer } from '../../../shared/oid4vci/index.ts';
import { createTestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';
import { type Ask, adminClient } from './admin-client.ts';

const lin = '33019919960310412X';
let target: TestIssuer;
let ask: Ask;
beforeAll(async () => {
  target = await startTestIssuer();
  ask = await adminClient(target, 'issuer-operator');
});
afterAll(() => target.close());

const request = { number: lin, configuration_ids: ['resident-id-sd-jwt'] };

async function rows() {
  const count = async (table: 'offer' | 'idempotent_answer' | 'official_act') =>
    (
      await target.db.kysely
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
    ).n;
  return { offers: await count('offer'), answers: await count('idempotent_answer'), acts: await count('official_act') };
}

describe('offers by the admin endpoint', () => {
  it('an offer by reference with a transaction code is the default, and a wallet gets its credential with it', async () => {
    const { status, json } = await ask('POST', '/admin/offers', request);
    expect(status).toBe(201);
    expect(json.tx_code).toMatch(/^\d{6}$/);
    expect(json.link).toContain('credential_offer_uri=');
    const served = await (await fetch(json.credential_offer_uri)).json();
    expect(served).toEqual(json.credential_offer);
    const client = createTestClient({ issuer: target.url });
    const { credentials } = await client.receive(parseOffer(JSON.stringify(served)), { txCode: json.tx_code });
    expect(credentials.length).toBeGreaterThan(0);
    const [entry] = (await target.audit(json.offer_id)).filter((row) => row.action === 'offer.create');
    expect(entry).toMatchObject({ role: 'issuer-operator', outcome: 'done' });
    expect(entry?.requestId).toBeDefined();
  });

  it('without code, by value, for a time of one hour', async () => {
    const { json } = await ask('POST', '/admin/offers', {
      ...request,
      tx_code: false,
      by_reference: false,
      lifetime_seconds: 3600,
    });
    expect(json.tx_code).toBeUndefined();
    expect(json.credential_offer_uri).toBeUndefined();
    expect(json.link).toContain('credential_offer=');
    expect(json.expires_at - Math.floor(Date.now() / 1000)).toBeGreaterThan(3590);
  });

  it('is looked up and cancelled by id; the answers have no secrets in them', async () => {
    const { json } = await ask('POST', '/admin/offers', request);
    const code = JSON.stringify(json.credential_offer).match(/"pre-authorized_code":"([^"]+)"/)?.[1] ?? '';
    const found = await ask('GET', `/admin/offers/${json.offer_id}`);
    expect(found.json).toMatchObject({
      offer_id: json.offer_id,
      state: 'open',
      person_ref: target.personId('lin-yizhou'),
    });
    expect((await target.audit(json.offer_id)).map((entry) => entry.action)).toEqual(['offer.create', 'offer.read']);
    const cancelled = await ask('POST', `/admin/offers/${json.offer_id}/cancel`);
    expect(cancelled.json.state).toBe('cancelled');
    for (const { text } of [found, cancelled]) {
      expect(text).not.toContain(code);
      expect(text).not.toContain(json.tx_code);
      expect(text).not.toContain(lin);
    }
    const client = createTestClient({ issuer: target.url });
    const refused = await client.token(parseOffer(JSON.stringify(json.credential_offer)), { txCode: json.tx_code });
    expect(refused.json.error).toBe('invalid_grant');
    const again = await ask('POST', `/admin/offers/${json.offer_id}/cancel`);
    expect([again.status, again.json.code]).toEqual([409, 'offer_ended']);
  });

  it.each([
    ['15 digits', '110105491231002', 'id_format'],
    ['lower-case x', '33019919960310412x', 'id_format'],
    ['full-width digits', '３３０１９９１９９６０３１０４１２Ｘ', 'id_format'],
    ['a space', '330199 19960310412X', 'shape'.replace('shape', 'id_format')],
    ['NUL', '33019919960310412\u0000', 'id_format'],
    ['wrong check digit', '330199199603104121', 'id_check_digit'],
    ['an impossible date', '330199199602304127', 'id_date'],
    ['an unknown province', '160199199603104120', 'id_region'],
    ['a residence permit', '810000199408230021', 'id_kind'],
  ])('nc-066 refuses %s', async (_name, number, code) => {
    const before = await rows();
    const { status, json, text } = await ask('POST', '/admin/offers', { ...request, number });
    expect([status, json.code]).toEqual([400, code]);
    expect(text).not.toContain(number.slice(0, 10));
    expect(await rows()).toEqual(before);
  });

  it.each([
    ['nobody has the number', { number: '110105194912310021'.replace(/1$/, 'X') }, 404, 'person_unknown'],
    ['no such configuration', { configuration_ids: ['passport'] }, 400, 'unknown_configuration'],
    ['one of two unknown', { configuration_ids: ['resident-id-sd-jwt', 'passport'] }, 400, 'unknown_configuration'],
    ['one configuration twice', { configuration_ids: ['resident-id-sd-jwt', 'resident-id-sd-jwt'] }, 400, 'shape'],
    ['none', { configuration_ids: [] }, 400, 'shape'],
    ['a life of no time', { lifetime_seconds: 0 }, 400, 'shape'],
    ['a life of a year', { lifetime_seconds: 31_536_000 }, 400, 'shape'],
    ['half a second', { lifetime_seconds: 60.5 }, 400, 'shape'],
    ['a text for a truth', { tx_code: 'false' }, 400, 'shape'],
    ['a word nobody knows', { txcode: false }, 400, 'shape'],
    [
      'no driving licence',
      { number: '330199200002293119', configuration_ids: ['driving-licence-sd-jwt'] },
      409,
      'person_ineligible',
    ],
    ['100 kB of number', { number: '3'.repeat(60_000) }, 400, 'shape'],
  ])('refuses: %s', async (_name, change, expectedStatus, code) => {
    const before = await rows();
    const { status, json } = await ask('POST', '/admin/offers', { ...request, ...change });
    expect([status, json.code]).toEqual([expectedStatus, code]);
    expect(await rows()).toEqual(before);
  });

  it('the driving licence of somebody who has one', async () => {
    const { status } = await ask('POST', '/admin/offers', {
      ...request,
      configuration_ids: ['driving-licence-sd-jwt', 'resident-id-vc-jwt'],
    });
    expect(status).toBe(201);
  });

  it('nc-073 an unknown id looks like any other, and a malformed one is refused', async () => {
    const unknown = await ask('GET', '/admin/offers/AAAAAAAAAAAAAAAAAAAAAA');
    expect([unknown.status, unknown.json.code]).toEqual([404, 'offer_unknown']);
    const cancel = await ask('POST', '/admin/offers/AAAAAAAAAAAAAAAAAAAAAA/cancel');
    expect([cancel.status, cancel.json.code]).toEqual([404, 'offer_unknown']);
    expect((await ask('GET', '/admin/offers/..%2f..%2fx')).status).not.toBe(200);
    expect((await ask('GET', `/admin/offers/${'A'.repeat(60)}`)).status).toBe(400);
  });
});

describe('Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': `test-key-${name}` });

  it('the same request under the same key has one effect and the same answer, transaction code included', async () => {
    const before = await rows();
    const first = await ask('POST', '/admin/offers', request, key('same'));
    const second = await ask(
      'POST',
      '/admin/offers',
      { configuration_ids: request.configuration_ids, number: lin },
      key('same'),
    );
    expect(second.status).toBe(201);
    expect(second.json).toEqual(first.json);
    expect(await rows()).toEqual({ ...before, offers: before.offers + 1, answers: before.answers + 1 });
  });

  it('twenty at once have one effect', async () => {
    const before = await rows();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('POST', '/admin/offers', request, key('crowd'))),
    );
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect((await rows()).offers).toBe(before.offers + 1);
  });

  it('another request under the key is refused', async () => {
    await ask('POST', '/admin/offers', request, key('other'));
    const before = await rows();
    const other = await ask('POST', '/admin/offers', { ...request, tx_code: false }, key('other'));
    expect([other.status, other.json.code]).toEqual([409, 'idempotency_mismatch']);
    const path = await ask('POST', '/admin/offers/AAAAAAAAAAAAAAAAAAAAAA/cancel', undefined, key('other'));
    expect([path.status, path.json.code]).toEqual([409, 'idempotency_mismatch']);
    expect(await rows()).toEqual(before);
  });

  it('the same act on another object is another request', async () => {
    const one = await ask('POST', '/admin/offers', request);
    const two = await ask('POST', '/admin/offers', request);
    await ask('POST', `/admin/offers/${one.json.offer_id}/cancel`, undefined, key('cancel'));
    const other = await ask('POST', `/admin/offers/${two.json.offer_id}/cancel`, undefined, key('cancel'));
    expect([other.status, other.json.code]).toEqual([409, 'idempotency_mismatch']);
    const again = await ask('POST', `/admin/offers/${one.json.offer_id}/cancel`, undefined, key('cancel'));
    expect([again.status, again.json.state]).toEqual([200, 'cancelled']);
  });

  it('the same key of another program is another key', async () => {
    const other = await adminClient(target, 'issuer-operator');
    const first = await ask('POST', '/admin/offers', request, key('shared'));
    const second = await other('POST', '/admin/offers', request, key('shared'));
    expect(second.json.offer_id).not.toBe(first.json.offer_id);
  });

  it('a request that was refused may be made again under its key', async () => {
    const refused = await ask(
      'POST',
      '/admin/offers',
      { ...request, configuration_ids: ['resident-id-sd-jwt', 'resident-id-sd-jwt'] },
      key('again'),
    );
    expect(refused.status).toBe(400);
    expect((await ask('POST', '/admin/offers', request, key('again'))).status).toBe(201);
  });

  it.each(['short', 'x'.repeat(129), 'with blank in it', 'ключ-ключ'])('refuses the key %s', async (bad) => {
    const before = await rows();
    const headers = { 'idempotency-key': Buffer.from(bad).toString('latin1') };
    const { status } = await ask('POST', '/admin/offers', request, headers);
    expect(status).toBe(400);
    expect(await rows()).toEqual(before);
  });

  it('what is kept tells neither number nor code nor answer, and goes after a day', async () => {
    const { json } = await ask('POST', '/admin/offers', request, key('kept'));
    const kept = await target.db.kysely.selectFrom('idempotent_answer').selectAll().execute();
    const dump = JSON.stringify(kept);
    for (const secret of [lin, json.tx_code, json.offer_id, 'test-key-kept']) expect(dump).not.toContain(secret);
    await target.db.kysely.updateTable('idempotent_answer').set({ expires_at: 1 }).execute();
    const before = await rows();
    const again = await ask('POST', '/admin/offers', request, key('kept'));
    expect(again.json.offer_id).not.toBe(json.offer_id);
    expect((await rows()).offers).toBe(before.offers + 1);
    await target.issuer.sweep();
    expect((await rows()).answers).toBe(1);
    const left = await target.db.kysely
      .selectFrom('data_key')
      .select('row_id')
      .where('table_name', '=', 'idempotent_answer')
      .execute();
    expect(left).toHaveLength(1);
  });
});
