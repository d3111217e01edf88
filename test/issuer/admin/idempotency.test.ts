import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createToken } from '../../../issuer/admin/index.ts';
import { systemClock } from '../../../shared/clock.ts';
import { eachDatabase } from '../../support/databases.ts';
import { startTestIssuer } from '../../support/issuer.ts';
import { adminClient, askWith } from './admin-client.ts';

eachDatabase('an Idempotency-Key over two processes', (engine) => {
  it('forty requests at once are one offer, one answer, one audit entry', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hufu-once-'));
    const databaseUrl = await engine.freshUrl();
    const one = await startTestIssuer({ databaseUrl, dataDir: join(folder, 'issuer') });
    const two = await startTestIssuer({ databaseUrl, dataDir: join(folder, 'issuer'), baseUrl: one.url, empty: true });
    const { token } = await createToken(
      { name: 'both', roles: ['issuer-operator'], days: 1 },
      { db: one.db, clock: systemClock },
    );
    const request = { number: '33019919960310412X', configuration_ids: ['resident-id-sd-jwt'] };
    const headers = { 'idempotency-key': 'two-processes' };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        askWith(at % 2 === 0 ? one : two, token)('POST', '/admin/offers', request, headers),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(await one.db.kysely.selectFrom('offer').select('id').execute()).toHaveLength(1);
    expect((await one.audit()).filter((entry) => entry.action === 'offer.create')).toHaveLength(1);
    await two.close();
    await one.close();
    await rm(folder, { recursive: true });
  });

  it('revoke from both sides at once: done once, refused otherwise', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hufu-once-'));
    const databaseUrl = await engine.freshUrl();
    const one = await startTestIssuer({ databaseUrl, dataDir: join(folder, 'issuer') });
    const two = await startTestIssuer({ databaseUrl, dataDir: join(folder, 'issuer'), baseUrl: one.url, empty: true });
    const { createTestClient } = await import('../../support/issuance-client.ts');
    const { offer, offerId } = await one.offer('batu');
    await createTestClient({ issuer: one.url }).receive(offer, { copies: 5 });
    const [issuance] = await one.issuer.issuances.findOf({ offerId });
    const asks = [await adminClient(one, 'lifecycle-operator'), await adminClient(two, 'lifecycle-operator')];
    const path = `/admin/issuances/${issuance?.issuanceId}/revoke`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => asks[at % 2]?.('POST', path, { reason: 'fraud' })),
    );
    expect(answers.filter((answer) => answer?.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer?.json.code === 'credential_revoked')).toHaveLength(19);
    expect(
      (await one.audit(issuance?.issuanceId)).filter((entry) => entry.action === 'credential.revoke'),
    ).toHaveLength(1);
    await two.close();
    await one.close();
    await rm(folder, { recursive: true });
  });
});
