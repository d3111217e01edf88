/**
 * The issuer's process is killed (SIGKILL) at ten random moments while wallets redeem 200 offers. Promised: what a
 * wallet holds is recorded and valid; never two live sets per offer; replaced sets are revoked; every wallet ends with its card.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyKind } from '../../wallet/core/cards.ts';
import { isPassing } from '../../wallet/core/issuer-client.ts';
import { keepPreview } from '../../wallet/core/keep.ts';
import { listResumable } from '../../wallet/core/pending.ts';
import { receiveOffer } from '../../wallet/core/receive.ts';
import { freePort } from '../support/free-port.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { type ServiceProcess, startProcess } from '../support/processes.ts';
import type { TestWallet } from '../support/wallet.ts';
import { trustIn, walletTrusting } from '../support/world.ts';

const offerCount = 200;
const killCount = 10;
const wallets = 4;

let folder: string;
let office: TestIssuer;
let settings: Record<string, string>;
let running: ServiceProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hufu-killed-'));
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const databaseUrl = join(folder, 'issuer.sqlite');
  const dataDir = join(folder, 'issuer');
  // The office makes offers and looks at the books; it answers no wallet.
  office = await startTestIssuer({ databaseUrl, dataDir, baseUrl });
  settings = { BASE_URL: baseUrl, MODE: 'demo', PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: databaseUrl };
  running = await startProcess('issuer/main.ts', settings);
});

afterAll(async () => {
  await running?.stop();
  await office?.close();
  await rm(folder, { recursive: true, force: true });
});

it('loses nothing, doubles nothing and strands nobody', { timeout: 300_000 }, async () => {
  const offers = [];
  for (let n = 0; n < offerCount; n++) offers.push(await office.offer('lin-yizhou', { lifetimeSeconds: 3_600 }));
  const waiting = [...offers];
  const held: { readonly offerId: string; readonly wallet: TestWallet }[] = [];
  const state = { kills: 0, retries: 0 };

  async function redeemSome(): Promise<void> {
    for (let offer = waiting.shift(); offer !== undefined; offer = waiting.shift()) {
      const wallet = await walletTrusting([trustIn(office.url, office.anchorPem)], { connect: [office.url] });
      state.retries += await receiveStubbornly(wallet, offer.link);
      held.push({ offerId: offer.offerId, wallet });
    }
  }
  async function killNowAndThen(): Promise<void> {
    for (; state.kills < killCount; state.kills++) {
      const from = held.length;
      // A random moment after some progress: somewhere inside the next few requests.
      while (held.length < from + offerCount / (killCount + 2)) await sleep(5);
      await sleep(randomInt(0, 60));
      await running.kill();
      running = await startProcess('issuer/main.ts', settings);
    }
  }
  await Promise.all([killNowAndThen(), ...Array.from({ length: wallets }, redeemSome)]);

  expect(state.kills).toBe(killCount);
  expect(state.retries).toBeGreaterThan(0);
  expect(held).toHaveLength(offerCount);

  for (const { offerId, wallet } of held) {
    const sets = await office.issuer.issuances.findOf({ offerId });
    const live = sets.filter((set) => set.endedAt === undefined);
    expect(live).toHaveLength(1);
    for (const set of sets) {
      const refs = await office.issuer.issuances.findStatusRefs(office.db.kysely, set.issuanceId);
      const statuses = await office.issuer.lifecycle.readStatuses(office.db.kysely, refs);
      expect(new Set(statuses)).toEqual(new Set([set === live[0] ? 'valid' : 'revoked']));
      if (set !== live[0]) continue;
      const copies = await wallet.ports.vault.records.list(copyKind);
      expect(copies.map(({ value }) => `${value.status?.uri} ${value.status?.idx}`).sort()).toEqual(
        refs.map(({ uri, idx }) => `${uri} ${idx}`).sort(),
      );
    }
  }
});

/** What the wallet page does after a crash or a lost answer: the same receipt, the same key, until it has its card. */
async function receiveStubbornly(wallet: TestWallet, link: string): Promise<number> {
  for (let retries = 0; ; retries++) {
    try {
      const opened = await wallet.openOffer(link);
      const [pending] = await listResumable(wallet.ports);
      const preview = await receiveOffer(opened, pending === undefined ? {} : { receiptId: pending.id }, wallet.ports);
      await keepPreview(preview, wallet.ports);
      return retries;
    } catch (error) {
      if (!isPassing(error) || retries > 200) throw error;
      await sleep(50);
    }
  }
}
