/** Every screen of the wallet for everybody: axe, keyboard alone, large type at 360 px, dark, both languages. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { type ServedWorld, serveWorld } from '../support/served-world.ts';
import { openWalletPage, type WalletPage } from '../support/wallet-page.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const portrait = readFileSync(join(import.meta.dirname, '../../issuer/demo/portraits/lin-yizhou.jpg')).toString(
  'base64',
);

let browser: TestBrowser;
let world: ServedWorld;

beforeAll(async () => {
  [browser, world] = await Promise.all([launchBrowser(), serveWorld()]);
  world.issuer.payload = (honest) => ({ ...honest, picture: `data:image/jpeg;base64,${portrait}` });
  world.issuer.metadata = (honest) => {
    const copy = structuredClone(honest) as { credential_configurations_supported: Record<string, never> };
    for (const { credential_metadata: metadata } of Object.values<{ credential_metadata: { claims: object[] } }>(
      copy.credential_configurations_supported,
    )) {
      metadata.claims.push({ path: ['picture'] });
    }
    return copy as never;
  };
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

/** Faults a screen has: what axe finds by WCAG 2.2 AA and best practice, and a page wider than its window. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const axe = Reflect.get(globalThis, 'axe');
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const found: string[] = violations.flatMap((violation: { id: string; nodes: { html: string }[] }) =>
      violation.nodes.map(({ html }) => `${violation.id}: ${html.slice(0, 120)}`),
    );
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`wider than the window: ${root.scrollWidth}`);
    return found;
  });
}

/** Goes to every screen there is and calls `look` on each. */
async function visitAll(my: WalletPage, look: (screen: string) => Promise<void>): Promise<void> {
  const { page, texts } = my;
  await look('welcome');
  await my.create();
  await look('home without cards');
  await my.press('home.add');
  await look('add');
  await page.getByLabel(texts['scan.paste']).fill('nothing');
  await my.press('scan.pasteGo');
  await page.getByRole('alert').waitFor();
  await look('add refused');
  await my.press('scan.openCamera');
  await page.locator('video').waitFor();
  await look('camera');
  await page.getByRole('button', { name: texts['nav.back'] }).click();
  await my.paste(world.offerLink);
  await my.see('receive.askText');
  await look('offer asked');
  await my.press('action.continue');
  await page.getByLabel(texts['receive.txCode']).fill('000000');
  await look('offer');
  await my.press('receive.start');
  await page.getByRole('alert').waitFor();
  await look('offer with a wrong code');
  await page.getByLabel(texts['receive.txCode']).fill(world.txCode);
  await my.press('receive.start');
  await my.see('receive.previewText');
  await look('preview');
  await my.press('receive.showValues');
  await page.locator('.portrait').waitFor();
  await look('preview in full');
  await my.press('receive.keep');
  await my.see('receive.doneText');
  await look('done');
  await my.press('action.done');
  await page.locator('.id-card').waitFor();
  await look('home');
  await my.openCard();
  await my.see('card.viewHint');
  await look('card');
  await my.press('card.viewFull');
  await page.locator('.portrait').waitFor();
  await look('card in full');
  await my.press('card.remove');
  await look('card to be removed');
  await my.home();
  await my.sheet(world.requestLink());
  await look('sheet');
  await my.approve();
  await look('sent');
  await my.press('show.receipt');
  await page.locator('[data-evidence=good]').waitFor();
  await look('record');
  await page.getByRole('button', { name: texts['nav.history'] }).click();
  await look('history');
  await page.getByRole('button', { name: texts['nav.settings'] }).click();
  await my.press('settings.wipe');
  await look('settings');
  await my.home();
  await my.sheet(world.requestLink());
  await my.press('show.decline');
  await look('declined');
  await my.press('action.done');
  await page.getByRole('button', { name: texts['nav.settings'] }).click();
  await my.press('settings.lock');
  await my.see('unlock.title');
  await look('locked');
}

describe.each([
  { name: 'Chinese', options: { language: 'zh-Hans' } },
  { name: 'English, dark', options: { language: 'en', dark: true } },
  {
    name: 'Chinese, large type, 360 px',
    options: { language: 'zh-Hans', viewport: { width: 360, height: 740 } },
    large: true,
  },
  {
    name: 'English, large type, 360 px',
    options: { language: 'en', viewport: { width: 360, height: 740 } },
    large: true,
  },
] as const)('every screen: $name', ({ options, ...more }) => {
  it('has no fault that axe knows, is no wider than its window, and says its language', async () => {
    const my = await openWalletPage(browser, world, options);
    if ('large' in more) await my.press('action.largeType');
    const faults: Record<string, readonly string[]> = {};
    await visitAll(my, async (screen) => {
      const found = await faultsOf(my.page);
      if (found.length > 0) faults[screen] = found;
      expect(await my.page.locator('html').getAttribute('lang'), screen).toBe(options.language);
      expect(await my.page.locator('h1').count(), screen).toBe(1);
    });
    expect(faults).toEqual({});
    expect(my.faults).toEqual([]);
    await my.page.context().close();
  });
});

describe('the weaker grade', () => {
  it('is as readable: the warning, the dialog with its faults, the unlocking', async () => {
    const my = await openWalletPage(browser, world, { hasPrf: false });
    const { page, texts } = my;
    await my.press('welcome.create');
    await my.see('welcome.weakerWhy');
    expect(await faultsOf(page)).toEqual([]);
    await my.press('welcome.weaker');
    const field = page.getByRole('textbox', { name: texts['passphrase.field'] });
    await field.fill('short');
    await page.getByRole('textbox', { name: texts['passphrase.again'] }).fill('short');
    await my.press('passphrase.confirm');
    await page.locator('dialog [role=alert]').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    // The dialog holds the focus, and Escape means no.
    expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
    await page.keyboard.press('Escape');
    await my.see('error.passkeyCancelled');
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });
});

describe('the keyboard alone', () => {
  it('receives and shows a card without a pointer, and each new screen begins at its heading', async () => {
    const my = await openWalletPage(browser, world);
    const { page, texts } = my;
    /** Tabs on until the focus is on what is called so; fails where it never is. */
    const tabTo = async (name: string) => {
      for (let step = 0; step < 40; step++) {
        const focused = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === document.body) return '';
          return (
            element?.getAttribute('aria-label') ?? element?.closest('label')?.textContent ?? element?.textContent ?? ''
          );
        });
        if (focused.includes(name)) return;
        await page.keyboard.press('Tab');
      }
      throw new TypeError(`no way to ${name} by keyboard`);
    };
    const heading = () => page.evaluate(() => document.activeElement?.tagName);
    await tabTo(texts['welcome.create']);
    await page.keyboard.press('Enter');
    await my.see('home.emptyTitle');
    expect(await heading()).toBe('H1');
    await tabTo(texts['home.add']);
    await page.keyboard.press('Enter');
    await my.see('scan.paste');
    expect(await heading()).toBe('H1');
    await tabTo(texts['scan.paste']);
    await page.keyboard.insertText(world.offerLink);
    await tabTo(texts['scan.pasteGo']);
    await page.keyboard.press('Enter');
    await my.see('receive.askText');
    expect(await heading()).toBe('H1');
    await tabTo(texts['action.continue']);
    await page.keyboard.press('Enter');
    await page.getByLabel(texts['receive.txCode']).waitFor();
    await tabTo(texts['receive.txCode']);
    await page.keyboard.type(world.txCode);
    await page.keyboard.press('Enter');
    await my.see('receive.previewText');
    await tabTo(texts['receive.keep']);
    await page.keyboard.press('Space');
    await my.see('receive.doneText');
    await tabTo(texts['action.done']);
    await page.keyboard.press('Enter');
    await tabTo(texts['home.add']);
    await page.keyboard.press('Enter');
    await my.see('scan.paste');
    await tabTo(texts['scan.paste']);
    await page.keyboard.insertText(world.requestLink());
    await tabTo(texts['scan.pasteGo']);
    await page.keyboard.press('Enter');
    await page.locator('.approve[data-ready=true]').waitFor();
    expect(await heading()).toBe('H1');
    await tabTo('Also show');
    await page.keyboard.press('Space');
    expect(await page.locator('.fields input').isChecked()).toBe(true);
    await tabTo(texts['show.approve']);
    await page.keyboard.press('Enter');
    await page.locator('.outcome').waitFor();
    await page.context().close();
  });
});
