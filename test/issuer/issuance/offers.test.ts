import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { parseOfferLink, preAuthorizedGrantType } from '../../../shared/oid4vci/index.ts';
import { createTestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';

const actor = { id: 'op-1', role: 'issuer-operator', requestId: 'r-1' };

describe('offers', () => {
  const clock = fixedClock(1_795_320_000);
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startTestIssuer({ clock });
  });
  afterAll(() => world.close());

  const stateOf = async (offerId: string) => (await world.issuer.offers.findOffer(offerId))?.state;
  const cancel = (offerId: string) =>
    world.db.transaction((trx) => world.issuer.offers.cancelOffer(trx, offerId, actor));

  it('carry code and shape of the transaction code; the link leads to the same', async () => {
    const made = await world.offer('lin-yizhou', {
      txCode: true,
      configurationIds: ['resident-id-sd-jwt', 'resident-id-vc-jwt'],
      actor,
    });
    expect(made.offer).toEqual({
      credential_issuer: world.url,
      credential_configuration_ids: ['resident-id-sd-jwt', 'resident-id-vc-jwt'],
      grants: {
        [preAuthorizedGrantType]: {
          'pre-authorized_code': expect.stringMatching(/^[\w-]{43}$/),
          tx_code: { input_mode: 'numeric', length: 6 },
        },
      },
    });
    expect(made.txCode).toMatch(/^\d{6}$/);
    expect(parseOfferLink(made.link)).toEqual({ kind: 'value', offer: made.offer });
    expect(await world.audit(made.offerId)).toEqual([
      expect.objectContaining({
        action: 'offer.create',
        actor: 'op-1',
        role: 'issuer-operator',
        outcome: 'done',
        requestId: 'r-1',
      }),
    ]);
    const row = await world.db.kysely
      .selectFrom('offer')
      .selectAll()
      .where('id', '=', made.offerId)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(`"${made.txCode}"`);
  });

  it.each([
    ['unknown_configuration', { configurationIds: ['unheard-of'] }],
    ['shape', { configurationIds: [] }],
    ['shape', { configurationIds: ['resident-id-sd-jwt', 'resident-id-sd-jwt'] }],
    ['shape', { lifetimeSeconds: 0 }],
    ['shape', { lifetimeSeconds: 1.5 }],
    ['shape', { lifetimeSeconds: 31 * 86_400 }],
  ])('that cannot be are refused: %s %o', async (code, request) => {
    await expect(world.offer('lin-yizhou', request)).rejects.toMatchObject({ code });
    await expect(world.offer('lin-yizhou', { lifetimeSeconds: 30 * 86_400 })).resolves.toBeDefined();
  });

  it('go through their states', async () => {
    const { offerId, offer } = await world.offer('lin-yizhou', { lifetimeSeconds: 100 });
    expect(await stateOf(offerId)).toBe('open');
    const late = await world.offer('lin-yizhou', { lifetimeSeconds: 10, byReference: true });
    expect((await fetch(late.reference ?? '')).status).toBe(200);
    clock.advance(10);
    expect(await stateOf(late.offerId)).toBe('expired');
    expect((await fetch(late.reference ?? '')).status).toBe(404);
    const client = createTestClient({ issuer: world.url, now: () => clock.now() });
    const received = await client.receive(offer);
    expect(await stateOf(offerId)).toBe('redeemed');
    expect((await client.notify(received.accessToken, received.notificationId)).status).toBe(204);
    expect(await stateOf(offerId)).toBe('completed');
    expect(await stateOf('unheard-of')).toBeUndefined();
    const silent = await world.offer('lin-yizhou');
    await client.receive(silent.offer);
    clock.advance(600);
    expect(await stateOf(silent.offerId)).toBe('completed');
  });

  it('are blocked by five wrong transaction codes', async () => {
    const {
      offerId,
      offer,
      txCode,
      reference = '',
    } = await world.offer('lin-yizhou', { txCode: true, byReference: true });
    const client = createTestClient({ issuer: world.url, now: () => clock.now() });
    for (let n = 0; n < 5; n += 1) await client.token(offer, { txCode: txCode === '111111' ? '222222' : '111111' });
    expect(await stateOf(offerId)).toBe('blocked');
    expect((await fetch(reference)).status).toBe(404);
  });

  it('are cancelled once, while nothing was issued from them', async () => {
    const { offerId, reference = '' } = await world.offer('lin-yizhou', { byReference: true });
    await cancel(offerId);
    expect(await stateOf(offerId)).toBe('cancelled');
    expect((await fetch(reference)).status).toBe(404);
    await expect(cancel(offerId)).rejects.toMatchObject({ code: 'offer_ended' });
    await expect(cancel('unheard-of')).rejects.toMatchObject({ code: 'offer_unknown' });
    const issued = await world.offer('lin-yizhou');
    await createTestClient({ issuer: world.url, now: () => clock.now() }).receive(issued.offer);
    await expect(cancel(issued.offerId)).rejects.toMatchObject({ code: 'offer_ended' });
    expect((await world.audit(offerId)).map(({ action }) => action)).toEqual(['offer.create', 'offer.cancel']);
  });

  it('of a person are found, newest first, without any secret', async () => {
    const first = await world.offer('zhou-guilan');
    clock.advance(1);
    const second = await world.offer('zhou-guilan', { txCode: true });
    const found = await world.issuer.offers.findOffersOf(world.personId('zhou-guilan'));
    expect(found.map(({ offerId }) => offerId)).toEqual([second.offerId, first.offerId]);
    expect(JSON.stringify(found)).not.toMatch(/hash|mac|[\w-]{43}/);
  });

  it('from which nothing came are forgotten thirty days after their end; the others stay', async () => {
    const client = createTestClient({ issuer: world.url, now: () => clock.now() });
    const [unused, issued] = [
      await world.offer('batu', { lifetimeSeconds: 60 }),
      await world.offer('batu', { lifetimeSeconds: 60 }),
    ];
    await client.receive(issued.offer);
    clock.advance(60 + 30 * 86_400 - 1);
    await world.issuer.sweep();
    expect(await stateOf(unused.offerId)).toBe('expired');
    clock.advance(1);
    await world.issuer.sweep();
    expect([await stateOf(unused.offerId), await stateOf(issued.offerId)]).toEqual([undefined, 'completed']);
  });

  it('nc-113 an address that guesses references has to wait', async () => {
    const fresh = await startTestIssuer({ clock });
    try {
      const guess = (n: number) => fetch(`${fresh.url}/offers/${String(n).padStart(43, 'A')}`);
      for (let n = 0; n < 50; n += 1) expect((await guess(n)).status).toBe(404);
      const blocked = await guess(51);
      expect(blocked.status).toBe(429);
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await fresh.close();
    }
  });
});
