/** Applying in a real Chromium with a passkey and photos of a card, until the card is in a wallet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildIssuerPages } from '../../issuer/pages/mount.ts';
import { type CardReader, createCardReader } from '../../issuer/reading/index.ts';
import { silentLog } from '../../shared/server/log.ts';
import { type AccountPage, openAccountPage } from '../support/account-page.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { demoCardPerson, readSpecimen, type SpecimenName } from '../support/cards/specimens.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { trustIn, walletTrusting } from '../support/world.ts';

const outDir = join(import.meta.dirname, '../../node_modules/.cache/hufu-test-issuer-pages');
const modelDir = mkdtempSync(join(tmpdir(), 'hufu-models-'));
const receiveUrl = 'http://wallet.localhost:4030/receive';
const reviewer = { id: 'reviewer-1', role: 'reviewer' } as const;
const card = demoCardPerson('lin-yizhou');

let browser: TestBrowser;
let reader: CardReader;
let world: TestIssuer;
let mine: AccountPage | undefined;

beforeAll(async () => {
  reader = createCardReader({ modelDir, workers: 1 });
  const pagesFolder = await buildIssuerPages(outDir, silentLog);
  [browser, world] = await Promise.all([
    launchBrowser(),
    startTestIssuer({ pagesFolder, cardReader: reader, walletReceiveUrl: receiveUrl }),
  ]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.close();
  await reader?.close();
  rmSync(modelDir, { recursive: true });
});
afterEach(async () => {
  await mine?.page.context().close();
});

async function begin(): Promise<AccountPage> {
  mine = await openAccountPage(browser, `${world.url}/apply`, { permissions: ['camera'] });
  await mine.press('建立账户并开始');
  await mine.page.getByRole('heading', { name: '开始之前' }).waitFor();
  return mine;
}

const heading = (my: AccountPage, name: string) => my.page.getByRole('heading', { name, exact: true }).waitFor();

async function photo(my: AccountPage, name: SpecimenName): Promise<void> {
  const file = { name: 'card.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(readSpecimen(name)) };
  const answered = my.page.waitForResponse((response) => response.url().includes('/apply/api/evidence/'));
  await my.page.locator('input[type=file]').setInputFiles(file);
  await answered;
  await my.page.locator('.tag').waitFor();
}

async function toFace(my: AccountPage): Promise<void> {
  await my.press('我已阅读，开始申请');
  await photo(my, 'front-clean');
  await my.press('下一步');
  await heading(my, '身份证国徽面');
  await photo(my, 'back-clean');
  await my.press('下一步');
  await heading(my, '核对内容');
  await my.page.getByLabel('姓名').fill(card.name);
  await my.page.getByLabel('住址').fill(card.address);
  await my.press('内容无误，下一步');
  await heading(my, '人脸核对');
}

async function decide(decision: 'approve' | 'refuse' | 'ask', reason: string): Promise<void> {
  const { enrolment } = world.issuer;
  await enrolment.settled();
  const { id } = await world.db.kysely
    .selectFrom('application')
    .select('id')
    .where('state', '=', 'review')
    .executeTakeFirstOrThrow();
  const view = await enrolment.findForReview(id);
  await world.db.transaction((trx) =>
    enrolment.decide(trx, { applicationId: id, version: view?.version ?? -1, decision, reason, by: reviewer }),
  );
}

it('a person applies with photos of the card, goes on after leaving, and takes the card into a wallet', async () => {
  const my = await begin();
  const { page } = my;
  const checked = async (name: string) => {
    expect(await my.axe(), name).toEqual([]);
    expect(await my.overflow(), name).toBe(0);
    await my.shot(`apply-${name}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await my.shot(`apply-${name}-wide`);
    await page.setViewportSize({ width: 360, height: 760 });
  };
  await checked('notice');
  await my.press('我已阅读，开始申请');
  await heading(my, '身份证人像面');
  await photo(my, 'back-clean');
  expect(await page.locator('.problems').textContent()).toContain('拍反了');
  await checked('wrong-side');
  await photo(my, 'front-clean');
  await page.getByText('照片清楚').waitFor();
  await page.waitForFunction(() => (document.querySelector('img')?.naturalWidth ?? 0) > 0);
  await checked('front');
  await my.press('下一步');
  await heading(my, '身份证国徽面');
  await photo(my, 'back-clean');

  // Left and resumed: both photos are still there.
  await page.reload();
  await heading(my, '核对内容');
  expect(await page.getByLabel('公民身份号码').inputValue()).toBe(card.number);
  expect(await page.getByLabel('有效期自').inputValue()).toBe(card.validFrom);
  await page.getByLabel('姓名').fill(card.name);
  await page.getByLabel('住址').fill(card.address);
  await page.getByLabel('公民身份号码').fill('330199199603104121');
  await my.press('内容无误，下一步');
  await page.locator('.notice').waitFor();
  expect(await page.locator('.notice').textContent()).toContain('身份号码不正确');
  await checked('fields');
  await page.getByLabel('公民身份号码').fill(card.number);
  await my.press('内容无误，下一步');
  await heading(my, '人脸核对');
  await checked('face');
  await my.press('不拍人脸，继续');
  await heading(my, '提交申请');
  await checked('send');
  await page.getByRole('button', { name: '提交', exact: true }).press('Enter');
  await page.getByText('等待工作人员审核').waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await checked('review-dark');
  await page.emulateMedia({ colorScheme: 'light' });

  await decide('approve', 'person_compared');
  await page.getByText('申请已通过').waitFor();
  await my.press('领取到钱包');
  await page.getByRole('img', { name: '领取用的二维码' }).waitFor();
  await checked('approved');
  const open = page.getByRole('link', { name: '在本设备的钱包中打开' });
  expect(await open.getAttribute('href')).toMatch(new RegExp(`^${receiveUrl}\\?credential_offer_uri=`));
  const link = (await page.getByRole('link', { name: '用其他钱包打开' }).getAttribute('href')) ?? '';
  const wallet = await walletTrusting([trustIn(world.url, world.anchorPem)], { connect: [world.origin] });
  expect(await wallet.receive(link)).toHaveLength(1);
  expect(my.faults.filter((fault) => !fault.includes('400'))).toEqual([]);

  // Frozen: nothing is offered any more; the offer made before is of no use twice.
  await world.db.kysely.updateTable('holder_account').set({ state: 'frozen' }).execute();
  const before = await world.db.kysely.selectFrom('offer').select('id').execute();
  await my.press('再次生成');
  await page.getByText('账户已冻结').waitFor();
  expect(await world.db.kysely.selectFrom('offer').select('id').execute()).toHaveLength(before.length);
  expect((await world.audit()).some(({ action, role }) => action === 'offer.create' && role === 'holder')).toBe(true);
});

it('the face step needs its own consent, tells a still picture, and can be left out; a refusal says why', async () => {
  const my = await begin();
  const { page } = my;
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: '中文' }).click();
  await toFace(my);
  expect(await page.getByRole('button', { name: '开始拍摄' }).isDisabled()).toBe(true);
  await page.getByLabel('我单独同意收集人脸照片').check();
  await my.press('开始拍摄');
  await page.getByText('正对镜头').first().waitFor();
  expect(await my.axe()).toEqual([]);
  for (let step = 1; step <= 5; step += 1) {
    await page.getByText(`第 ${step} 步，共 5 步`).waitFor();
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await page.waitForTimeout(400);
    await my.press('做好了，拍');
  }
  // The camera's film stands still: one picture five times is told as such, and the way without a face stays open.
  await page.getByText('没有拍成').waitFor();
  await page.getByText('还可以试 4 次').waitFor();
  await my.press('不拍人脸，继续');
  await page.getByRole('button', { name: '提交', exact: true }).click();
  await page.getByText('等待工作人员审核').waitFor();
  await decide('refuse', 'photo_not_genuine');
  await page.getByText('照片不是证件原件').waitFor();
  await my.shot('apply-refused');
  expect(await page.getByRole('button', { name: '领取到钱包' }).count()).toBe(0);
  const refused = await page.evaluate(
    async () => (await fetch('/apply/api/offer', { method: 'POST', credentials: 'same-origin' })).status,
  );
  expect(refused).toBe(409);
  await my.press('重新申请');
  await heading(my, '开始之前');
});
