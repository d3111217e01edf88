/** The wallet's page in a real Chromium against people who mean it harm: NC-128, 129, 130, 134, 137, 139, 142. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { type ServedWorld, serveWorld } from '../support/served-world.ts';
import { openWalletPage, type WalletPage, type WalletPageOptions } from '../support/wallet-page.ts';
import { xssPayloads } from '../support/xss-payloads.ts';

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
  for (const hook of ['payload', 'status', 'before', 'metadata', 'offer'] as const) delete world.issuer[hook];
  for (const hook of ['reply', 'scene', 'query'] as const) delete world.asker[hook];
});

async function open(options?: WalletPageOptions): Promise<WalletPage> {
  wallet = await openWalletPage(browser, world, options);
  return wallet;
}

/** Elements that text never makes, and attributes that run. */
function strangeNodes(my: WalletPage): Promise<readonly string[]> {
  return my.page.evaluate(() => {
    const bad =
      'script:not([src]), iframe, object, embed, template, base, marquee, audio, math, style, xss, meta[http-equiv], use, animate, source';
    const found = [...document.querySelectorAll(bad)].map(({ outerHTML }) => outerHTML.slice(0, 80));
    for (const element of document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        const isAddress = ['href', 'src', 'action', 'formaction', 'data', 'srcdoc', 'xlink:href', 'style'].includes(
          name,
        );
        const runs = isAddress && !/^(https?:|blob:|[/#])/.test(value);
        if (name.startsWith('on') || runs) found.push(`${element.tagName} ${name}`);
      }
    }
    return found;
  });
}

describe('nc-128 script in every displayed field', () => {
  it('nc-128 sixty payloads in claims, labels, names, purposes, notes and codes: text each time, nothing runs', async () => {
    const my = await open();
    const { page, texts } = my;
    const runs: unknown[] = [];
    await page.exposeFunction('xss', (n: unknown) => runs.push(n));
    page.on('dialog', (dialog) => {
      runs.push(dialog.message());
      void dialog.dismiss();
    });
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    for (const payload of xssPayloads) {
      world.issuer.payload = (honest) => ({
        ...honest,
        name: payload,
        name_masked: payload,
        ethnicity: payload,
        birthdate: payload,
        number_last4: payload,
        personal_administrative_number: payload,
        address: { region: payload, region_code: payload, street_address: payload },
      });
      world.issuer.metadata = (honest) => withNames(honest, payload);
      await my.preview(world.offerLink, world.txCode);
      await my.press('receive.showValues');
      const shown = (await page.locator('main').textContent()) ?? '';
      expect(shown).toContain(visible(payload).slice(0, 30));
      expect(await strangeNodes(my), payload).toEqual([]);
      await my.press('receive.decline');
      await my.press('action.done');

      world.asker.scene = {
        purpose: { 'zh-Hans': payload, en: payload },
        detail: { 'zh-Hans': payload, en: payload },
        legal_basis: { 'zh-Hans': payload, en: payload },
        claims: [{ path: ['name'], retention: 'none', note: { 'zh-Hans': payload, en: payload } }],
      };
      await my.paste(world.requestLink());
      await page.locator('.approve').waitFor();
      expect(await page.locator('main').textContent()).toContain(visible(payload).slice(0, 30));
      expect(await strangeNodes(my), payload).toEqual([]);
      await my.press('show.decline');
      await my.press('action.done');

      // As a code, and pasted: no link of ours, so it is refused and never followed.
      await my.paste(payload);
      await page.getByRole('alert').first().waitFor();
      expect(new URL(page.url()).origin).toBe(world.walletUrl);
      await page.getByRole('button', { name: texts['nav.back'] }).click();
    }
    expect(runs).toEqual([]);
    expect(my.faults).toEqual([]);
  });

  it('nc-128 a card and a log made of payloads are as harmless later on', async () => {
    const my = await open();
    const { page } = my;
    const runs: unknown[] = [];
    await page.exposeFunction('xss', (n: unknown) => runs.push(n));
    const [, payload = ''] = xssPayloads;
    world.issuer.payload = (honest) => ({ ...honest, name: payload, personal_administrative_number: payload });
    world.issuer.metadata = (honest) => withNames(honest, payload);
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await my.openCard();
    await my.press('card.viewFull');
    await page.getByText(visible(payload)).first().waitFor();
    expect(await strangeNodes(my)).toEqual([]);
    world.asker.scene = { purpose: { 'zh-Hans': payload, en: payload } };
    await my.home();
    await my.sheet(world.requestLink());
    await my.approve();
    await my.press('show.receipt');
    await page.locator('[data-evidence=good]').waitFor();
    expect(await strangeNodes(my)).toEqual([]);
    expect(await page.title()).not.toContain('<img');
    expect(runs).toEqual([]);
    expect(my.faults).toEqual([]);
  });

  it('nc-128 twin: the policy is there and works: script that is not ours does not run, HTML is not made from text', async () => {
    const my = await open();
    const outcome = await my.page.evaluate(async () => {
      const reports: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => reports.push(event.violatedDirective));
      const script = document.createElement('script');
      let assigned = 'no';
      try {
        document.body.innerHTML = '<img src=x onerror="globalThis.ran = 1">';
        assigned = 'yes';
      } catch {
        assigned = 'refused';
      }
      try {
        script.textContent = 'globalThis.ran = 1';
        document.body.append(script);
      } catch {
        reports.push('refused');
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { assigned, ran: Reflect.get(globalThis, 'ran'), reports };
    });
    expect(outcome.assigned).toBe('refused');
    expect(outcome.ran).toBeUndefined();
    expect(outcome.reports).toContain('require-trusted-types-for');
  });
});

/** The payload as a card's name, as its issuer's words for each claim. */
function withNames(honest: JsonObject, payload: string): JsonObject {
  const copy = structuredClone(honest) as { credential_configurations_supported: Record<string, JsonObject> };
  for (const configuration of Object.values(copy.credential_configurations_supported)) {
    const metadata = configuration.credential_metadata as { claims: { path: string[] }[] };
    configuration.credential_metadata = {
      display: [{ name: payload, locale: 'en', description: payload }],
      claims: metadata.claims.map(({ path }) => ({ path, display: [{ name: payload, locale: 'en' }] })),
    };
  }
  return copy as unknown as JsonObject;
}

/** What `plainText` leaves of it. */
function visible(payload: string): string {
  return payload
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('nc-129 pictures', () => {
  it('nc-129 logos of every kind are not drawn and not fetched; a portrait is drawn only if it is a JPEG', async () => {
    const my = await open();
    const { page } = my;
    let canaryHits = 0;
    const port = await freePort();
    const canary = createServer((_, response) => {
      canaryHits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(port, '127.0.0.1', resolve));
    const pixel = `http://localhost:${port}/pixel.svg`;
    const logos = [
      pixel,
      `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="1"><image href="${pixel}"/><style>@import "${pixel}"</style></svg>`,
      'data:text/html,<script>1</script>',
      'javascript:1',
    ];
    const pictures = [
      ...logos,
      `data:image/jpeg;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`,
      'data:image/svg+xml;base64,AAAA',
    ];
    await my.create();
    for (const [index, picture] of pictures.entries()) {
      const logo = { uri: logos[index % logos.length] ?? pixel, alt_text: 'logo' };
      world.issuer.metadata = (honest) => withPicture(honest, logo);
      world.issuer.payload = (honest) => ({ ...honest, picture });
      await my.preview(world.offerLink, world.txCode);
      await my.press('receive.showValues');
      await page.waitForTimeout(100);
      expect(await page.locator('img').count(), picture.slice(0, 60)).toBe(0);
      await my.press('receive.decline');
      await my.press('action.done');
    }
    expect(canaryHits).toBe(0);
    await new Promise((resolve) => canary.close(resolve));

    const portraits = join(import.meta.dirname, '../../issuer/demo/portraits');
    const jpeg = readFileSync(join(portraits, 'lin-yizhou.jpg')).toString('base64');
    world.issuer.payload = (honest) => ({ ...honest, picture: `data:image/jpeg;base64,${jpeg}` });
    await my.preview(world.offerLink, world.txCode);
    expect(await page.locator('img').count()).toBe(0);
    await my.press('receive.showValues');
    await page.locator('img.portrait').waitFor();
    expect(await page.locator('img').getAttribute('src')).toMatch(/^blob:/);
    expect(await page.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(10);
    expect(my.faults).toEqual([]);
  });
});

function withPicture(honest: JsonObject, logo: JsonObject): JsonObject {
  const copy = structuredClone(honest) as { credential_configurations_supported: Record<string, JsonObject> };
  for (const configuration of Object.values(copy.credential_configurations_supported)) {
    const metadata = configuration.credential_metadata as { claims: object[] };
    configuration.credential_metadata = {
      display: [{ name: 'card', locale: 'en', logo, background_image: { uri: String(logo.uri) } }],
      claims: [...metadata.claims, { path: ['picture'] }],
    } as unknown as JsonObject;
  }
  return { ...copy, display: [{ name: 'issuer', logo }] } as unknown as JsonObject;
}

describe('nc-130 a page over or around the sheet', () => {
  it('nc-130 cannot be framed, and another window cannot reach in', async () => {
    const response = await fetch(world.walletUrl.replace('wallet.localhost', 'localhost'), { redirect: 'manual' });
    expect(response.status).toBe(307);
    const my = await open();
    const headers = (await my.page.reload())?.headers() ?? {};
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    const evil = await my.page.context().newPage();
    await evil.goto(`${world.configuration.connectOrigins[1]}/done`);
    await evil.setContent(`<iframe src="${world.walletUrl}/present"></iframe>`);
    await evil.waitForTimeout(500);
    const framed = evil.frames().find((frame) => frame !== evil.mainFrame());
    expect(await framed?.locator('button').count()).toBe(0);
    const reach = await evil.evaluate(async (address) => {
      const popup = window.open(address);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return popup?.closed;
    }, world.walletUrl);
    // Severed: what was opened looks closed to its opener.
    expect(reach).toBe(true);
  });

  it('nc-130 a click within half a second of the sheet does nothing; the same click later does', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    const before = world.forms.length;
    await my.paste(world.requestLink());
    const button = page.locator('.approve');
    await button.waitFor();
    const box = await button.boundingBox();
    if (box === null) throw new TypeError('a button is expected');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const started = Date.now();
    while (Date.now() - started < 250 && (await button.getAttribute('data-ready')) === 'false')
      await page.mouse.click(x, y);
    expect(await button.getAttribute('data-ready')).toBe('false');
    expect(await page.locator('.outcome').count()).toBe(0);
    expect(world.forms).toHaveLength(before);
    // A click made by script is nobody's wish, at any time.
    await page.locator('.approve[data-ready=true]').waitFor();
    await button.evaluate((element) => (element as HTMLButtonElement).click());
    await page.waitForTimeout(200);
    expect(world.forms).toHaveLength(before);
    await page.mouse.click(x, y);
    await page.locator('.outcome').waitFor();
    expect(world.forms).toHaveLength(before + 1);
  });
});

describe('nc-134 what lies about', () => {
  it('nc-134 no key, PRF output or claim in web storage, database, caches, address or history; no key comes out', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await my.sheet(world.requestLink());
    await my.approve();
    await my.press('action.done');
    // A receipt cut short leaves its DPoP key behind: the one key object that is ever kept.
    world.issuer.before = (url) =>
      url.endsWith('/credential')
        ? { status: 503, contentType: 'application/json', text: '{}', headers: { get: () => null } }
        : undefined;
    await my.paste(world.offerLink);
    await my.press('action.continue');
    await page.getByLabel(my.texts['receive.txCode']).fill(world.txCode);
    await my.press('receive.start');
    await my.see('error.unavailable');
    const found = await page.evaluate(async () => {
      const texts: string[] = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
      texts.push(location.href, JSON.stringify(history.state), document.cookie);
      const shell: string[] = [];
      const keys: CryptoKey[] = [];
      const gather = (value: unknown): void => {
        if (value instanceof CryptoKey) keys.push(value);
        else if (value instanceof Uint8Array) texts.push(new TextDecoder('latin1').decode(value));
        else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) gather(member);
        else texts.push(String(value));
      };
      for (const { name = '' } of await indexedDB.databases()) {
        const db = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result);
        });
        for (const store of db.objectStoreNames) {
          const rows = await new Promise<unknown[]>((resolve) => {
            const request = db.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
          });
          gather(rows);
        }
        db.close();
      }
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys())
          shell.push(request.url, (await (await cache.match(request))?.text()) ?? '');
      }
      const privateKeys = keys.filter(({ type }) => type !== 'public');
      const exported = await Promise.all(
        privateKeys.flatMap((key) =>
          (['jwk', 'pkcs8', 'raw'] as const).map((format) =>
            crypto.subtle.exportKey(format, key).then(
              () => 'out',
              () => 'kept',
            ),
          ),
        ),
      );
      return { text: texts.join('\n'), shell: shell.join('\n'), privateKeys: privateKeys.length, exported };
    });
    expect(found.privateKeys).toBe(1);
    expect(new Set(found.exported)).toEqual(new Set(['kept']));
    const personal = ['33019919960312412X', '林一舟', '样张路'];
    const technical = ['eyJ', world.txCode, 'at-1', '"d":', 'PRIVATE KEY'];
    const forms = (secret: string) => [
      secret,
      Buffer.from(secret).toString('latin1'),
      Buffer.from(secret).toString('base64').replaceAll('=', ''),
      Buffer.from(secret).toString('base64url'),
    ];
    for (const form of [...personal, ...technical].flatMap(forms)) expect(found.text.includes(form), form).toBe(false);
    for (const form of personal.flatMap(forms)) expect(found.shell.includes(form), form).toBe(false);
  });
});

describe('nc-137 links', () => {
  it('nc-137 a link to a foreign place opens the wallet, shows the host, and nothing is fetched', async () => {
    let canaryHits = 0;
    const port = await freePort();
    const canary = createServer((_, response) => {
      canaryHits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(port, '127.0.0.1', resolve));
    const my = await open({
      path: `/receive?credential_offer_uri=${encodeURIComponent(`http://127.0.0.1:${port}/offer`)}`,
    });
    const { page, texts } = my;
    await my.press('welcome.create');
    await my.see('receive.askUnknown');
    expect(await page.locator('main').textContent()).toContain(`127.0.0.1:${port}`);
    expect(await page.getByRole('button', { name: texts['action.continue'] }).isDisabled()).toBe(true);
    await my.press('action.cancel');
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      await my.paste(
        `openid4vp://?client_id=x509_hash%3Aabc&request_uri=${encodeURIComponent(`http://${host}/request`)}`,
      );
      await my.see('error.askerUnknown');
      await my.press('action.done');
    }
    for (const link of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://evil.example/receive',
      'x'.repeat(100_000),
    ]) {
      await my.paste(link);
      await my.see('error.link');
      await page.getByRole('button', { name: texts['nav.back'] }).click();
    }
    expect(canaryHits).toBe(0);
    await new Promise((resolve) => canary.close(resolve));
  });
});

describe('nc-139 the passkey', () => {
  it('nc-139 cancelled: nothing is shown, and it can be tried again', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    const before = world.forms.length;
    await my.sheet(world.requestLink());
    await page.evaluate(() => {
      const honest = CredentialsContainer.prototype.get;
      CredentialsContainer.prototype.get = () => {
        CredentialsContainer.prototype.get = honest;
        return Promise.reject(new DOMException('cancelled', 'NotAllowedError'));
      };
    });
    await page.locator('.approve[data-ready=true]').click();
    await my.see('error.passkeyCancelled');
    expect(world.forms).toHaveLength(before);
    await page.locator('.approve[data-ready=true]').click();
    await page.locator('.outcome').waitFor();
    expect(world.forms).toHaveLength(before + 1);
  });

  it('nc-139 a person who is not recognised, a passkey that is gone: no showing, no unlock, nothing weaker', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    const before = world.forms.length;
    await my.sheet(world.requestLink());
    await my.authenticator.recognise(false);
    await page.locator('.approve[data-ready=true]').click();
    await page.getByRole('alert').waitFor();
    expect(world.forms).toHaveLength(before);
    await page.reload();
    await my.press('unlock.action');
    await page.getByRole('alert').waitFor();
    expect(await page.locator('.id-card').count()).toBe(0);
    await my.authenticator.recognise(true);
    await my.authenticator.forgetAll();
    await my.press('unlock.action');
    await page.getByRole('alert').waitFor();
    expect(await page.locator('.id-card').count()).toBe(0);
    await my.see('unlock.lost');
    expect(await page.getByRole('button', { name: my.texts['welcome.weaker'] }).count()).toBe(0);
  });
});

describe('nc-142 a log that cannot be written', () => {
  it('nc-142 nothing is disclosed and the person is told; with room it works', async () => {
    const my = await open();
    const { page } = my;
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    const before = world.forms.length;
    await my.sheet(world.requestLink());
    await fillDisk(my, true);
    await page.locator('.approve[data-ready=true]').click();
    await my.see('error.storage');
    expect(world.forms).toHaveLength(before);
    await fillDisk(my, false);
    await page.locator('.approve[data-ready=true]').click();
    await page.locator('.outcome').waitFor();
    expect(world.forms).toHaveLength(before + 1);
  });

  it('nc-142 a card that is to replace another: where the new one cannot be written, the old one stays', async () => {
    const my = await open();
    await my.create();
    await my.receive(world.offerLink, world.txCode);
    await my.preview(world.offerLink, world.txCode);
    await fillDisk(my, true);
    await my.press('receive.keep');
    await my.see('error.storage');
    await fillDisk(my, false);
    await my.page.reload();
    await my.unlock();
    expect(await my.page.locator('.id-card').count()).toBe(1);
    await my.sheet(world.requestLink());
    await my.approve();
  });
});

/** From now on the database writes nothing more, as on a full disk; or it does again. */
function fillDisk(my: WalletPage, full: boolean): Promise<void> {
  return my.page.evaluate((isFull) => {
    const honest = Reflect.get(globalThis, 'honestPut') ?? IDBObjectStore.prototype.put;
    Reflect.set(globalThis, 'honestPut', honest);
    IDBObjectStore.prototype.put = isFull
      ? () => {
          throw new DOMException('full', 'QuotaExceededError');
        }
      : honest;
  }, full);
}
