import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signer } from '../../shared/keys/index.ts';
import { sealResponse } from '../../shared/oid4vp/index.ts';
import { newHolder } from '../support/credentials.ts';
import { eachDatabase } from '../support/databases.ts';
import { answer, ask, fetchRequest, post, presentSd, read, showHonestly } from '../support/presenter.ts';
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

describe('asking', () => {
  it('tells the wallet who asks, why, on what basis and for how long', async () => {
    const { qr } = await ask(world);
    const request = await fetchRequest(world, qr);
    expect(request.party.name).toBe('望江酒店');
    expect(request.scene).toMatchObject({
      scene: 'hotel',
      purpose: { 'zh-Hans': '旅客住宿登记' },
      detail: { 'zh-Hans': '1208 房', en: 'Room 1208' },
      retention: 'P1Y',
      match_number: true,
    });
    expect(request.scene?.claims.find(({ path }) => path[0] === 'picture')?.retention).toBe('none');
    expect(request.query.credential_sets).toEqual([{ options: [['resident_sd'], ['resident_vc']], required: true }]);
  });

  it.each([
    ['a scene there is none of', { scene: 'bank', device: 'cross' }, 404],
    ['another device', { scene: 'hotel', device: 'toaster' }, 400],
    ['a member nobody knows', { scene: 'hotel', device: 'cross', claims: ['everything'] }, 400],
    ['a guest number 21', { scene: 'hotel', device: 'cross', context: { guest: 21 } }, 400],
    ['a name for a room', { scene: 'hotel', device: 'cross', context: { room: '<b>1208</b>' } }, 400],
    ['a person in the context', { scene: 'hotel', device: 'cross', context: { name: '林一舟' } }, 400],
  ])('for %s is refused and leaves nothing', async (_name, body, status) => {
    const before = await traces(world);
    expect((await world.api('POST', '/api/requests', body)).status).toBe(status);
    expect((await traces(world)).counts).toEqual(before.counts);
  });

  it('leaves an audit entry for each act, with no person in it', async () => {
    const before = await traces(world);
    const { id } = await showHonestly(world, credential, holder);
    await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    await world.api('POST', `/api/requests/${id}/complete`, { portrait_compared: true });
    expect(await auditSince(world, before)).toEqual([
      'request.create done',
      'request.fetch done',
      'present.accept done',
      'present.match done',
      'request.complete done',
    ]);
  });

  it('can be given up, and then takes no answer and holds nothing', async () => {
    const bystander = await ask(world);
    const { id, qr } = await ask(world);
    const request = await fetchRequest(world, qr);
    expect((await world.api('DELETE', `/api/requests/${id}`)).status).toBe(204);
    const presentation = await presentSd(credential, holder, request, world.clock.now());
    expect((await answer(request, { resident_sd: [presentation] })).status).toBe(400);
    expect(await read(world, id)).toMatchObject({ status: 'cancelled' });
    expect(await read(world, bystander.id)).toMatchObject({ status: 'waiting' });
    expect((await world.api('DELETE', `/api/requests/${id}`)).status).toBe(409);

    const shown = await showHonestly(world, credential, holder);
    await world.api('DELETE', `/api/requests/${shown.id}`);
    const row = await world.db.kysely
      .selectFrom('presentation_request')
      .select('result')
      .where('id', '=', shown.id)
      .executeTakeFirst();
    expect(row?.result).toBeNull();
  });

  it('ends by itself: unanswered requests expire, accepted ones are forgotten, and the sweeper leaves no row', async () => {
    const other = await startTestVerifier();
    try {
      const unanswered = await ask(other);
      await other.verifier.sweep();
      expect(await read(other, unanswered.id)).toMatchObject({ status: 'waiting' });
      const own = await other.issuer.sdJwt(holder);
      const shown = await showHonestly(other, own, holder);
      other.clock.advance(61);
      expect(await read(other, unanswered.id)).toMatchObject({ status: 'expired' });
      other.clock.advance(900);
      expect(await read(other, shown.id)).toMatchObject({ status: 'expired' });
      expect((await other.api('POST', `/api/requests/${shown.id}/match`, { match_number: '47' })).status).toBe(409);
      other.clock.advance(300);
      await other.verifier.sweep();
      expect(await other.counts()).toMatchObject({ presentation_request: 0, request_link: 0, data_key: 0 });
    } finally {
      await other.close();
    }
  });

  it('is waiting again when whoever scanned did not answer in time', async () => {
    const { id, qr } = await ask(world);
    const bystander = await ask(world);
    await fetchRequest(world, qr);
    expect(await read(world, id)).toMatchObject({ status: 'scanned' });
    expect(await read(world, bystander.id)).toMatchObject({ status: 'waiting' });
    world.clock.advance(290);
    await world.api('POST', `/api/requests/${id}/renew`);
    expect(await read(world, id)).toMatchObject({ status: 'scanned' });
    world.clock.advance(10);
    expect(await read(world, id)).toMatchObject({ status: 'waiting' });
  });

  it('counts the time to answer from the first fetch, however often it is fetched', async () => {
    const { id, qr } = await ask(world);
    const before = await traces(world);
    const uri = new URL(qr).searchParams.get('request_uri') ?? '';
    await Promise.all(Array.from({ length: 10 }, () => fetch(uri)));
    expect(await auditSince(world, before)).toEqual(['request.fetch done']);
    world.clock.advance(50);
    const request = await fetchRequest(world, qr);
    expect(request.expiresAt).toBe(world.clock.now() + 250);
    world.clock.advance(250);
    const presentation = await presentSd(credential, holder, request, world.clock.now());
    expect((await answer(request, { resident_sd: [presentation] })).status).toBe(400);
    expect(await read(world, id)).toMatchObject({ status: 'expired' });
  });

  it('is refused a new code after half an hour of nobody', async () => {
    const { id } = await ask(world);
    world.clock.advance(1_799);
    expect((await world.api('POST', `/api/requests/${id}/renew`)).status).toBe(200);
    world.clock.advance(1);
    expect((await world.api('POST', `/api/requests/${id}/renew`)).status).toBe(409);
  });
});

describe('the stream of events', () => {
  it('tells each change once, as a word and nothing more, and ends with the request', async () => {
    const { id, qr } = await ask(world);
    const headers = { authorization: `Bearer ${world.token}` };
    const response = await fetch(`${world.url}/api/requests/${id}/events`, { headers });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const request = await fetchRequest(world, qr);
    const presentation = await presentSd(credential, holder, request, world.clock.now());
    await answer(request, { resident_sd: [presentation] });
    await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    await world.api('POST', `/api/requests/${id}/complete`, { portrait_compared: true });
    const text = await response.text();
    const seen = [...text.matchAll(/event: status\ndata: (.*)\n/g)].map(([, data = '']) => JSON.parse(data).status);
    expect(seen.at(-1)).toBe('completed');
    expect(new Set(seen).size).toBe(seen.length);
    expect(text).not.toContain('林一舟');
  });
});

describe('the interface', () => {
  it('describes itself, every route with its refusals', async () => {
    const { json } = await world.api('GET', '/openapi.json');
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining([
        '/api/requests',
        '/api/requests/{id}',
        '/request/{rid}',
        '/response/{rid}',
        '/api/records',
      ]),
    );
    expect(json.components.securitySchemes.relyingPartyToken).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect((await world.api('GET', '/docs')).text).toContain('hufu verifier');
  });

  it('nc-109 answers other origins at the wallet’s addresses alone, and never with credentials', async () => {
    const { id, rid } = await ask(world);
    const headers = { origin: 'https://evil.example', authorization: `Bearer ${world.token}` };
    for (const path of [`/api/requests/${id}`, '/api/records', '/api/desk']) {
      const reply = await world.api('GET', path, undefined, headers);
      expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    }
    const wallet = await world.api('GET', `/request/${rid}`, undefined, headers);
    expect(wallet.headers.get('access-control-allow-origin')).toBe('*');
    expect(wallet.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('refuses wallet metadata that is no JSON object, and takes what is', async () => {
    const { qr } = await ask(world);
    const uri = new URL(qr).searchParams.get('request_uri') ?? '';
    expect((await post(uri, { wallet_metadata: 'x' })).status).toBe(400);
    expect((await post(uri, { wallet_metadata: '{"a":1,"a":2}' })).status).toBe(400);
    expect((await post(uri, { wallet_nonce: 'spaces are not url safe' })).status).toBe(400);
    expect((await post(uri, { wallet_metadata: '{"vp_formats_supported":{}}' })).status).toBe(200);
  });
});

eachDatabase('single use', (engine) => {
  let other: TestVerifier;
  let own: string;
  beforeAll(async () => {
    other = await startTestVerifier({ databaseUrl: await engine.freshUrl() });
    own = await other.issuer.sdJwt(holder);
  });
  afterAll(() => other.close());
  const twenty = <T>(act: (i: number) => Promise<T>) => Promise.all(Array.from({ length: 20 }, (_, i) => act(i)));
  const statuses = (replies: readonly { readonly status: number }[]) =>
    replies.map(({ status }) => status).sort((a, b) => a - b);

  it('one of twenty different answers over two links is taken', async () => {
    const { id, qr } = await ask(other);
    const renewed = await other.api('POST', `/api/requests/${id}/renew`);
    const requests = [await fetchRequest(other, qr), await fetchRequest(other, renewed.json.qr)];
    const sealed = await twenty(async (i) => {
      const request = requests[i % 2];
      if (request === undefined) throw new TypeError('two requests');
      const presentation = await presentSd(own, holder, request, other.clock.now());
      const token = { vpToken: { resident_sd: [presentation] }, state: request.state, matchNumber: String(10 + i) };
      return { uri: request.responseUri, response: await sealResponse(token, request.encryption) };
    });
    const replies = await Promise.all(sealed.map(({ uri, response }) => post(uri, { response })));
    expect(statuses(replies)).toEqual([200, ...Array(19).fill(400)]);
    expect((await other.audit()).filter(({ action }) => action === 'present.accept')).toHaveLength(1);
    expect(await read(other, id)).toMatchObject({ status: 'match' });
  });

  it('the first of twenty fetches starts the time to answer', async () => {
    const { qr } = await ask(other);
    const uri = new URL(qr).searchParams.get('request_uri') ?? '';
    const before = await traces(other);
    await twenty(() => fetch(uri));
    expect(await auditSince(other, before)).toEqual(['request.fetch done']);
  });

  it('three of twenty wrong match numbers are counted, and one guest is registered once', async () => {
    const guessed = await showHonestly(other, own, holder);
    const guesses = await twenty((i) =>
      other.api('POST', `/api/requests/${guessed.id}/match`, { match_number: String(10 + i) }),
    );
    expect(statuses(guesses)).toEqual([200, 200, 200, ...Array(17).fill(409)]);
    expect(await read(other, guessed.id)).toMatchObject({ status: 'refused', reason: 'match_number' });

    const { id } = await showHonestly(other, own, holder);
    await other.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    const before = await other.counts();
    const acts = await twenty((i) =>
      i % 2 === 0
        ? other.api('POST', `/api/requests/${id}/complete`, { portrait_compared: true })
        : other.api('GET', `/api/requests/${id}/picture`),
    );
    expect(
      acts
        .filter((_, i) => i % 2 === 0)
        .map(({ status }) => status)
        .sort((a, b) => a - b),
    ).toEqual([204, ...Array(9).fill(409)]);
    for (const { status } of acts.filter((_, i) => i % 2 === 1)) expect([200, 409]).toContain(status);
    expect((await other.counts()).guest_record).toBe((before.guest_record ?? 0) + 1);
  });

  it('reading while it ends is never a fault', async () => {
    const { id } = await showHonestly(other, own, holder);
    await other.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    const replies = await twenty((i) =>
      i === 7 ? other.api('DELETE', `/api/requests/${id}`) : other.api('GET', `/api/requests/${id}`),
    );
    expect(statuses(replies)).toEqual([...Array(19).fill(200), 204]);
  });
});
