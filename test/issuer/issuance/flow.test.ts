import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';

describe('issuance over HTTP', () => {
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startTestIssuer();
  });
  afterAll(() => world.close());

  it('ten copies', async () => {
    const { offer } = await world.offer('lin-yizhou');
    const client = createTestClient({ issuer: world.url });
    const received = await client.receive(offer, { copies: 10 });
    expect(received.credentials).toHaveLength(10);
    expect((await client.notify(received.accessToken, received.notificationId)).status).toBe(204);
  });
});
