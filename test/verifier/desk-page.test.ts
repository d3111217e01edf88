import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock, systemClock } from '../../shared/clock.ts';
import type { Signer } from '../../shared/keys/index.ts';
import type { VerifiedRequest } from '../../shared/oid4vp/index.ts';
import { buildPages } from '../../shared/server/build-pages.ts';
import { silentLog } from '../../shared/server/log.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { newHolder } from '../support/credentials.ts';
import { answer, fetchRequest, presentSd } from '../support/presenter.ts';
import { startTestVerifier, type TestVerifier } from '../support/verifier.ts';

const root = join(import.meta.dirname, '../..');
const pages = join(root, 'verifier/pages');
const outDir = join(root, 'node_modules/.cache/hufu-test-desk');

let world: TestVerifier;
let browser: TestBrowser;
let holder: Signer;
let credential: string;
beforeAll(async () => {
  const sources = [pages, join(root, 'shared/look')];
  await buildPages({
    root: join(pages, 'desk'),
    configFile: join(pages, 'vite.config.ts'),
    sources,
    outDir,
    log: silentLog,
  });
  world = await startTestVerifier({
    clock: fixedClock(systemClock.now()),
    demoDesk: '前台 1',
    pagesFolder: outDir,
  });
  browser = await launchBrowser();
  holder = newHolder();
  credential = await world.issuer.sdJwt(holder);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await world.close();
});

interface Desk {
  readonly page: Page;
  /** What the browser complained about: content policy, scripts, missing files. */
  readonly faults: string[];
  press(name: string): Promise<void>;
  see(text: string): Promise<void>;
  /** Everything on the page that an automatic check finds wrong for people who see, hear or move differently. */
  violations(): Promise<readonly string[]>;
}

async function openDesk(
  options: { readonly dark?: boolean; readonly width?: number; readonly locale?: string } = {},
): Promise<Desk> {
  const { width = 1280, locale = 'zh-CN' } = options;
  const context = await browser.newContext({
    locale,
    viewport: { width, height: 800 },
    colorScheme: options.dark === true ? 'dark' : 'light',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(`${world.url}/desk`);
  return {
    page,
    faults,
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    see: async (text) => {
      await page.getByText(text).first().waitFor();
    },
    violations: async () => {
      // The page's policy keeps scripts out; the test's own comes in beside it.
      const session = await page.context().newCDPSession(page);
      await session.send('Runtime.evaluate', { expression: axe.source });
      const { result } = await session.send('Runtime.evaluate', {
        expression:
          'axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes[0].html])))',
        awaitPromise: true,
      });
      return JSON.parse(String(result.value)).map(String);
    },
  };
}

/** The link on the newest code, as the guest's camera would read it. */
async function scan(): Promise<VerifiedRequest> {
  const [row] = await world.db.kysely
    .selectFrom('request_link')
    .innerJoin('presentation_request', 'presentation_request.id', 'request_link.request_id')
    .select(['rid'])
    .where('status', '=', 'open')
    .orderBy('presentation_request.created_at', 'desc')
    .orderBy('request_link.created_at', 'desc')
    .execute();
  const link = new URLSearchParams({
    client_id: world.clientId,
    request_uri: `${world.url}/request/${row?.rid}`,
    request_uri_method: 'post',
  });
  return fetchRequest(world, `openid4vp://?${link}`);
}

async function show(request: VerifiedRequest, shown = credential): Promise<void> {
  const presentation = await presentSd(shown, holder, request, world.clock.now());
  await answer(request, { resident_sd: [presentation] });
}

describe('the desk page', () => {
  it('takes a clerk from the room number to the register, by keyboard alone', async () => {
    const { page, faults, press, see, violations } = await openDesk();
    await press('打开演示前台');
    await page.getByLabel('房号').waitFor();
    expect(await violations()).toEqual([]);

    await page.getByLabel('房号').focus();
    await page.keyboard.type('1208');
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: '给客人扫描的二维码' }).waitFor();
    expect(await violations()).toEqual([]);

    const request = await scan();
    await see('客人已扫码');
    await show(request);
    await page.getByRole('textbox', { name: '核对码' }).waitFor();
    expect(await page.content()).not.toContain('林一舟');
    // The cursor is where the number goes.
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await see('核对码不对，还可以试 2 次。');
    expect(await violations()).toEqual([]);
    await page.keyboard.type('47');
    await page.keyboard.press('Enter');
    await see('可以办理入住');
    // The outcome has the focus, so a screen reader begins with it.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('可以办理入住');
    await see('林一舟');
    await see('**************412X');
    expect(await page.content()).not.toContain('33019919960312412X');
    await page.waitForFunction("document.querySelector('.portrait img').naturalWidth === 1");
    expect(await violations()).toEqual([]);

    await press('显示（会记录）');
    await see('33019919960312412X');
    await press('照片一致，完成入住');
    await see('已办理入住');
    expect(await page.content()).not.toContain('33019919960312412X');
    await press('今日入住 1');
    await see('林*舟');
    expect(await violations()).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('says in plain words why not, and keeps nothing', async () => {
    const { page, press, see, violations } = await openDesk({ dark: true });
    await press('打开演示前台');
    await page.getByLabel('房号').fill('306');
    await press('出示二维码');
    await page.getByRole('img', { name: '给客人扫描的二维码' }).waitFor();
    const revoked = await world.issuer.sdJwt(holder, { idx: 9 });
    world.issuer.setStatus(9, 1);
    world.clock.advance(61);
    await press('取消');
    await press('出示二维码');
    await page.getByRole('img', { name: '给客人扫描的二维码' }).waitFor();
    await show(await scan(), revoked);
    await see('不能办理');
    await see('这张证件已被签发机关吊销。请客人换用其他证件。');
    expect(await violations()).toEqual([]);
  });

  it('keeps a guest whose portrait differs out, after asking once more', async () => {
    const { page, press, see, violations } = await openDesk({ width: 360 });
    await press('打开演示前台');
    await page.getByLabel('房号').fill('307');
    await press('出示二维码');
    await page.getByRole('img', { name: '给客人扫描的二维码' }).waitFor();
    const request = await scan();
    await show(request);
    await page.getByRole('textbox', { name: '核对码' }).fill('47');
    await press('核对');
    await see('可以办理入住');
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
      true,
    );
    await press('照片不一致');
    await see('确定不是本人？本次信息将全部清除。');
    expect(await violations()).toEqual([]);
    await press('确定，照片不一致');
    await see('照片不一致，已停止办理');
  });

  it('goes on after a reload, speaks English, grows, and closes', async () => {
    const { page, press, see, violations, faults } = await openDesk({ locale: 'en-GB' });
    await see('Open the demo desk');
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    await press('Open the demo desk');
    await page.getByLabel('Room').fill('1208');
    await press('One more');
    await press('Show the code');
    await page.getByRole('img', { name: 'Code for the guest to scan' }).waitFor();
    const request = await scan();
    await show(request);
    await page.getByRole('textbox', { name: 'Match number' }).waitFor();
    await page.reload();
    await page.getByRole('textbox', { name: 'Match number' }).fill('47');
    await press('Check');
    await see('Ready to check in');
    await see('Room 1208 · guest 1 of 2');
    await press('Large type');
    await page.locator('html[data-size=large]').waitFor();
    expect(await violations()).toEqual([]);
    await press('Portrait matches, complete');
    await see('Next guest (2 of 2)');
    await press('Hand over');
    await see('Open the demo desk');
    expect(await page.evaluate('Object.keys(sessionStorage).length')).toBe(0);
    expect(faults).toEqual([]);
  });

  it('is served under a policy that allows nothing inline, and framed by nobody', async () => {
    const reply = await fetch(`${world.url}/desk`);
    const policy = reply.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|http:|\*/);
    expect(await reply.text()).not.toMatch(/<script(?![^>]*src=)|style=| on[a-z]+=/);
  });
});
