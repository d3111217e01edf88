import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Locator, type Page } from 'playwright-core';
import { encodeQR } from 'qr';

/** Where a Chromium is: one that is named, one of the system, or the one that comes with `npm ci` (Linux x64). */
export async function findChromium(): Promise<string> {
  const named = process.env.HUFU_CHROMIUM;
  if (named !== undefined && named !== '') return named;
  const found = systemPlaces.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium here: install Chrome or Chromium, or name one: HUFU_CHROMIUM=/path/to/it npm test');
  }
  process.stderr.write('No Chromium on this system: taking the one that came with npm ci (@sparticuz/chromium).\n');
  // The package brings libraries a bare machine lacks, and unpacks them only where it thinks it runs in a cloud function.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}

const systemPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A Chromium with a camera that films what the test holds up to it. */
export interface TestBrowser {
  readonly browser: Browser;
  readonly camera: Camera;
  /** A new profile: own storage, own passkeys; the camera may be used. */
  newContext(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

export interface Camera {
  /** Holds up a QR code with this text. A camera that is running films it after it was opened again. */
  showQr(text: string): Promise<void>;
  /** Holds up a picture of something on another page: the code on a desk's screen, say. */
  showElement(element: Locator): Promise<void>;
  /** Nothing in front of the camera. */
  showNothing(): Promise<void>;
}

export async function launchBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-camera-'));
  const film = join(folder, 'film.mjpeg');
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    headless: true,
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
  const camera = await openCamera(browser, film);
  return {
    browser,
    camera,
    newContext: (options = {}) => browser.newContext({ permissions: ['camera'], ...options }),
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const frame = { width: 1280, height: 720 };

/** A film is JPEG files one after the other; one that stands still is one file, and the browser takes it again and again. */
async function openCamera(browser: Browser, film: string): Promise<Camera> {
  const studio = await browser.newPage({ viewport: frame });
  const shoot = async (body: string) => {
    await studio.setContent(
      `<style>body{margin:0;height:100vh;display:grid;place-items:center;background:#8a8f98}svg,img{height:520px;background:#fff;padding:24px}</style>${body}`,
    );
    const picture = await studio.screenshot({ type: 'jpeg', quality: 92 });
    writeFileSync(film, Buffer.concat([picture, picture, picture]));
  };
  await shoot('');
  return {
    showQr: (text) => shoot(encodeQR(text, 'svg')),
    showElement: async (element) => {
      const picture = await element.screenshot({ type: 'png', scale: 'css' });
      await shoot(`<img src="data:image/png;base64,${picture.toString('base64')}">`);
    },
    showNothing: () => shoot(''),
  };
}

export interface AuthenticatorOptions {
  /** Whether its passkeys derive keys; true unless said. */
  readonly hasPrf?: boolean;
}

export interface Authenticator {
  readonly session: CDPSession;
  readonly id: string;
  /** Whether the person is recognised from now on. */
  recognise(recognised: boolean): Promise<void>;
  credentials(): Promise<number>;
  forgetAll(): Promise<void>;
}

/** A passkey device inside the browser: platform, resident keys, user verification, PRF; it answers by itself. */
export async function addAuthenticator(page: Page, options: AuthenticatorOptions = {}): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: options.hasPrf ?? true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    session,
    id,
    recognise: async (isUserVerified) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified });
    },
    credentials: async () =>
      (await session.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials.length,
    forgetAll: async () => {
      await session.send('WebAuthn.clearCredentials', { authenticatorId: id });
    },
  };
}
