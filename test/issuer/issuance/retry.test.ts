/** What a crash between commit and answer, a lost answer or an impatient wallet leads to (docs/decisions/asking-again.md). */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { eachDatabase } from '../../support/databases.ts';
import { createTestClient, type TestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';

const id = 'resident-id-sd-jwt';

eachDatabase('asking again', (engine) => {
  const clock = fixedClock(1_795_320_000);
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startTestIssuer({ clock, databaseUrl: await engine.freshUrl() });
  });
  afterAll(() => world?.close());
  beforeEach(() => clock.advance(700));

  const newClient = () => createTestClient({ issuer: world.url, now: () => clock.now() });
  const tokenOf = async (client: TestClient, offer: Parameters<TestClient['token']>[0]) =>
    String((await client.token(offer)).json.access_token);
  const ask = async (client: TestClient, token: string, copies = 1, configurationId = id) => {
    const binding = configurationId.endsWith('vc-jwt') ? 'did:jwk' : 'jwk';
    const jwt = await client.proofs(copies, { nonce: await client.cNonce(), binding });
    return client.credential(token, { credential_configuration_id: configurationId, proofs: { jwt } });
  };
  const setsOf = async (offerId: string) => {
    const sets = [...(await world.issuer.issuances.findOf({ offerId }))];
    return Promise.all(
      sets.map(async (set) => {
        const refs = await world.issuer.issuances.findStatusRefs(world.db.kysely, set.issuanceId);
        const statuses = await world.issuer.lifecycle.readStatuses(world.db.kysely, refs);
        return { end: set.endReason, statuses };
      }),
    );
  };

  it('gives a new set and revokes the one that was never acknowledged, at once', async () => {
    const { offer, offerId } = await world.offer('lin-yizhou');
    const client = newClient();
    const token = await tokenOf(client, offer);
    expect((await ask(client, token, 2)).status).toBe(200);
    clock.advance(1);
    expect((await ask(client, token, 3)).status).toBe(200);
    expect(await setsOf(offerId)).toEqual([
      { end: undefined, statuses: ['valid', 'valid', 'valid'] },
      { end: 'superseded', statuses: ['revoked', 'revoked'] },
    ]);
    expect((await world.audit()).map((entry) => entry.action).slice(-2)).toEqual([
      'issuance.supersede',
      'issuance.intend',
    ]);
  });

  it('after acceptance gives nothing more, and the accepted set stays', async () => {
    const { offer, offerId } = await world.offer('lin-yizhou', { configurationIds: [id, 'resident-id-vc-jwt'] });
    const client = newClient();
    const token = await tokenOf(client, offer);
    const first = await ask(client, token);
    expect((await client.notify(token, String(first.json.notification_id))).status).toBe(204);
    const again = await ask(client, token);
    expect([again.status, again.json.error]).toEqual([400, 'credential_request_denied']);
    // The other half of the offer is still to be had; then the offer is complete.
    const other = await ask(client, token, 1, 'resident-id-vc-jwt');
    expect(other.status).toBe(200);
    expect((await client.notify(token, String(other.json.notification_id))).status).toBe(204);
    expect((await world.issuer.offers.findOffer(offerId))?.state).toBe('completed');
    expect((await ask(client, token)).json.error).toBe('invalid_token');
    expect((await setsOf(offerId)).map(({ statuses }) => statuses)).toEqual([['valid'], ['valid']]);
  });

  it.each(['credential_failure', 'credential_deleted'] as const)(
    '%s revokes the set for good, and nothing follows it',
    async (event) => {
      const { offer, offerId } = await world.offer('lin-yizhou');
      const client = newClient();
      const token = await tokenOf(client, offer);
      const answer = await ask(client, token, 2);
      const notificationId = String(answer.json.notification_id);
      expect((await client.notify(token, notificationId, event)).status).toBe(204);
      expect((await client.notify(token, notificationId, event)).status).toBe(204);
      expect((await client.notify(token, notificationId, 'credential_accepted')).status).toBe(204);
      expect(await setsOf(offerId)).toEqual([{ end: event, statuses: ['revoked', 'revoked'] }]);
      expect((await ask(client, token)).status).toBe(401);
    },
  );

  it('one half of an offer that was given back is not given again, the other half is', async () => {
    const { offer, offerId } = await world.offer('lin-yizhou', { configurationIds: [id, 'resident-id-vc-jwt'] });
    const client = newClient();
    const token = await tokenOf(client, offer);
    const first = await ask(client, token);
    expect((await client.notify(token, String(first.json.notification_id), 'credential_deleted')).status).toBe(204);
    expect((await ask(client, token)).json.error).toBe('credential_request_denied');
    expect((await ask(client, token, 1, 'resident-id-vc-jwt')).status).toBe(200);
    expect((await setsOf(offerId)).map(({ statuses }) => statuses.join()).sort()).toEqual(['revoked', 'valid']);
  });

  it('deleting what was accepted revokes it', async () => {
    const { offer, offerId } = await world.offer('lin-yizhou');
    const client = newClient();
    const received = await client.receive(offer);
    expect((await client.notify(received.accessToken, received.notificationId)).status).toBe(204);
    expect((await client.notify(received.accessToken, received.notificationId, 'credential_deleted')).status).toBe(204);
    expect(await setsOf(offerId)).toEqual([{ end: 'credential_deleted', statuses: ['revoked'] }]);
  });

  it('is possible for ten minutes after the first redemption, with a fresh token', async () => {
    const { offer, offerId } = await world.offer('lin-yizhou');
    const client = newClient();
    await ask(client, await tokenOf(client, offer));
    clock.advance(599);
    await client.cNonce();
    const token = await tokenOf(client, offer);
    expect((await ask(client, token)).status).toBe(200);
    clock.advance(1);
    expect((await ask(client, token)).json.error).toBe('invalid_token');
    expect((await setsOf(offerId)).map(({ end }) => end)).toEqual([undefined, 'superseded']);
  });

  it.each(['suspend', 'revoke'] as const)('is over once an official acted on the set (%s)', async (act) => {
    const { offer, offerId } = await world.offer('lin-yizhou');
    const client = newClient();
    const token = await tokenOf(client, offer);
    expect((await ask(client, token)).status).toBe(200);
    const [set] = await world.issuer.issuances.findOf({ offerId });
    await world.db.transaction(async (trx) => {
      const issuanceId = set?.issuanceId ?? '';
      await world.issuer.issuances.recordOfficialAct(trx, issuanceId, act, clock.now());
      await world.issuer.lifecycle.changeStatuses(
        trx,
        await world.issuer.issuances.findStatusRefs(trx, issuanceId),
        act,
      );
    });
    expect((await ask(client, token)).json.error).toBe('invalid_token');
    expect((await client.token(offer)).json.error).toBe('invalid_grant');
    expect((await setsOf(offerId))[0]?.statuses).toEqual([act === 'revoke' ? 'revoked' : 'suspended']);
  });

  it('a person who is no longer in the register, or whose card has expired, gets nothing', async () => {
    const client = newClient();
    const gone = await world.offer('lin-yizhou');
    await world.db.kysely.updateTable('offer').set({ person_ref: 'nobody' }).where('id', '=', gone.offerId).execute();
    const denied = await ask(client, await tokenOf(client, gone.offer));
    expect([denied.status, denied.json.error]).toEqual([400, 'credential_request_denied']);

    const licence = await world.offer('wei-xiaoman', { configurationIds: ['driving-licence-sd-jwt'] });
    const refused = await ask(client, await tokenOf(client, licence.offer), 1, 'driving-licence-sd-jwt');
    expect([refused.status, refused.json.error]).toEqual([400, 'credential_request_denied']);
    expect((await setsOf(licence.offerId)).length + (await setsOf(gone.offerId)).length).toBe(0);
  });

  // The trigger that breaks a statement is written in SQLite's words.
  if (engine.name === 'sqlite') {
    it('an intent that fails rolls back whole: nonce, index and set are there for the next try', async () => {
      const { offer, offerId } = await world.offer('lin-yizhou');
      const client = newClient();
      const token = await tokenOf(client, offer);
      const jwt = await client.proofs(1, { nonce: await client.cNonce() });
      const request = { credential_configuration_id: id, proofs: { jwt } };
      await sql`create trigger broken before insert on issued_copy begin select raise(abort, 'broken'); end`.execute(
        world.db.kysely,
      );
      const failed = await client.credential(token, request);
      expect(failed.status).toBe(500);
      await sql`drop trigger broken`.execute(world.db.kysely);
      expect(await setsOf(offerId)).toEqual([]);
      expect((await client.credential(token, request)).status).toBe(200);
    });
  }
});
