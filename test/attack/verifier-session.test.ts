import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signer } from '../../shared/keys/index.ts';
import { newHolder } from '../support/credentials.ts';
import {
  answer,
  ask,
  call,
  fetchRequest,
  type Opened,
  presentSd,
  read,
  ridOf,
  showHonestly,
} from '../support/presenter.ts';
import { type Answer, returnOrigin, startTestVerifier, type TestVerifier } from '../support/verifier.ts';
import { auditSince, expectRefusedAnswer, traces } from '../support/verifier-refusals.ts';

let world: TestVerifier;
let holder: Signer;
let credential: string;
beforeAll(async () => {
  world = await startTestVerifier({ demoDesk: '前台 1' });
  holder = newHolder();
  credential = await world.issuer.sdJwt(holder);
});
afterAll(() => world.close());

const sameDevice = { scene: 'age', device: 'same', context: {}, return_url: `${returnOrigin}/back?order=7` };
const withCookie = (session: string | undefined) => ({
  authorization: `Bearer ${world.token}`,
  cookie: `hufu-transaction=${session}`,
});

/** A same-device showing up to the moment the wallet sends the browser back. */
async function returned(): Promise<Opened & { readonly code: string; readonly back: URL }> {
  const opened = await ask(world, sameDevice);
  const request = await fetchRequest(world, opened.qr);
  const presentation = await presentSd(credential, holder, request, world.clock.now());
  const reply = await answer(request, { resident_sd: [presentation] }, { matchNumber: undefined });
  expect(reply.status).toBe(200);
  const back = new URL(reply.json.redirect_uri);
  return { ...opened, back, code: back.searchParams.get('response_code') ?? '' };
}

const redeem = (id: string, code: string, headers: Record<string, string>): Promise<Answer> =>
  world.api('POST', `/api/requests/${id}/code`, { response_code: code }, headers);

describe('results belong to who asked', () => {
  it('nc-081 cannot be read with the wallet’s id, by another program, or without a token', async () => {
    const { id, rid } = await showHonestly(world, credential, holder);
    const get = (path: string, headers?: Record<string, string>) =>
      world.api('GET', `/api/requests/${path}`, undefined, headers);
    expect(await get(rid)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    const foreign = await get(id, { authorization: `Bearer ${world.otherToken}` });
    expect(foreign).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    const unknown = await get('A'.repeat(22));
    const { request_id: _a, ...first } = foreign.json;
    const { request_id: _b, ...second } = unknown.json;
    expect(first).toEqual(second);
    expect((await get(id, { authorization: 'Bearer x' })).status).toBe(401);
    expect((await call(`${world.url}/api/requests/${id}`, {})).status).toBe(401);
    for (const path of [`${id}/events`, `${id}/picture`]) {
      expect((await get(path, { authorization: `Bearer ${world.otherToken}` })).status).toBe(403);
    }
    const open = await ask(world);
    for (const path of ['match', 'complete', 'reject', 'reveal', 'renew', 'code']) {
      const bodies: Record<string, object> = {
        match: { match_number: '47' },
        complete: { portrait_compared: true },
        code: { response_code: 'A'.repeat(32) },
      };
      const headers = { authorization: `Bearer ${world.otherToken}` };
      for (const one of [id, open.id]) {
        const reply = await world.api('POST', `/api/requests/${one}/${path}`, bodies[path], headers);
        expect([403, 409]).toContain(reply.status);
      }
    }
    const giveUp = await world.api('DELETE', `/api/requests/${id}`, undefined, {
      authorization: `Bearer ${world.otherToken}`,
    });
    expect(giveUp.status).toBe(403);
    expect(await read(world, id)).toMatchObject({ status: 'match', match_tries: 0 });
    expect(await read(world, open.id)).toMatchObject({ status: 'waiting' });

    await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    for (const path of ['complete', 'reject', 'reveal']) {
      const headers = { authorization: `Bearer ${world.otherToken}` };
      const body = path === 'complete' ? { portrait_compared: true } : undefined;
      expect((await world.api('POST', `/api/requests/${id}/${path}`, body, headers)).status).toBe(403);
    }
    expect(await read(world, id)).toMatchObject({ status: 'accepted' });
  });

  it('nc-081 on the same device also need the cookie of the browser that started', async () => {
    const { id, session, code } = await returned();
    const before = await traces(world);
    const get = (headers: Record<string, string>) => world.api('GET', `/api/requests/${id}`, undefined, headers);
    for (const headers of [{ authorization: `Bearer ${world.token}` }, withCookie('A'.repeat(32)), withCookie('')]) {
      const reply = await get(headers as Record<string, string>);
      expect(reply).toMatchObject({ status: 403, json: { code: 'session_required' } });
      expect(reply.text).not.toContain('age');
    }
    expect(await auditSince(world, before)).toEqual(Array(3).fill('call.refuse session_required'));
    // The right browser, but nothing is told before the code came back with it.
    const early = await get(withCookie(session));
    expect(early.json).toMatchObject({ status: 'scanned' });
    expect(early.json.verdict).toBeUndefined();
    expect(early.json.result).toBeUndefined();
    expect((await redeem(id, code, withCookie(session))).json).toMatchObject({
      verdict: 'accepted',
      result: { claims: { age_equal_or_over: { '18': true } } },
    });
    expect((await get(withCookie(session))).json.result.claims).toEqual({ age_equal_or_over: { '18': true } });
  });

  it('nc-082 the code counts once, with the right cookie, for its own request', async () => {
    const { id, session, code, back } = await returned();
    const other = await returned();
    expect(back.origin + back.pathname).toBe(`${returnOrigin}/back`);
    expect(back.searchParams.get('order')).toBe('7');
    expect(Buffer.from(code, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    const before = await traces(world);
    const tries: [string, string, Record<string, string>][] = [
      [id, 'A'.repeat(32), withCookie(session)],
      [id, other.code, withCookie(session)],
      [other.id, code, withCookie(session)],
      [id, code, withCookie(other.session)],
      [id, code, { authorization: `Bearer ${world.token}` }],
      [id, code, { ...withCookie(session), authorization: `Bearer ${world.otherToken}` }],
    ];
    for (const [request, tried, headers] of tries) {
      expect(await redeem(request, tried, headers)).toMatchObject({ status: 403, json: { code: 'response_code' } });
    }
    expect(await auditSince(world, before)).toEqual(Array(tries.length).fill('present.code response_code'));
    const without = await world.api('POST', `/api/requests/${id}/code`, {}, withCookie(session));
    expect(without.status).toBe(400);

    const together = await Promise.all(Array.from({ length: 10 }, () => redeem(id, code, withCookie(session))));
    expect(together.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await redeem(id, code, withCookie(session))).status).toBe(403);
    expect((await redeem(other.id, other.code, withCookie(other.session))).status).toBe(200);

    const late = await returned();
    world.clock.advance(901);
    expect((await redeem(late.id, late.code, withCookie(late.session))).status).toBe(403);
  });

  it('nc-082 nothing is done with a result before its code came back', async () => {
    const { id, session, code } = await returned();
    const act = (path: string, headers = withCookie(session)) =>
      world.api(
        'POST',
        `/api/requests/${id}/${path}`,
        path === 'complete' ? { portrait_compared: true } : undefined,
        headers,
      );
    for (const path of ['complete', 'reject', 'reveal']) expect((await act(path)).status).toBe(409);
    expect((await redeem(id, code, withCookie(session))).status).toBe(200);
    expect((await act('complete', withCookie('A'.repeat(32)))).status).toBe(403);
    // This scene shows neither number nor portrait.
    expect((await act('reveal')).status).toBe(409);
    expect((await world.api('GET', `/api/requests/${id}/picture`, undefined, withCookie(session))).status).toBe(409);
    expect((await act('complete')).status).toBe(204);
  });

  it('return to registered origins only', async () => {
    const refuse = async (return_url: string | undefined, device = 'same') => {
      const body = { scene: 'age', device, ...(return_url === undefined ? {} : { return_url }) };
      return (await world.api('POST', '/api/requests', body)).json.code;
    };
    expect(await refuse('https://evil.example/back')).toBe('origin_refused');
    expect(await refuse('https://shop.example.evil.example/')).toBe('origin_refused');
    for (const url of [
      '//shop.example/x',
      '\\\\shop.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '/back',
      '',
    ]) {
      expect(['shape', 'origin_refused']).toContain(await refuse(url));
    }
    expect(await refuse('https://user@shop.example/')).toBe('shape');
    expect(await refuse(`${returnOrigin}/back#x`)).toBe('shape');
    expect(await refuse(`${returnOrigin}/a/../b`)).toBe('shape');
    expect(await refuse(undefined)).toBe('shape');
    expect(await refuse(`${returnOrigin}/back`, 'cross')).toBe('shape');
    expect(await refuse(`${returnOrigin}/back`)).toBeUndefined();
  });
});

describe('a code on a screen', () => {
  it('nc-084 is dead after a minute, while a fresh one for the same guest lives', async () => {
    const { id, qr } = await ask(world);
    world.clock.advance(30);
    const renewed = await world.api('POST', `/api/requests/${id}/renew`);
    expect(renewed.json.qr).not.toBe(qr);
    // Both live while the first is on nobody's screen any more; a photograph of it soon does not.
    expect((await fetchRequest(world, qr)).nonce).not.toBe((await fetchRequest(world, renewed.json.qr)).nonce);
    world.clock.advance(30);
    await expect(fetchRequest(world, qr)).rejects.toThrow(/410.*request_expired/);
    const request = await fetchRequest(world, renewed.json.qr);
    const presentation = await presentSd(credential, holder, request, world.clock.now());
    expect((await answer(request, { resident_sd: [presentation] })).status).toBe(200);
    expect(await read(world, id)).toMatchObject({ status: 'match' });
  });

  it('nc-084 belongs to the wallet that answers first, over whichever link it came', async () => {
    const { id, qr } = await ask(world);
    const renewed = await world.api('POST', `/api/requests/${id}/renew`);
    const [first, second] = [await fetchRequest(world, qr), await fetchRequest(world, renewed.json.qr)];
    const show = async (request: typeof first, signer = holder) =>
      answer(request, {
        resident_sd: [await presentSd(await world.issuer.sdJwt(signer), signer, request, world.clock.now())],
      });
    expect((await show(second)).status).toBe(200);
    await expectRefusedAnswer(world, id, () => show(first, newHolder()), { reason: 'replay', leaves: 'untouched' });
    await expect(fetchRequest(world, qr)).rejects.toThrow(/410/);
    expect((await world.api('POST', `/api/requests/${id}/renew`)).status).toBe(409);
  });

  it('is fetched as often as wanted while it lives, signed for each wallet’s own nonce', async () => {
    const { qr } = await ask(world);
    const uri = new URL(qr).searchParams.get('request_uri') ?? '';
    const [first, second] = [await call(uri, {}), await call(uri, {})];
    expect(first.headers.get('content-type')).toBe('application/oauth-authz-req+jwt');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await fetchRequest(world, qr)).toMatchObject({ clientId: world.clientId });
    expect((await call(`${world.url}/request/${'A'.repeat(22)}`, {})).status).toBe(404);
    expect(ridOf(qr)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('keeps four identifiers apart, and none of them twice', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const { id, qr, rid } = await ask(world);
      const { nonce, state = '', encryption } = await fetchRequest(world, qr);
      for (const value of [id, rid, nonce, state, String(encryption.jwk.x)]) {
        expect(Buffer.from(value, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
        expect(seen.has(value)).toBe(false);
        seen.add(value);
      }
    }
  });
});

describe('the match number', () => {
  it('has three tries, shows nothing before it matches, and the third wrong one ends it', async () => {
    const { id } = await showHonestly(world, credential, holder);
    const type = (digits: string) => world.api('POST', `/api/requests/${id}/match`, { match_number: digits });
    const before = await traces(world);
    expect((await type('46')).json).toMatchObject({ status: 'match', match_tries: 1 });
    expect((await type('74')).json).toMatchObject({ status: 'match', match_tries: 2 });
    for (const path of ['reveal', 'complete', 'reject']) {
      const body = path === 'complete' ? { portrait_compared: true } : undefined;
      expect((await world.api('POST', `/api/requests/${id}/${path}`, body)).status).toBe(409);
    }
    expect((await world.api('GET', `/api/requests/${id}/picture`)).status).toBe(409);
    const last = await type('00');
    expect(last.json).toMatchObject({ status: 'refused', verdict: 'refused', reason: 'match_number' });
    expect(last.json.result).toBeUndefined();
    expect((await type('47')).status).toBe(409);
    const other = await showHonestly(world, credential, holder);
    const right = () => world.api('POST', `/api/requests/${other.id}/match`, { match_number: '47' });
    expect([(await right()).status, (await right()).status]).toEqual([200, 409]);
    const entries = await auditSince(world, before);
    expect(entries.filter((entry) => entry === 'present.match match_number')).toHaveLength(3);
    const row = await world.db.kysely
      .selectFrom('presentation_request')
      .select('result')
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row?.result).toBeNull();
  });

  it('cannot be guessed faster by guessing at once', async () => {
    const { id } = await showHonestly(world, credential, holder);
    const wrong = Array.from({ length: 20 }, (_, i) => String(10 + i));
    const replies = await Promise.all(
      wrong.map((match_number) => world.api('POST', `/api/requests/${id}/match`, { match_number })),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(await read(world, id)).toMatchObject({ status: 'refused', reason: 'match_number' });
  });
});

describe('the desk’s session', () => {
  const origin = () => ({ origin: world.url });
  const open = async (headers: Record<string, string> = {}) => {
    const reply = await call(`${world.url}/api/desk/demo-session`, {
      method: 'POST',
      headers: { ...origin(), ...headers },
    });
    return { reply, cookie: reply.headers.get('set-cookie') ?? '' };
  };
  const value = (cookie: string) => cookie.split(';')[0] ?? '';

  it('nc-077 is HttpOnly and SameSite, changes at sign-in and ends at sign-out', async () => {
    const { reply, cookie } = await open();
    expect(reply.json).toEqual({ desk: '前台 1', organisation: '望江酒店' });
    expect(cookie).toMatch(/^hufu-desk=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    const again = await open({ cookie: value(cookie) });
    expect(value(again.cookie)).not.toBe(value(cookie));
    // The former one is over.
    expect((await world.api('GET', '/api/records', undefined, { cookie: value(cookie) })).status).toBe(401);
    expect((await world.api('GET', '/api/records', undefined, { cookie: value(again.cookie) })).status).toBe(200);
    const bye = await world.api('DELETE', '/api/desk/session', undefined, { cookie: value(again.cookie), ...origin() });
    expect(bye.status).toBe(204);
    expect((await world.api('GET', '/api/records', undefined, { cookie: value(again.cookie) })).status).toBe(401);
  });

  it('nc-077 a stream that was open at sign-out tells nothing more', async () => {
    const watch = async (cookie: string) => {
      const { json } = await world.api(
        'POST',
        '/api/requests',
        { scene: 'hotel', device: 'cross' },
        { cookie, ...origin() },
      );
      const stream = await fetch(`${world.url}/api/requests/${json.id}/events`, { headers: { cookie } });
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader?.read())?.value).toContain('waiting');
      return { reader, qr: String(json.qr) };
    };
    const [here, gone] = [value((await open()).cookie), value((await open()).cookie)];
    const [watched, left] = [await watch(here), await watch(gone)];
    await world.api('DELETE', '/api/desk/session', undefined, { cookie: gone, ...origin() });
    await fetchRequest(world, left.qr);
    expect(await left.reader?.read()).toMatchObject({ done: true });
    await fetchRequest(world, watched.qr);
    expect((await watched.reader?.read())?.value).toContain('scanned');
    await watched.reader?.cancel();
  });

  it('nc-077 an id of somebody’s choosing opens nothing', async () => {
    const chosen = `hufu-desk=${'A'.repeat(43)}`;
    const { cookie } = await open({ cookie: chosen });
    expect(value(cookie)).not.toBe(chosen);
    expect((await world.api('GET', '/api/records', undefined, { cookie: chosen })).status).toBe(401);
  });

  it('nc-077 falls asleep after 15 minutes without a hand on it, and ends after 12 hours', async () => {
    const { cookie } = await open();
    const headers = { cookie: value(cookie), ...origin() };
    const look = () => world.api('GET', '/api/records', undefined, headers);
    const opened = await world.api('POST', '/api/requests', { scene: 'hotel', device: 'cross' }, headers);
    world.clock.advance(890);
    expect((await look()).status).toBe(200);
    // The page renews its code by itself: that is nobody's hand.
    expect((await world.api('POST', `/api/requests/${opened.json.id}/renew`, undefined, headers)).status).toBe(200);
    world.clock.advance(11);
    expect((await look()).status).toBe(401);

    const second = await open();
    const awake = { cookie: value(second.cookie), ...origin() };
    for (let hours = 0; hours < 12 * 6; hours++) {
      world.clock.advance(600);
      const ask = world.api('POST', '/api/requests', { scene: 'hotel', device: 'cross' }, awake);
      if ((await ask).status !== 201) break;
    }
    expect((await world.api('GET', '/api/records', undefined, awake)).status).toBe(401);
  });

  it('nc-077 takes no change from another page, or from one that does not say', async () => {
    const { cookie } = await open();
    const post = (headers: Record<string, string>) =>
      world.api('POST', '/api/requests', { scene: 'hotel', device: 'cross' }, { cookie: value(cookie), ...headers });
    expect((await post({ origin: 'https://evil.example' })).json.code).toBe('origin_refused');
    expect((await post({ origin: 'null' })).json.code).toBe('origin_refused');
    expect((await post({})).json.code).toBe('origin_refused');
    expect((await post({ ...origin(), 'sec-fetch-site': 'cross-site' })).json.code).toBe('origin_refused');
    expect((await post(origin())).status).toBe(201);
    for (const headers of [{}, { origin: 'https://evil.example' }] as Record<string, string>[]) {
      const reply = await call(`${world.url}/api/desk/demo-session`, { method: 'POST', headers });
      expect(reply.json.code).toBe('origin_refused');
    }
  });

  it('is opened by a desk’s token and by no other, twenty tries a minute', async () => {
    const post = (token: string) =>
      call(`${world.url}/api/desk/session`, {
        method: 'POST',
        headers: { ...origin(), 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    expect((await post(world.token)).status).toBe(400);
    expect((await post(`hufu_desk_${'A'.repeat(43)}`)).status).toBe(401);
    const tries = await Promise.all(Array.from({ length: 20 }, () => post(`hufu_desk_${'B'.repeat(43)}`)));
    const last = tries.find(({ status }) => status === 429);
    expect(last?.headers.get('retry-after')).toMatch(/^[0-9]+$/);
  });

  it('shows masked numbers, no portrait in the text, and records every look behind the mask', async () => {
    const { cookie } = await open();
    const headers = { cookie: value(cookie), ...origin() };
    const opened = await ask(world, {}, headers);
    await showHonestly(world, credential, holder, opened);
    const api = (method: string, path: string, body?: object) =>
      world.api(method, `/api/requests/${opened.id}${path}`, body, headers);
    const matched = await api('POST', '/match', { match_number: '47' });
    expect(matched.json.result.claims.personal_administrative_number).toBe('**************412X');
    expect(matched.json.result.claims.picture).toBeUndefined();
    expect(matched.text).not.toContain('33019919960312412X');
    const before = await traces(world);
    const revealed = await api('POST', '/reveal');
    expect(revealed.json).toEqual({ personal_administrative_number: '33019919960312412X' });
    const picture = await api('GET', '/picture');
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(picture.headers.get('cache-control')).toBe('no-store');
    expect(await auditSince(world, before)).toEqual(['result.reveal done', 'result.picture done']);
  });

  it('is one desk’s: another’s request is nobody’s to it', async () => {
    const { id } = await ask(world);
    const { cookie } = await open();
    const reply = await world.api('GET', `/api/requests/${id}`, undefined, { cookie: value(cookie) });
    expect(reply.status).toBe(403);
  });
});
