import type { ServerResponse } from 'node:http';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeBase64url, type JsonObject } from '../../shared/encoding/index.ts';
import type { Code } from '../../shared/errors.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { generateNodeSigner } from '../../shared/server/node-crypto.ts';
import { newHolder } from '../support/credentials.ts';
import { answer, ask, fetchRequest, presentSd, read } from '../support/presenter.ts';
import { type Answer, startTestVerifier, type TestVerifier } from '../support/verifier.ts';
import { auditSince, expectRefusedAnswer, traces } from '../support/verifier-refusals.ts';

const list = '/status-lists/1';
let world: TestVerifier;
let holder: Signer;
beforeAll(async () => {
  // Freshness limit 0: every judgement asks.
  world = await startTestVerifier({ config: { statusMaxAge: 0 } });
  holder = newHolder();
});
afterAll(() => world.close());
beforeEach(() => {
  world.issuer.answer(list, undefined);
  world.issuer.setStatus(1, 0);
  world.clock.advance(700);
});

async function prepared(envelope: JsonObject = {}) {
  const credential = await world.issuer.sdJwt(holder, { envelope });
  const { id, qr } = await ask(world);
  const request = await fetchRequest(world, qr);
  const presentation = await presentSd(credential, holder, request, world.clock.now());
  return { id, send: () => answer(request, { resident_sd: [presentation] }) };
}

const answers = (body: string | Uint8Array, type = 'application/statuslist+jwt', status = 200) =>
  world.issuer.answer(list, (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': type }).end(body),
  );

async function refuses(reason: Code, envelope: JsonObject = {}, outbound = 1): Promise<void> {
  const { id, send } = await prepared(envelope);
  await expectRefusedAnswer(world, id, send, { reason, outbound });
}

async function accepts(envelope: JsonObject = {}): Promise<void> {
  const { id, send } = await prepared(envelope);
  expect(await send()).toMatchObject({ status: 200 });
  expect(await read(world, id)).toMatchObject({ status: 'match' });
}

describe('a status that says no', () => {
  it('refuses what is revoked or suspended, and takes it again when a suspension ends', async () => {
    world.issuer.setStatus(1, 1);
    await refuses('revoked');
    world.issuer.setStatus(1, 2);
    await refuses('suspended');
    world.issuer.setStatus(1, 3);
    await refuses('status_invalid');
    world.issuer.setStatus(1, 0);
    await accepts();
  });

  it('takes a look of up to a minute ago where the scene says so, and not a second more', async () => {
    const other = await startTestVerifier({ clock: world.clock });
    try {
      const credential = await other.issuer.sdJwt(holder);
      const show = async () => {
        const { id, qr } = await ask(other);
        const request = await fetchRequest(other, qr);
        const presentation = await presentSd(credential, holder, request, other.clock.now());
        await answer(request, { resident_sd: [presentation] });
        return (await read(other, id)).status;
      };
      expect(await show()).toBe('match');
      other.issuer.setStatus(1, 1);
      other.clock.advance(60);
      expect(await show()).toBe('match');
      other.clock.advance(1);
      expect(await show()).toBe('refused');
    } finally {
      await other.close();
    }
  });
});

describe('a request that is over', () => {
  it('has nobody asked about an answer to it', async () => {
    const { id, send } = await prepared();
    await world.api('DELETE', `/api/requests/${id}`);
    await expectRefusedAnswer(world, id, send, { reason: 'replay', outbound: 0, leaves: 'untouched' });
  });

  it('is not marked by an answer that could not be checked until it was over', async () => {
    const { id, send } = await prepared();
    world.issuer.answer(list, () => undefined);
    const asked = world.outbound.length;
    const slow = send();
    await expect.poll(() => world.outbound.length).toBe(asked + 1);
    await world.api('DELETE', `/api/requests/${id}`);
    expect((await slow).status).toBe(503);
    const view = await read(world, id);
    expect(view).toMatchObject({ status: 'cancelled' });
    expect(view.reason).toBeUndefined();
  });
});

describe('a status that cannot be read', () => {
  it('marks the request it was for and no other', async () => {
    const [first, second] = [await prepared(), await prepared()];
    answers('', 'text/plain', 404);
    await first.send();
    expect(await read(world, first.id)).toMatchObject({ status: 'undetermined' });
    expect(await read(world, second.id)).toMatchObject({ status: 'scanned' });
  });

  it('nc-095 an index outside the list, or none, is never good', async () => {
    const uri = world.issuer.listUri;
    const at = (idx: unknown) => ({ status: { status_list: { uri, idx } } }) as JsonObject;
    // 64 entries in the list.
    for (const idx of [64, 65, 2 ** 31, Number.MAX_SAFE_INTEGER]) await refuses('status_range', at(idx));
    for (const idx of [-1, 1.5, '1', null]) await refuses('status_range', at(idx), 0);
    await refuses('status_invalid', { status: null }, 0);
    // JSON leaves out what is undefined: a credential without a status.
    await refuses('status_missing', { status: undefined as never }, 0);
    await refuses('status_invalid', { status: { bitstring: 1 } }, 0);
    const odd = await world.issuer.statusToken({ payload: { bits: 3 } });
    answers(odd);
    await refuses('status_range');
    world.issuer.answer(list, undefined);
    await accepts(at(63));
  });

  it.each([
    ['404', () => answers('', 'text/plain', 404)],
    ['500', () => answers('{}', 'application/json', 500)],
    ['a page', () => answers('<html>', 'text/html')],
    ['nothing', () => answers('')],
    ['a redirect', () => world.issuer.answer(list, (response) => response.writeHead(302, { location: '/x' }).end())],
    ['a closed connection', () => world.issuer.answer(list, (response) => void response.destroy())],
  ])('nc-096 a status host that answers with %s leaves the request open and undetermined', async (_name, break_) => {
    const { id, send } = await prepared();
    break_();
    const before = await traces(world);
    const reply = await send();
    expect(reply).toMatchObject({ status: 503, json: { error: 'temporarily_unavailable' } });
    expect(reply.headers.get('retry-after')).toBe('5');
    expect(await auditSince(world, before)).toEqual(['present.undetermined status_unavailable']);
    expect((await traces(world)).counts).toEqual(before.counts);
    const view = await read(world, id);
    expect(view).toMatchObject({ status: 'undetermined', verdict: 'undetermined', reason: 'status_unavailable' });
    expect(view.result).toBeUndefined();
    // The nonce stays open: the same answer, once the host is back.
    world.issuer.answer(list, undefined);
    expect((await send()).status).toBe(200);
    expect(await read(world, id)).toMatchObject({ status: 'match' });
  });

  it('nc-096 a status host that nobody answers for, or that takes too long, is no yes either', async () => {
    const uri = 'https://status.invalid/list';
    const { send } = await prepared({ status: { status_list: { uri, idx: 1 } } });
    expect((await send()).status).toBe(503);
    const slow = await prepared();
    world.issuer.answer(list, () => undefined);
    const started = performance.now();
    const reply: Answer = await slow.send();
    expect(reply.status).toBe(503);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('nc-097 a list that is not the issuer’s, not that list, or not of now is refused', async () => {
    const now = world.clock.now();
    const bad = async (payload: JsonObject, reason: Code = 'status_invalid') => {
      answers(await world.issuer.statusToken({ payload }));
      await refuses(reason);
    };
    answers(await world.issuer.statusToken({ signer: generateNodeSigner('ES256') }));
    await refuses('status_invalid');
    const token = await world.issuer.statusToken();
    answers(token.slice(0, token.lastIndexOf('.') + 1));
    await refuses('status_invalid');
    await bad({ uri: `${world.issuer.url}/status-lists/2` });
    await bad({ exp: now - 61 });
    await bad({ iat: now + 3_600, exp: now + 7_200 });
    answers(await world.issuer.sdJwt(holder));
    await refuses('status_invalid');
    // A list its own issuer calls too old could not be learnt from: open, not refused.
    answers(await world.issuer.statusToken({ payload: { iat: now - 700, exp: now + 3_600 } }));
    const { send } = await prepared();
    expect((await send()).status).toBe(503);
    world.issuer.answer(list, undefined);
    await accepts();
  });

  it('nc-098 a list that is a bomb, or packed otherwise, is refused, and the process lives', async () => {
    const pack = async (lst: Uint8Array) =>
      answers(await world.issuer.statusToken({ payload: { lst: encodeBase64url(lst) } }));
    await pack(deflateSync(new Uint8Array(200_000_000)));
    const started = performance.now();
    await refuses('list_limit');
    expect(performance.now() - started).toBeLessThan(3_000);
    await pack(gzipSync(new Uint8Array(16)));
    await refuses('list_limit');
    await pack(deflateRawSync(new Uint8Array(16)));
    await refuses('list_limit');
    await pack(Buffer.concat([deflateSync(new Uint8Array(16)), Buffer.from('more')]));
    await refuses('list_limit');
    await pack(deflateSync(new Uint8Array(16)));
    await accepts();
  });
});
