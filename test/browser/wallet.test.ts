/** The wallet's page in a real Chromium: real passkeys with PRF, a camera, real sealing; issuer and asker over HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { type ServedWorld, serveWorld } from '../support/served-world.ts';
import { openWalletPage, type WalletPage, type WalletPageOptions } from '../support/wallet-page.ts';

let browser: TestBrowser;
let world: ServedWorld;
let wallet: WalletPage | undefined;

beforeAll(async () => {
  [browser, world] = await Promise.all([launchBrowser(), serveWorld()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});
afterEach(async () => {
  await wallet?.page.context().close();
  for (const hook of ['payload', 'status', 'before', 'metadata'] as const) delete world.issuer[hook];
  for (const hook of ['reply', 'scene', 'query'] as const) delete world.asker[hook];
});

async function open(options?: WalletPageOptions): Promise<WalletPage> {
  wallet = await openWalletPage(browser, world, options);
  return wallet;
}

describe('a day with the wallet', () => {
  it('creates, scans an offer, keeps a card, reads it in full, scans a request, shows, and finds it in the log', async () => {
    const my = await open();
    const { page, texts } = my;
    await my.create();

    await browser.camera.showQr(world.offerLink);
    await my.press('home.scan');
    await my.see('receive.askTitle');
    expect(world.asked.filter((line) => line.includes('/offers/'))).toEqual([]);
    await my.press('action.continue');
    await page.getByLabel(texts['receive.txCode']).fill(world.txCode);
    await my.press('receive.start');
    await my.see('receive.previewText');
    expect(await page.locator('dl').textContent()).toContain('林*舟');
    expect(await page.locator('main').textContent()).not.toContain('33019919960312412X');
    expect(world.events).toEqual([]);
    await my.press('receive.keep');
    await my.see('receive.doneText');
    expect(world.events).toEqual(['credential_accepted']);
    await my.press('action.done');

    const card = page.locator('.id-card');
    expect(await card.textContent()).toContain('林*舟');
    expect(await page.locator('main').textContent()).not.toContain('19960312');
    await my.openCard();
    await my.press('card.viewFull');
    await page.getByText('33019919960312412X').first().waitFor();
    await my.press('card.hide');
    expect(await page.locator('main').textContent()).not.toContain('33019919960312412X');

    await my.home();
    await browser.camera.showQr(world.requestLink());
    await my.press('home.scan');
    await page.locator('.approve[data-ready=true]').waitFor();
    const sheet = (await page.locator('main').textContent()) ?? '';
    for (const part of [
      '望江酒店',
      'Guest registration',
      '1 year',
      '林*舟',
      '****** ******** 412X',
      texts['show.stated'],
    ]) {
      expect(sheet, part).toContain(part);
    }
    expect(sheet).not.toContain('林一舟');
    const number = await page.locator('.match-number strong').textContent();
    expect(number).toMatch(/^\d\d$/);
    await my.approve();
    expect(await page.locator('.match strong').textContent()).toBe(number);
    expect((await world.opened()).hufu_match_number).toBe(number);
    expect((await world.opened()).vp_token.pid).toHaveLength(1);

    await my.press('show.receipt');
    await page.locator('[data-evidence=good]').waitFor();
    expect(my.faults).toEqual([]);
  });

  it('locks with the page, opens again with the passkey, and has kept everything', async () => {
    const my = await open();
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await my.page.reload();
    await my.see('unlock.title');
    expect(await my.page.locator('.id-card').count()).toBe(0);
    await my.unlock();
    await my.page.locator('.id-card').waitFor();
    await my.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await my.see('unlock.title');
    expect(await my.page.locator('main').textContent()).not.toContain('林');
  });

  it('opens without a network and shows the cards with the age of their status; no answer of anybody is kept', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(async () => (await caches.keys()).length === 1);
    await page.context().setOffline(true);
    await page.reload();
    await my.unlock();
    expect(await page.locator('.id-card').textContent()).toContain(my.texts['card.state.valid']);
    expect(await page.locator('.id-card').textContent()).toMatch(/checked/);
    await my.openCard();
    await my.press('card.checkNow');
    await my.see('card.offlineNote');
    await page.context().setOffline(false);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => url);
    });
    expect(kept.length).toBeGreaterThan(10);
    for (const url of kept) expect(new URL(url).origin).toBe(world.walletUrl);
    expect(
      kept.filter((url) =>
        /^\/(token|credential|nonce|request|response|offers|status-lists)/.test(new URL(url).pathname),
      ),
    ).toEqual([]);
  });

  it('shows what became of a card: revoked at its issuer, and said so on the sheet', async () => {
    const my = await open();
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await my.openCard();
    world.issuer.status = 1;
    await my.press('card.checkNow');
    await my.page.locator('.status .tag.bad').waitFor();
    await my.home();
    expect(await my.page.locator('.id-card').getAttribute('data-state')).toBe('revoked');
    expect(await my.page.getByText(my.texts['home.none']).count()).toBe(1);
    await my.sheet(world.requestLink());
    expect(await my.page.locator('.notice.warn').textContent()).toContain(my.texts['card.state.revoked']);
  });

  it('goes on with a receipt that was cut off by a reload, without redeeming twice', async () => {
    const my = await open();
    await my.create();
    let cut = false;
    world.issuer.before = (url) => {
      if (cut || !url.endsWith('/credential')) return undefined;
      cut = true;
      return { status: 503, contentType: 'application/json', text: '{}', headers: { get: () => null } };
    };
    const keys = world.tokenKeys.length;
    await my.paste(world.offerLink);
    await my.press('action.continue');
    await my.page.getByLabel(my.texts['receive.txCode']).fill(world.txCode);
    await my.press('receive.start');
    await my.see('error.unavailable');
    await my.page.reload();
    await my.unlock();
    await my.press('home.resume');
    await my.press('receive.keep');
    await my.see('receive.doneText');
    expect(new Set(world.tokenKeys.slice(keys)).size).toBe(1);
  });

  it('takes a link that opened it: waits for the passkey, warns, leaves no trace in the address, goes back to the asker', async () => {
    const my = await open();
    const { page, texts } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await page.goto(world.requestLink().replace('openid4vp://', `${world.walletUrl}/present`));
    expect(new URL(page.url()).search).toBe('');
    await my.see('unlock.waiting');
    const back = `${new URL(world.configuration.connectOrigins[1] ?? '').origin}/done`;
    world.asker.reply = () => ({
      status: 200,
      contentType: 'application/json',
      text: JSON.stringify({ redirect_uri: `${back}?response_code=abc` }),
      headers: { get: () => null },
    });
    await my.unlock();
    await my.see('show.fromLink');
    await page.locator('.approve[data-ready=true]').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await my.approve();
    expect(await page.getByRole('link', { name: texts['show.return'] }).getAttribute('href')).toContain(back);
    await page.waitForURL(`${back}**`);
  });

  it('reads a picture of a code and a text file', async () => {
    const my = await open();
    const { page, texts } = my;
    await my.create();
    await my.press('home.add');
    const file = page.getByLabel(texts['scan.file']);
    await file.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('nothing here') });
    await my.see('error.link');
    const studio = await browser.browser.newPage();
    const { encodeQR } = await import('qr');
    await studio.setContent(
      `<div style="width:400px;padding:20px;background:#fff">${encodeQR(world.offerLink, 'svg')}</div>`,
    );
    const buffer = await studio.locator('div').screenshot();
    await studio.close();
    await file.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer });
    await my.see('receive.askTitle');
    await my.press('action.cancel');
    await my.press('home.add');
    await file.setInputFiles({ name: 'link.txt', mimeType: 'text/plain', buffer: Buffer.from(world.offerLink) });
    await my.see('receive.askTitle');
  });

  it('declines: nothing is sent unless the person wants the asker to know', async () => {
    const my = await open();
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    const before = world.forms.length;
    await my.sheet(world.requestLink());
    await my.press('show.decline');
    await my.press('action.done');
    await my.page.waitForTimeout(300);
    expect(world.forms).toHaveLength(before);
    await my.sheet(world.requestLink());
    await my.press('show.decline');
    await my.press('show.tell');
    await my.see('show.told');
    expect(world.forms.at(-1)?.get('error')).toBe('access_denied');
  });

  it('wipes itself: no database, no cache, no preference, and begins again', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await page.getByRole('button', { name: my.texts['nav.settings'] }).click();
    await my.press('settings.wipe');
    const leaving = page.waitForResponse((response) => new URL(response.url()).pathname === '/wiped');
    await my.press('settings.wipeYes');
    expect((await (await leaving).allHeaders())['clear-site-data']).toContain('storage');
    await my.see('welcome.title');
    await page.waitForLoadState();
    expect(new URL(page.url()).pathname).toBe('/');
    const left = await page.evaluate(async () => ({
      rows: await new Promise((resolve) => {
        const request = indexedDB.open('hufu-wallet');
        request.onsuccess = () => {
          const names = [...request.result.objectStoreNames];
          if (!names.includes('rows')) return resolve(0);
          const count = request.result.transaction('rows').objectStore('rows').count();
          count.onsuccess = () => resolve(count.result);
        };
      }),
      local: { ...localStorage },
    }));
    expect(left).toEqual({ rows: 0, local: {} });
  });
});

describe('the weaker grade', () => {
  it('nc-139 a device whose passkeys cannot encrypt: said so, offered, never taken silently', async () => {
    const my = await open({ hasPrf: false });
    const { page, texts } = my;
    await my.press('welcome.create');
    await my.see('error.passkeyPrf');
    await my.see('welcome.weakerWhy');
    expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBeLessThanOrEqual(1);
    await my.press('welcome.weaker');
    await page.getByRole('textbox', { name: texts['passphrase.field'] }).fill('short');
    await page.getByRole('textbox', { name: texts['passphrase.again'] }).fill('short');
    await my.press('passphrase.confirm');
    await page.getByRole('alert').filter({ hasText: 'Too short' }).waitFor();
    await page.getByRole('textbox', { name: texts['passphrase.field'] }).fill('correct horse battery');
    await page.getByRole('textbox', { name: texts['passphrase.again'] }).fill('correct horse battery');
    await my.press('passphrase.confirm');
    await my.see('home.weak');
    await page.reload();
    await my.press('unlock.action');
    await page.getByRole('textbox', { name: texts['passphrase.field'] }).fill('correct horse bakery');
    await my.press('passphrase.confirm');
    await my.see('error.passphraseWrong');
    await my.press('unlock.action');
    await page.getByRole('textbox', { name: texts['passphrase.field'] }).fill('correct horse battery');
    await my.press('passphrase.confirm');
    await my.see('home.weak');
    expect(my.faults).toEqual([]);
  });
});
