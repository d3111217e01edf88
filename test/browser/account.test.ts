/** The holder's account in a real Chromium with a passkey: status, devices, alarms, freezing, leaving. */
import { readFile } from 'node:fs/promises';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { raiseAlert } from '../../issuer/accounts/index.ts';
import { systemClock } from '../../shared/clock.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import { type AccountPage, openAccountPage, type ServedAccount, serveAccount } from '../support/account-page.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';

let browser: TestBrowser;
let world: ServedAccount;
let mine: AccountPage | undefined;

beforeAll(async () => {
  [browser, world] = await Promise.all([launchBrowser(), serveAccount()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await world?.close();
});
afterEach(async () => {
  await mine?.page.context().close();
});

async function open(options?: BrowserContextOptions, hash = ''): Promise<AccountPage> {
  mine = await openAccountPage(browser, `${world.url}/account${hash}`, options);
  return mine;
}

async function created(options?: BrowserContextOptions): Promise<AccountPage> {
  const my = await open(options);
  await my.press('建立账户');
  await my.page.getByText('未实名').waitFor();
  return my;
}

const newest = async () =>
  (
    await world.issuer.db.kysely
      .selectFrom('holder_account')
      .select('id')
      .where('state', '!=', 'deleted')
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute()
  ).map(({ id }) => id);

it('every screen is clean for axe and fits 360 px, in both languages and in large type', async () => {
  const my = await open();
  const checked = async (name: string) => {
    expect(await my.axe(), name).toEqual([]);
    expect(await my.overflow(), name).toBe(0);
    await my.shot(`account-${name}`);
  };
  await my.page.getByRole('button', { name: '建立账户' }).waitFor();
  await checked('sign-in');
  await my.press('建立账户');
  await my.page.getByText('未实名').waitFor();
  await checked('unverified');
  await world.verify('lin-yizhou');
  const [accountId = ''] = await newest();
  await world.issuer.db.transaction((trx) =>
    raiseAlert(trx, accountId, { kind: 'new_network', at: systemClock.now(), agent: 'ios-safari' }),
  );
  for (const [tab, title] of [
    ['我的数据', '谁看过'],
    ['设备', '登录中的设备'],
    [/^安全/, '登录记录'],
    ['概览', '数字凭证'],
  ] as const) {
    await my.press(tab);
    await my.page.getByRole('heading', { name: title }).waitFor();
    await checked(`${String(tab).replaceAll(/[/^]/g, '')}`);
  }
  expect(await my.page.locator('main').textContent()).toContain('林*舟');
  expect(await my.page.locator('main').textContent()).toContain('412X');
  await my.press('English');
  await my.press('Large type');
  await my.page.getByRole('heading', { name: 'Real-name status' }).waitFor();
  await checked('english-large');
  await my.press(/^Safety/);
  await my.press('Freeze now');
  await my.page.locator('dialog').waitFor();
  await checked('question');
  await my.page.keyboard.press('Escape');
  await my.press('Freeze now');
  await my.confirm('No');
  expect(await world.issuer.db.kysely.selectFrom('account_hold').selectAll().execute()).toEqual([]);
  await my.page.emulateMedia({ colorScheme: 'dark' });
  await checked('dark');
  expect(my.faults).toEqual([]);
});

it('signs out and in again with the passkey; a person the device does not recognise stays outside', async () => {
  const my = await created();
  await my.press('退出');
  await my.press('用通行密钥登录');
  await my.page.getByText('未实名').waitFor();
  await my.press('退出');
  await my.authenticator.recognise(false);
  await my.press('用通行密钥登录');
  await my.page.getByText('没有完成通行密钥验证。').waitFor();
  expect(await my.page.getByText('未实名').count()).toBe(0);
  expect(my.faults).toEqual([]);
});

it('“that was not me” suspends at once; unfreezing, done by keyboard alone, resumes', async () => {
  const my = await created();
  const issuance = await world.verify('chen-siyuan');
  // A passkey of the very second of the freeze would not unfreeze.
  await my.page.waitForTimeout(1_100);
  const { account_id: accountId } = await ownerOf('chen-siyuan');
  await world.issuer.db.transaction((trx) =>
    raiseAlert(trx, accountId, { kind: 'new_device', at: systemClock.now(), agent: 'android-chrome' }),
  );
  await my.press('概览');
  await my.press('安全（1 条提醒）');
  await my.page.getByText('新设备登录').waitFor();
  await my.press('不是我，立即冻结');
  await my.page.getByText('已冻结。所有核验方').waitFor();
  expect(await world.statusOf(issuance)).toBe('suspended');
  await my.press('概览');
  await my.page.getByRole('heading', { name: '您的数字身份证已冻结' }).waitFor();
  await my.shot('account-frozen');
  expect(await my.axe()).toEqual([]);
  for (let step = 0; step < 20; step += 1) {
    await my.page.keyboard.press('Tab');
    if ((await my.page.evaluate(() => document.activeElement?.textContent)) === '解冻') break;
  }
  await my.page.keyboard.press('Enter');
  await my.page.getByText('已解冻。').waitFor();
  expect(await world.statusOf(issuance)).toBe('valid');
  expect(my.faults).toEqual([]);
});

it('the link of a mail freezes by one press, without a sign-in, and leaves the word in no address bar', async () => {
  await created();
  const issuance = await world.verify('batu');
  const { account_id: accountId } = await ownerOf('batu');
  const token = 'm'.repeat(43);
  await world.issuer.db.transaction(async (trx) => {
    const id = await raiseAlert(trx, accountId, { kind: 'new_device', at: systemClock.now() });
    await trx
      .updateTable('account_alert')
      .set({ token_hash: bearerHash(token) })
      .where('id', '=', id)
      .execute();
  });
  await mine?.page.context().close();
  const stranger = await open({}, `#not-me=${token}`);
  await stranger.page.getByRole('heading', { name: '不是您本人？' }).waitFor();
  expect(stranger.page.url()).toBe(`${world.url}/account`);
  expect(await world.statusOf(issuance)).toBe('valid');
  expect(await stranger.axe()).toEqual([]);
  await stranger.press('不是我，立即冻结');
  await stranger.page.getByRole('heading', { name: '已冻结' }).waitFor();
  expect(await world.statusOf(issuance)).toBe('suspended');
  expect(stranger.faults).toEqual([]);
});

it('a wallet removed is revoked; everything is downloaded; the account is deleted', async () => {
  const my = await created();
  const issuance = await world.verify('sun-xiaowen');
  await my.press('设备');
  await my.press(/^移除并吊销/);
  await my.confirm('移除并吊销');
  await my.page.getByText('没有钱包领取过凭证。').waitFor();
  expect(await world.statusOf(issuance)).toBe('revoked');
  await my.press('我的数据');
  const [file] = await Promise.all([my.page.waitForEvent('download'), my.press('下载全部数据')]);
  const whole = JSON.parse(await readFile(await file.path(), 'utf8'));
  expect(whole.person.name).toMatch(/^孙/);
  expect(whole.accesses.length).toBeGreaterThan(2);
  await my.press('删除账户');
  await my.confirm('删除账户');
  await my.page.getByRole('heading', { name: '账户已删除' }).waitFor();
  await my.page.reload();
  await my.press('用通行密钥登录');
  await my.page.getByText('通行密钥没有被接受').waitFor();
  expect(my.faults).toEqual([]);
});

async function ownerOf(slug: string): Promise<{ readonly account_id: string }> {
  const row = await world.issuer.db.kysely
    .selectFrom('holder_account')
    .select('id')
    .where('person_ref', '=', world.issuer.personId(slug))
    .executeTakeFirstOrThrow();
  return { account_id: row.id };
}
