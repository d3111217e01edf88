import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDcql } from '../../shared/dcql/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { addRetention, findScene, sceneIds, sceneQuery } from '../../verifier/scenes/index.ts';
import { newHolder } from '../support/credentials.ts';
import { read, showHonestly } from '../support/presenter.ts';
import { startTestVerifier, type TestVerifier } from '../support/verifier.ts';
import { auditSince, traces } from '../support/verifier-refusals.ts';

let world: TestVerifier;
let holder: Signer;
let credential: string;
beforeAll(async () => {
  world = await startTestVerifier();
  holder = newHolder();
  credential = await world.issuer.sdJwt(holder);
});
afterAll(() => world.close());

async function accepted(): Promise<string> {
  const { id } = await showHonestly(world, credential, holder);
  await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
  return id;
}
const complete = (id: string, portrait_compared = true) =>
  world.api('POST', `/api/requests/${id}/complete`, { portrait_compared });

/** Every value of every table but keys and audit, as one text. */
async function dump(): Promise<string> {
  const tables = ['presentation_request', 'request_link', 'guest_record', 'audit_entry', 'desk_session'] as const;
  const rows = await Promise.all(tables.map((table) => world.db.kysely.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows);
}

describe('the guest register', () => {
  it('keeps nothing before the clerk completes, and everything sealed afterwards', async () => {
    const id = await accepted();
    expect((await world.api('GET', '/api/records')).json.records).toEqual([]);
    expect((await complete(id)).status).toBe(204);
    expect((await world.api('GET', '/api/records')).json.records).toHaveLength(1);
    const text = await dump();
    for (const value of ['林一舟', '33019919960312412X', '1996-03-12', '样张路', '412X'])
      expect(text).not.toContain(value);
  });

  it('gives up the portrait and the result in the same transaction', async () => {
    const id = await accepted();
    const before = await traces(world);
    expect((await complete(id)).status).toBe(204);
    const row = await world.db.kysely
      .selectFrom('presentation_request')
      .select(['status', 'result'])
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ status: 'completed', result: null });
    const after = await traces(world);
    // One data key less for the result, one more for the record.
    expect(after.counts).toEqual({ ...before.counts, guest_record: (before.counts.guest_record ?? 0) + 1 });
    expect(await auditSince(world, before)).toEqual(['request.complete done']);
    expect((await world.api('GET', `/api/requests/${id}/picture`)).status).toBe(409);
    expect(await read(world, id)).not.toHaveProperty('result');
  });

  it('completes the guest it was told to and no other', async () => {
    const [first, second] = [await accepted(), await accepted()];
    await complete(first);
    expect(await read(world, second)).toMatchObject({ status: 'accepted' });
    const { records } = (await world.api('GET', '/api/records')).json;
    for (const { id } of records) expect((await world.api('GET', `/api/records/${id}`)).json.id).toBe(id);
    world.clock.advance(901);
    expect((await complete(second)).status).toBe(409);
    expect((await world.api('POST', `/api/requests/${second}/reject`)).status).toBe(409);
  });

  it('lists each day by itself', async () => {
    await complete(await accepted());
    const today = (await world.api('GET', '/api/records')).json;
    world.clock.advance(86_400);
    const tomorrow = (await world.api('GET', '/api/records')).json;
    expect(tomorrow).toEqual({ day: '2026-11-23', records: [] });
    expect((await world.api('GET', `/api/records?day=${today.day}`)).json).toEqual(today);
    expect((await world.api('GET', '/api/records?day=2026-02-30')).status).toBe(400);
    credential = await world.issuer.sdJwt(holder);
  });

  it('takes a guest once, however often the button is pressed', async () => {
    const id = await accepted();
    const before = await traces(world);
    const replies = await Promise.all(Array.from({ length: 10 }, () => complete(id)));
    expect(replies.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(9);
    expect((await world.counts()).guest_record).toBe((before.counts.guest_record ?? 0) + 1);
  });

  it('is not written without the portrait compared, nor after it was found to differ', async () => {
    const id = await accepted();
    expect((await complete(id, false)).status).toBe(409);
    const before = await traces(world);
    expect((await world.api('POST', `/api/requests/${id}/reject`)).status).toBe(204);
    expect(await auditSince(world, before)).toEqual(['request.reject portrait_mismatch']);
    expect(await read(world, id)).toMatchObject({
      status: 'rejected',
      verdict: 'refused',
      reason: 'portrait_mismatch',
    });
    expect((await complete(id)).status).toBe(409);
    const after = await traces(world);
    expect(after.counts).toEqual({ ...before.counts, data_key: (before.counts.data_key ?? 0) - 1 });
  });

  it('nc-093 never holds the presentation itself, nor the log', async () => {
    const { presentation, id } = await showHonestly(world, await world.issuer.sdJwt(holder), holder);
    await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    await complete(id);
    const text = (await dump()) + world.logLines.join('');
    for (const part of presentation.split(/[~.]/).filter((part) => part.length > 40)) expect(text).not.toContain(part);
    expect(text).not.toContain('林一舟');
  });

  it('nc-093 forgets each entry on its date, and every look at one is on record', async () => {
    const id = await accepted();
    await complete(id);
    const day = (await world.api('GET', '/api/records')).json;
    const [entry] = day.records;
    expect(entry.retain_until).toBe(addRetention(world.clock.now(), 'P1Y'));
    const before = await traces(world);
    expect((await world.api('GET', `/api/records/${entry.id}`)).json.entry.claims.name).toBe('林一舟');
    expect(await auditSince(world, before)).toEqual(['record.read done']);

    world.clock.set(entry.retain_until - 1);
    await world.verifier.sweep();
    expect((await world.api('GET', `/api/records/${entry.id}`)).status).toBe(200);
    world.clock.set(entry.retain_until);
    // Gone on the day, whether the sweeper came by or not.
    expect((await world.api('GET', `/api/records/${entry.id}`)).status).toBe(404);
    expect((await world.api('GET', `/api/records?day=${day.day}`)).json.records).toEqual([]);
    await world.verifier.sweep();
    const counts = await world.counts();
    expect(counts).toEqual({ presentation_request: 0, request_link: 0, guest_record: 0, data_key: 0, desk_session: 0 });
    expect((await world.audit()).filter(({ action }) => action === 'record.delete')).not.toHaveLength(0);
  });
});

describe('retention', () => {
  it.each([
    ['P1Y', '2026-11-22', '2027-11-22'],
    ['P1Y', '2028-02-29', '2029-03-01'],
    ['P6M', '2026-08-31', '2027-03-03'],
    ['P30D', '2026-11-22', '2026-12-22'],
    ['none', '2026-11-22', '2026-11-22'],
  ] as const)('%s from %s ends on %s', (term, start, end) => {
    const seconds = (day: string) => Date.parse(`${day}T04:00:00Z`) / 1000;
    expect(addRetention(seconds(start), term)).toBe(seconds(end));
  });
});

describe('every scene', () => {
  it.each(sceneIds)('%s keeps a claim as long as the scene says, or not at all, and asks a valid question', (id) => {
    const scene = findScene(id);
    if (scene === undefined) throw new TypeError('a scene that is listed exists');
    for (const claim of scene.claims) expect(['none', scene.retention]).toContain(claim.retention);
    expect(scene.retention === 'none').toBe(scene.record === 'none');
    if (scene.portrait === 'by-clerk') {
      expect(scene.claims).toContainEqual(expect.objectContaining({ path: ['picture'], retention: 'none' }));
    }
    const query = parseDcql(sceneQuery(scene, { vctValues: ['urn:x'], typeValues: [['X']] }));
    expect(query.credentials).toHaveLength(scene.formats.length);
  });
});
