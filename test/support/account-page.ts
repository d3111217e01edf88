/** The account page over HTTP, at one origin with the whole issuer, as a browser meets it. */
import { join } from 'node:path';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { bindPerson } from '../../issuer/accounts/index.ts';
import { buildIssuerPages } from '../../issuer/pages/mount.ts';
import { silentLog } from '../../shared/server/log.ts';
import { type Authenticator, addAuthenticator, type TestBrowser } from './browser.ts';
import { createTestClient } from './issuance-client.ts';
import { startTestIssuer, type TestIssuer } from './issuer.ts';

const outDir = join(import.meta.dirname, '../../node_modules/.cache/hufu-test-issuer-pages');

export interface ServedAccount {
  readonly url: string;
  readonly issuer: TestIssuer;
  /** The newest account is this person's from now on, with one credential in a wallet: its issuance. */
  verify(slug: string): Promise<string>;
  statusOf(issuanceId: string): Promise<string>;
  close(): Promise<void>;
}

export async function serveAccount(): Promise<ServedAccount> {
  const issuer = await startTestIssuer({ pagesFolder: await buildIssuerPages(outDir, silentLog) });
  const { url } = issuer;
  return {
    url,
    issuer,
    async verify(slug) {
      const { id } = await issuer.db.kysely
        .selectFrom('holder_account')
        .select('id')
        .orderBy('created_at', 'desc')
        .where('state', '!=', 'deleted')
        .where('person_ref', 'is', null)
        .executeTakeFirstOrThrow();
      await issuer.db.transaction((trx) => bindPerson(trx, id, issuer.personId(slug)));
      const { offer, offerId } = await issuer.offer(slug);
      await createTestClient({ issuer: url }).receive(offer);
      const [set] = await issuer.issuer.issuances.findOf({ offerId });
      if (set === undefined) throw new TypeError('nothing was issued');
      return set.issuanceId;
    },
    async statusOf(issuanceId) {
      const { issuances, lifecycle } = issuer.issuer;
      const refs = await issuances.findStatusRefs(issuer.db.kysely, issuanceId);
      return [...new Set(await lifecycle.readStatuses(issuer.db.kysely, refs))].join();
    },
    close: issuer.close,
  };
}

export interface AccountPage {
  readonly page: Page;
  readonly authenticator: Authenticator;
  /** What the console said and should not have. */
  readonly faults: string[];
  press(name: string | RegExp): Promise<void>;
  /** Answers the question that is asked. */
  confirm(name: string): Promise<void>;
  axe(): Promise<readonly string[]>;
  /** How far the page can be pushed sideways. */
  overflow(): Promise<number>;
  shot(name: string): Promise<void>;
}

export async function openAccountPage(
  browser: TestBrowser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<AccountPage> {
  const context = await browser.browser.newContext({
    viewport: { width: 360, height: 760 },
    locale: 'zh-CN',
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // A browser that nobody is signed in with is told so by 401, which Chromium reports.
    if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text());
  });
  const authenticator = await addAuthenticator(page);
  await page.goto(url);
  return {
    page,
    authenticator,
    faults,
    press: (name) => page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) }).click(),
    confirm: (name) => page.locator('dialog').getByRole('button', { name, exact: true }).click(),
    async axe() {
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
    overflow: () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    async shot(name) {
      const folder = process.env.HUFU_SCREENSHOTS;
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    },
  };
}
