import type { Page } from 'playwright-core';
import { en } from '../../wallet/ui/strings/en.ts';
import { zhHans } from '../../wallet/ui/strings/zh-hans.ts';
import { type Authenticator, type AuthenticatorOptions, addAuthenticator, type TestBrowser } from './browser.ts';
import type { ServedWorld } from './served-world.ts';

export type Texts = Readonly<Record<keyof typeof zhHans, string>>;

/** The wallet's page as somebody uses it: by what they read on it. */
export interface WalletPage {
  readonly page: Page;
  readonly texts: Texts;
  readonly authenticator: Authenticator;
  /** Violations of the content security policy and faults of script, as the browser reported them. */
  readonly faults: string[];
  press(text: keyof Texts): Promise<void>;
  /** Presses what is written there, with its slots filled. */
  see(text: keyof Texts): Promise<void>;
  create(): Promise<void>;
  unlock(): Promise<void>;
  /** Pastes a link and has it read. */
  paste(link: string): Promise<void>;
  /** From an offer link to the preview. */
  preview(link: string, txCode?: string): Promise<void>;
  /** From an offer link to the card in the wallet. */
  receive(link: string, txCode?: string): Promise<void>;
  /** From a request link to the sheet, with its button awake. */
  sheet(link: string): Promise<void>;
  approve(): Promise<void>;
  home(): Promise<void>;
  /** From home to the card that lies on top. */
  openCard(): Promise<void>;
}

export interface WalletPageOptions extends AuthenticatorOptions {
  readonly language?: 'en' | 'zh-Hans';
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  readonly path?: string;
}

export async function openWalletPage(
  browser: TestBrowser,
  world: Pick<ServedWorld, 'walletUrl'>,
  options: WalletPageOptions = {},
): Promise<WalletPage> {
  const { language = 'en', viewport = { width: 390, height: 844 } } = options;
  const context = await browser.newContext({
    locale: language === 'en' ? 'en-GB' : 'zh-CN',
    colorScheme: options.dark === true ? 'dark' : 'light',
    viewport,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy|trusted ?type|violat/i.test(message.text())) faults.push(message.text());
  });
  const authenticator = await addAuthenticator(page, options);
  await page.goto(world.walletUrl + (options.path ?? '/'));
  const texts: Texts = language === 'en' ? en : zhHans;
  const button = (key: keyof Texts) => page.getByRole('button', { name: texts[key], exact: true });

  const wallet: WalletPage = {
    page,
    texts,
    authenticator,
    faults,
    press: (key) => button(key).click(),
    see: async (key) => {
      await page.getByText(texts[key], { exact: true }).first().waitFor();
    },
    create: async () => {
      await wallet.press('welcome.create');
      await button('home.scan').waitFor();
    },
    unlock: async () => {
      await wallet.press('unlock.action');
      await page.getByRole('navigation').or(page.locator('.bar')).waitFor();
    },
    paste: async (link) => {
      await wallet.press('home.add');
      await page.getByLabel(texts['scan.paste']).fill(link);
      await wallet.press('scan.pasteGo');
    },
    preview: async (link, txCode) => {
      await wallet.paste(link);
      await wallet.press('action.continue');
      if (txCode !== undefined) await page.getByLabel(texts['receive.txCode']).fill(txCode);
      await wallet.press('receive.start');
      await button('receive.keep').waitFor();
    },
    receive: async (link, txCode) => {
      await wallet.preview(link, txCode);
      await wallet.press('receive.keep');
      await wallet.press('action.done');
      await page.locator('.id-card').first().waitFor();
    },
    sheet: async (link) => {
      await wallet.paste(link);
      await page.locator('.approve[data-ready=true]').waitFor();
    },
    approve: async () => {
      await wallet.press('show.approve');
      await page.locator('.outcome').waitFor();
    },
    openCard: async () => {
      await page.locator('.card-link button').click();
      await button('card.viewFull').waitFor();
    },
    home: async () => {
      await page.getByRole('navigation').getByRole('button', { name: texts['nav.home'] }).click();
      await button('home.scan').waitFor();
    },
  };
  return wallet;
}
