/**
 * The main job as people live it: three services, a register of people from a file, an office that offers, a wallet in a
 * real Chromium with a passkey and a camera, a clerk at a desk. Shown until the authority takes the card back.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { writePeopleCsv } from '../support/people-csv.ts';
import { startThreeServices, type ThreeServices } from '../support/three-services.ts';
import { call } from '../support/verifier.ts';
import { openWalletPage, type WalletPage } from '../support/wallet-page.ts';

const number = '33019919960310412X';

let browser: TestBrowser;
let services: ThreeServices;

beforeAll(async () => {
  // A status may be no second old: every showing asks the issuer.
  [browser, services] = await Promise.all([launchBrowser(), startThreeServices({ verifier: { STATUS_MAX_AGE: '0' } })]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await services?.close();
});

it('people are imported, a card is offered, received, shown at a desk, taken back, and refused', async () => {
  // The authority: people from a file, a token for its system, an offer with a transaction code.
  const csv = await writePeopleCsv(join(services.folder, 'people'));
  const imported = await services.command('issuer/register/import.ts', [csv], services.issuerSettings);
  expect(imported).toMatch(/^imported: /);
  const roles = ['--role', 'issuer-operator', '--role', 'lifecycle-operator', '--name', 'office'];
  const token = await services.command('issuer/admin/token.ts', roles, services.issuerSettings);
  const admin = (path: string, body: unknown) =>
    call(`${services.issuerUrl}/admin${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const offered = await admin('/offers', {
    number,
    configuration_ids: ['resident-id-sd-jwt'],
    tx_code: true,
    by_reference: true,
    lifetime_seconds: 600,
  });
  expect(offered.status).toBe(201);

  // The holder: a wallet made with a passkey; the offer scanned, its code typed, the card kept.
  const wallet = await openWalletPage(browser, services, { language: 'zh-Hans' });
  await wallet.create();
  await wallet.receive(offered.json.link, offered.json.tx_code);
  expect(await wallet.page.locator('.id-card').textContent()).toContain('林*舟');
  expect(await wallet.page.locator('main').textContent()).not.toContain(number);

  // The clerk: asks; the holder films the code off the desk's screen and agrees; the clerk types what the holder says.
  const desk = await openDesk();
  await ask(desk, '1208');
  await scan(wallet, desk);
  expect(await wallet.page.locator('main').textContent()).toContain('望江酒店');
  const said = (await wallet.page.locator('.match-number strong').textContent()) ?? '';
  await wallet.approve();
  await desk.getByRole('heading', { name: '输入核对码' }).waitFor();
  expect(await desk.locator('body').textContent()).not.toContain('林一舟');
  await desk.getByLabel('核对码', { exact: true }).fill(said);
  await desk.getByRole('button', { name: '核对', exact: true }).click();
  await desk.getByRole('heading', { name: '可以办理入住' }).waitFor();
  expect(await desk.locator('dt').allTextContents()).toEqual([
    '姓名',
    '公民身份号码',
    '性别',
    '出生日期',
    '住址',
    '民族',
  ]);
  const shown = (await desk.locator('dd').allTextContents()).join(' ');
  expect(shown).toContain('林一舟');
  expect(shown).toContain('未出示');
  expect(shown).not.toContain(number);
  await desk.getByRole('button', { name: '照片一致，完成入住' }).click();
  await desk.getByRole('heading', { name: '已办理入住' }).waitFor();

  // The authority takes the card back; the next showing is refused, and both sides learn why.
  const found = await admin('/issuances/search', { number });
  const [issuance] = found.json.issuances;
  const revoked = await admin(`/issuances/${issuance.issuance_id}/revoke`, { reason: 'card_lost' });
  expect(revoked.status).toBe(200);

  await desk.getByRole('button', { name: '下一间房' }).click();
  await ask(desk, '1209');
  await wallet.press('action.done');
  await scan(wallet, desk);
  await wallet.press('show.approve');
  await desk.getByRole('heading', { name: '不能办理' }).waitFor();
  expect(await desk.locator('main').textContent()).toContain('吊销');
  expect(wallet.faults).toEqual([]);
});

async function openDesk(): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${services.verifierUrl}/desk`);
  await page.getByRole('button', { name: '打开演示前台' }).click();
  return page;
}

async function ask(desk: Page, room: string): Promise<void> {
  await desk.getByLabel('房号').fill(room);
  await desk.getByRole('button', { name: '出示二维码' }).click();
  await desk.getByRole('img', { name: '给客人扫描的二维码' }).waitFor();
}

/** The camera films the code on the desk's screen. */
async function scan(wallet: WalletPage, desk: Page): Promise<void> {
  await browser.camera.showElement(desk.getByRole('img', { name: '给客人扫描的二维码' }));
  await wallet.press('home.scan');
  await wallet.page.locator('.approve[data-ready=true]').waitFor();
}
