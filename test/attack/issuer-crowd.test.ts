/** A thousand wallets and one offer, on both engines, one process and two. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';
import { type Answer, createTestClient, type Received, type TestClient } from '../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { countRows } from '../support/issuer-refusals.ts';
import { type ServiceProcess, startProcess } from '../support/processes.ts';

const crowd = 1000;
const atOnce = 200;

eachDatabase('a crowd', (engine) => {
  let world: TestIssuer;
  let second: ServiceProcess;
  beforeAll(async () => {
    const databaseUrl = await engine.freshUrl();
    world = await startTestIssuer({ databaseUrl });
    second = await startProcess('issuer/main.ts', {
      BASE_URL: world.url,
      MODE: 'demo',
      DATA_DIR: world.dataDir,
      DATABASE_URL: databaseUrl,
    });
    const { offer } = await world.offer('lin-yizhou');
    await createTestClient({ issuer: world.url }).receive(offer);
  });
  afterAll(async () => {
    await second?.stop();
    await world?.close();
  });

  describe.each([
    ['one process', () => [world.origin]],
    ['two processes', () => [world.origin, second.origin]],
  ])('and one offer, %s', (_, origins) => {
    it('nc-043 exactly one redemption of a thousand is served, and it leads to one credential', {
      timeout: 180_000,
    }, async () => {
      const { offer, offerId } = await world.offer('lin-yizhou');
      const places = origins();
      const clients = Array.from({ length: crowd }, (_unused, n) =>
        createTestClient({ issuer: world.url, origin: places[n % places.length] ?? world.origin }),
      );
      const [lead] = clients;
      await lead?.cNonce();
      for (const client of clients) client.nonce = lead?.nonce;

      const before = await countRows(world);
      const winners: { client: TestClient; token: string }[] = [];
      const refusals = new Map<string, number>();
      // The crowd is there at once; the sockets of one machine come in waves.
      const waiting = [...clients];
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (let client = waiting.pop(); client !== undefined; client = waiting.pop()) {
            const answer = await decided(() => client.token(offer));
            const key = `${answer.status} ${answer.json.error}`;
            if (answer.status === 200) winners.push({ client, token: String(answer.json.access_token) });
            else refusals.set(key, (refusals.get(key) ?? 0) + 1);
          }
        }),
      );
      expect(winners).toHaveLength(1);
      expect(Object.fromEntries(refusals)).toEqual({ '400 invalid_grant': crowd - 1 });

      const [winner] = winners;
      if (winner === undefined) throw new TypeError('nobody won');
      const proofs = { jwt: await winner.client.proofs(1, { nonce: await winner.client.cNonce() }) };
      const issued = await winner.client.credential(winner.token, {
        credential_configuration_id: 'resident-id-sd-jwt',
        proofs,
      });
      expect(issued.status).toBe(200);
      const after = await countRows(world);
      const more = (table: keyof typeof after) => after[table] - before[table];
      expect({
        tokens: more('oauth_record'),
        sets: more('issuance'),
        copies: more('issued_copy'),
        indices: more('status_entry'),
      }).toEqual({
        tokens: 1,
        sets: 1,
        copies: 1,
        indices: 1,
      });
      const actions = (await world.audit(offerId)).map((entry) => entry.action);
      expect(actions.filter((action) => action === 'offer.consumed')).toHaveLength(1);
      expect(actions.filter((action) => action === 'offer.replay')).toHaveLength(crowd - 1);
    });
  });

  it('a hundred wallets with an offer each get a hundred sets, no status index twice', {
    timeout: 120_000,
  }, async () => {
    const holders = 100;
    const offers = await Promise.all(Array.from({ length: holders }, () => world.offer('chen-siyuan')));
    const places = [world.origin, second.origin];
    const waiting = offers.map(({ offer }, n) => ({ offer, origin: places[n % 2] ?? world.origin }));
    const received: Received[] = [];
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          received.push(
            await createTestClient({ issuer: world.url, origin: next.origin }).receive(next.offer, { copies: 3 }),
          );
        }
      }),
    );
    expect(received).toHaveLength(holders);
    const refs = await world.db.kysely.selectFrom('issued_copy').select(['status_uri', 'status_idx']).execute();
    expect(new Set(refs.map((ref) => `${ref.status_uri} ${ref.status_idx}`)).size).toBe(refs.length);
  });

  it('of fifty credential requests of one wallet at once, one set stays live and the others are revoked', {
    timeout: 60_000,
  }, async () => {
    const { offer, offerId } = await world.offer('lin-yizhou');
    const client = createTestClient({ issuer: world.url });
    const token = String((await client.token(offer)).json.access_token);
    const requests = await Promise.all(
      Array.from({ length: 50 }, async () => ({
        credential_configuration_id: 'resident-id-sd-jwt',
        proofs: { jwt: await client.proofs(1, { nonce: await client.cNonce() }) },
      })),
    );
    const answers = await Promise.all(requests.map((request) => client.credential(token, request)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const sets = await world.issuer.issuances.findOf({ offerId });
    expect(sets).toHaveLength(50);
    expect(sets.filter((set) => set.endedAt === undefined)).toHaveLength(1);
    for (const set of sets) {
      const refs = await world.issuer.issuances.findStatusRefs(world.db.kysely, set.issuanceId);
      const statuses = await world.issuer.lifecycle.readStatuses(world.db.kysely, refs);
      expect(statuses).toEqual([set.endedAt === undefined ? 'valid' : 'revoked']);
    }
  });
});

/** A service that is asked for more than it can do says so (503), which decides nothing: one asks again, as wallets do. */
async function decided(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== 503 || tries === 5) return answer;
  }
}
