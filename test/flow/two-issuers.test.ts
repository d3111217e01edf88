/** Two issuer processes on one database behind a balancer: every request of a wallet meets the next process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eachDatabase } from '../support/databases.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Balancer, type ServiceProcess, startBalancer, startProcess } from '../support/processes.ts';
import { configurations, trustIn, walletTrusting } from '../support/world.ts';

eachDatabase('two issuer processes on one database', (engine) => {
  let folder: string;
  let balancer: Balancer;
  let office: TestIssuer;
  let processes: readonly ServiceProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hufu-two-'));
    balancer = await startBalancer();
    const databaseUrl = await engine.freshUrl();
    const dataDir = join(folder, 'issuer');
    office = await startTestIssuer({ databaseUrl, dataDir, baseUrl: balancer.origin });
    const settings = { BASE_URL: balancer.origin, MODE: 'demo', DATA_DIR: dataDir, DATABASE_URL: databaseUrl };
    processes = await Promise.all([1, 2].map(() => startProcess('issuer/main.ts', settings)));
    balancer.use(processes.map((process) => process.origin));
  });
  afterAll(async () => {
    await balancer.close();
    expect(await Promise.all(processes.map((process) => process.stop()))).toEqual([0, 0]);
    await office.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.values(configurations))('issue %s as one', async (configurationId) => {
    const offer = await office.offer('chen-siyuan', { configurationIds: [configurationId], txCode: true });
    const wallet = await walletTrusting([trustIn(office.url, office.anchorPem)], { connect: [office.url] });
    const [card] = await wallet.receive(offer.link, offer.txCode === undefined ? {} : { txCode: offer.txCode });
    expect(card).toBeDefined();
    const [set, ...others] = await office.issuer.issuances.findOf({ offerId: offer.offerId });
    expect(others).toEqual([]);
    expect(set?.acceptedAt).toBeDefined();
  });

  it('give one offer to one of many wallets, and every wallet its own places in the lists', {
    timeout: 300_000,
  }, async () => {
    const offers = await Promise.all(Array.from({ length: 20 }, () => office.offer('wang-jianguo')));
    const results = await Promise.all(
      offers.flatMap((offer) =>
        [1, 2, 3].map(async () => {
          const wallet = await walletTrusting([trustIn(office.url, office.anchorPem)], { connect: [office.url] });
          return wallet.receive(offer.link).then(
            () => offer.offerId,
            (error: unknown) => error,
          );
        }),
      ),
    );
    const won = results.filter((result) => typeof result === 'string');
    expect(won.sort()).toEqual(offers.map((offer) => offer.offerId).sort());
    for (const lost of results) if (typeof lost !== 'string') expect(lost).toMatchObject({ code: 'grant_invalid' });
    const { kysely } = office.db;
    const places = await kysely.selectFrom('issued_copy').select(['status_uri', 'status_idx']).execute();
    expect(new Set(places.map((place) => `${place.status_uri} ${place.status_idx}`)).size).toBe(places.length);
  });
});
