/** The token endpoint under attack: codes, transaction codes, DPoP. Each refusal beside its smallest honest change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import { generateNodeSigner } from '../../shared/server/node-crypto.ts';
import { bare, createTestClient, type TestClient } from '../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { expectRefused } from '../support/issuer-refusals.ts';

/** 2026-11-22 12:00:00 in Shanghai. */
const noon = 1_795_320_000;

describe('the token endpoint', () => {
  const clock = fixedClock(noon);
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startTestIssuer({ clock });
  });
  afterAll(() => world.close());
  beforeEach(() => clock.advance(700));

  const newClient = async (): Promise<TestClient> => {
    const client = createTestClient({ issuer: world.url, now: () => clock.now() });
    await client.cNonce();
    return client;
  };
  const dead = { status: 400, error: 'invalid_grant' } as const;

  it('nc-044 a second redemption with another key is refused, the same key may repeat', async () => {
    const { offer, offerId } = await world.offer('lin-yizhou');
    const [first, second] = [await newClient(), await newClient()];
    expect((await first.token(offer)).status).toBe(200);
    clock.advance(1);
    await expectRefused(world, () => second.token(offer), {
      ...dead,
      rows: { used_once: 1 },
      audit: ['offer.replay grant_invalid'],
    });
    const again = await first.token(offer);
    expect(again.status).toBe(200);
    expect((await world.audit(offerId)).map((entry) => entry.action)).toEqual([
      'offer.create',
      'offer.consumed',
      'offer.replay',
      'offer.repeated',
    ]);
  });

  it('nc-044 after ten minutes no key redeems, one second before the same key still does', async () => {
    const { offer } = await world.offer('lin-yizhou', { lifetimeSeconds: 7200 });
    const [first, second] = [await newClient(), await newClient()];
    expect((await first.token(offer)).status).toBe(200);
    clock.advance(599);
    expect((await first.token(offer)).status).toBe(200);
    clock.advance(1);
    await first.cNonce();
    await second.cNonce();
    const replay = { ...dead, rows: { used_once: 1 }, audit: ['offer.replay grant_invalid'] };
    await expectRefused(world, () => first.token(offer), replay);
    clock.advance(3000);
    await first.cNonce();
    await second.cNonce();
    await expectRefused(world, () => first.token(offer), replay);
    await expectRefused(world, () => second.token(offer), replay);
  });

  it('nc-044 after cancellation and after expiry nobody redeems', async () => {
    const client = await newClient();
    const cancelled = await world.offer('lin-yizhou');
    await world.db.transaction((trx) =>
      world.issuer.offers.cancelOffer(trx, cancelled.offerId, { id: 'test', role: 'issuer-operator' }),
    );
    const refusal = { ...dead, rows: { used_once: 1 }, audit: ['offer.dead grant_invalid'] };
    await expectRefused(world, () => client.token(cancelled.offer), refusal);

    const short = await world.offer('lin-yizhou', { lifetimeSeconds: 60 });
    const twin = await world.offer('lin-yizhou', { lifetimeSeconds: 61 });
    clock.advance(60);
    await expectRefused(world, () => client.token(short.offer), refusal);
    expect((await client.token(twin.offer)).status).toBe(200);
  });

  it('nc-044 once everything was accepted, not even the same key repeats', async () => {
    const { offer } = await world.offer('lin-yizhou');
    const client = await newClient();
    const received = await client.receive(offer);
    expect((await client.notify(received.accessToken, received.notificationId)).status).toBe(204);
    await expectRefused(world, () => client.token(offer), {
      ...dead,
      rows: { used_once: 1 },
      audit: ['offer.replay grant_invalid'],
    });
  });

  it('nc-046 five wrong transaction codes end the code; four do not, and burn nothing', async () => {
    const wrong = { ...dead, rows: { used_once: 1 }, audit: ['offer.tx_code tx_code_wrong'] };
    const { offer, txCode = '' } = await world.offer('lin-yizhou', { txCode: true });
    const other = txCode === '000000' ? '000001' : '000000';
    const client = await newClient();
    for (let n = 0; n < 5; n += 1) await expectRefused(world, () => client.token(offer, { txCode: other }), wrong);
    await expectRefused(world, () => client.token(offer, { txCode }), {
      ...dead,
      rows: { used_once: 1 },
      audit: ['offer.dead grant_invalid'],
    });

    const twin = await world.offer('lin-yizhou', { txCode: true });
    const wrongTwin = twin.txCode === '000000' ? '000001' : '000000';
    for (let n = 0; n < 4; n += 1)
      await expectRefused(world, () => client.token(twin.offer, { txCode: wrongTwin }), wrong);
    expect((await client.token(twin.offer, { txCode: twin.txCode ?? '' })).status).toBe(200);
  });

  it('nc-046 of a hundred guesses at once exactly five are compared', async () => {
    const { offer, offerId, txCode = '' } = await world.offer('chen-siyuan', { txCode: true });
    const client = await newClient();
    const guesses = Array.from({ length: 100 }, (_, n) => String(n).padStart(6, '0')).filter(
      (guess) => guess !== txCode,
    );
    const answers = await Promise.all(guesses.map((guess) => client.token(offer, { txCode: guess })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([400]));
    const reasons = (await world.audit(offerId)).map((entry) => entry.reason);
    expect(reasons.filter((reason) => reason === 'tx_code_wrong')).toHaveLength(5);
  });

  it('nc-046 a transaction code that is missing, or not asked for, is an invalid request and burns nothing', async () => {
    const client = await newClient();
    const asked = await world.offer('lin-yizhou', { txCode: true });
    const invalid = { status: 400, error: 'invalid_request', rows: { used_once: 1 } } as const;
    await expectRefused(world, () => client.token(asked.offer), {
      ...invalid,
      audit: ['offer.tx_code tx_code_missing'],
    });
    expect((await client.token(asked.offer, { txCode: asked.txCode ?? '' })).status).toBe(200);

    const plain = await world.offer('lin-yizhou');
    await expectRefused(world, () => client.token(plain.offer, { txCode: '123456' }), {
      ...invalid,
      audit: ['offer.tx_code tx_code_unexpected'],
    });
    expect((await client.token(plain.offer)).status).toBe(200);
  });

  it('nc-113 an address that guesses too often has to wait; it is not counted for codes that are only used up', async () => {
    const fresh = await startTestIssuer({ clock });
    try {
      const client = createTestClient({ issuer: fresh.url, now: () => clock.now() });
      await client.cNonce();
      const { offer } = await fresh.offer('lin-yizhou');
      expect((await client.token(offer)).status).toBe(200);
      const thief = createTestClient({ issuer: fresh.url, now: () => clock.now() });
      for (let n = 0; n < 60; n += 1) expect((await thief.token(offer)).status).toBe(400);
      for (let n = 0; n < 50; n += 1) {
        const guess = await client.token(offer, { form: { 'pre-authorized_code': `guess-${n}` } });
        expect(guess.json.error).toBe('invalid_grant');
      }
      const blocked = await client.token(offer, { form: { 'pre-authorized_code': 'guess-51' } });
      expect(blocked.status).toBe(429);
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await fresh.close();
    }
  });

  describe('nc-052 DPoP', () => {
    const invalid = { status: 400, error: 'invalid_dpop_proof' } as const;
    const refusal = { ...invalid, audit: ['request.refuse dpop_invalid'] };

    it('missing, of another method, address, kind, or key: refused, and the code is not burned', async () => {
      const { offer } = await world.offer('lin-yizhou');
      const client = await newClient();
      const other = generateNodeSigner('ES256');
      for (const spoiled of [
        { proof: null },
        { proof: 'a.b.c' },
        { payload: { htm: 'GET' } },
        { payload: { htu: `${world.url}/credential` } },
        { payload: { htu: 'https://other.example/token' } },
        { payload: { htu: undefined } },
        { payload: { jti: undefined } },
        { payload: { jti: '' } },
        { payload: { iat: clock.now() - 400 } },
        { payload: { iat: clock.now() + 120 } },
        { payload: { iat: undefined } },
        { header: { typ: 'JWT' } },
        { header: { jwk: undefined } },
        { header: { jwk: bare(other.publicJwk) } },
        { header: { jwk: { ...bare(client.dpopSigner.publicJwk), d: 'AAAA' } } },
        { header: { kid: 'x' } },
      ]) {
        await expectRefused(world, () => client.token(offer, spoiled), refusal);
      }
      expect((await client.token(offer)).status).toBe(200);
    });

    it('with iat ten seconds before or after, and an address with query, is taken', async () => {
      const client = await newClient();
      for (const payload of [{ iat: clock.now() - 10 }, { iat: clock.now() + 10 }, { htu: `${world.url}/token?a=b` }]) {
        const { offer } = await world.offer('lin-yizhou');
        expect((await client.token(offer, { payload })).status).toBe(200);
      }
    });

    it('a proof that was used is refused, also with its second valid signature (nc-013)', async () => {
      const { offer } = await world.offer('lin-yizhou');
      const client = await newClient();
      const proof = await client.dpop('POST', `${world.url}/token`);
      expect((await client.token(offer, { proof })).status).toBe(200);
      const replay = { ...invalid, audit: ['request.refuse replay'] };
      await expectRefused(world, () => client.token(offer, { proof }), replay);
      await expectRefused(world, () => client.token(offer, { proof: twin(proof) }), replay);
      expect((await client.token(offer)).status).toBe(200);
    });

    it('a jti is one key’s own: another wallet may happen to choose the same', async () => {
      const payload = { jti: 'chosen-by-both' };
      const [one, other] = [await world.offer('lin-yizhou'), await world.offer('lin-yizhou')];
      expect((await (await newClient()).token(one.offer, { payload })).status).toBe(200);
      expect((await (await newClient()).token(other.offer, { payload })).status).toBe(200);
    });

    it('without a nonce, with one of another, or with one that ended: told to use the nonce of the answer', async () => {
      const { offer } = await world.offer('lin-yizhou');
      const client = await newClient();
      const old = client.nonce;
      const tell = { status: 400, error: 'use_dpop_nonce', audit: [] } as const;
      const cNonce = await client.cNonce();
      for (const nonce of [undefined, 'x', cNonce]) {
        const answer = await expectRefused(world, () => client.token(offer, { raw: true, payload: { nonce } }), tell);
        expect(answer.headers.get('dpop-nonce')).toMatch(/^[A-Za-z0-9_-]{43}$/);
      }
      clock.advance(301);
      await expectRefused(world, () => client.token(offer, { raw: true, payload: { nonce: old ?? '' } }), tell);
      expect((await client.token(offer, { raw: true })).status).toBe(200);
    });
  });

  it('what is no token request is refused as such', async () => {
    const client = await newClient();
    const { offer } = await world.offer('lin-yizhou');
    const refuse = (form: Record<string, string>, error: string, reason: string, status = 400) =>
      expectRefused(world, () => client.token(offer, { form }), { status, error, audit: [`request.refuse ${reason}`] });
    await refuse({ grant_type: 'password' }, 'unsupported_grant_type', 'grant_type');
    for (const grant of ['authorization_code', 'refresh_token', 'client_credentials', 'urn:other']) {
      await refuse({ grant_type: grant }, 'unsupported_grant_type', 'grant_type');
    }
    await refuse({ grant_type: '' }, 'invalid_request', 'shape');
    await refuse({ client_id: 'somebody' }, 'invalid_client', 'client_unknown', 401);
    // Metadata says `none`: another way to authenticate is refused (RFC 6749 5.2), not overlooked.
    await refuse({ client_secret: 'x' }, 'invalid_client', 'client_unknown', 401);
    await refuse({ client_assertion: 'a.b.c' }, 'invalid_client', 'client_unknown', 401);
    await refuse({ client_assertion_type: 'urn:x' }, 'invalid_client', 'client_unknown', 401);
    for (const authorization of ['Basic eDp5', 'Bearer x']) {
      await expectRefused(world, () => client.token(offer, { headers: { authorization } }), {
        status: 401,
        error: 'invalid_client',
        audit: ['request.refuse client_unknown'],
      });
    }
    await refuse({ authorization_details: '{' }, 'invalid_request', 'json_syntax');
    await refuse(
      { authorization_details: '[{"type":"other","credential_configuration_id":"x"}]' },
      'invalid_request',
      'shape',
    );
    expect((await client.token(offer, { form: { unknown_parameter: 'ignored' } })).status).toBe(200);
  });

  it('nc-054 authorization_details beyond the offer are refused and burn nothing; within it they are answered', async () => {
    const client = await newClient();
    const { offer } = await world.offer('lin-yizhou');
    const details = (id: string) => ({
      authorization_details: JSON.stringify([{ type: 'openid_credential', credential_configuration_id: id }]),
    });
    const refusal = {
      status: 400,
      error: 'invalid_authorization_details',
      audit: ['request.refuse unknown_configuration'],
    };
    await expectRefused(world, () => client.token(offer, { form: details('driving-licence-sd-jwt') }), refusal);
    await expectRefused(world, () => client.token(offer, { form: details('unheard-of') }), refusal);
    const answer = await client.token(offer, { form: details('resident-id-sd-jwt') });
    expect(answer.json.authorization_details).toEqual([
      {
        type: 'openid_credential',
        credential_configuration_id: 'resident-id-sd-jwt',
        credential_identifiers: [expect.any(String)],
      },
    ]);
  });
});

/** The other valid spelling of an ES256 signature: s becomes n - s. */
function twin(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(at), 'base64url');
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const flipped = Buffer.from((n - s).toString(16).padStart(64, '0'), 'hex');
  return token.slice(0, at) + Buffer.concat([signature.subarray(0, 32), flipped]).toString('base64url');
}
