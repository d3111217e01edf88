/** The account API over real HTTP, with browsers that have cookies and passkeys, and a post office that keeps letters. */
import { createAccounts, type Mailer } from '../../../issuer/accounts/index.ts';
import { createIssuerEnvelope } from '../../../issuer/issuer.ts';
import { createPasskeys, createSessions, sessionRules } from '../../../issuer/passkeys/index.ts';
import { createRefusalAudit } from '../../../issuer/refusal-audit.ts';
import { fixedClock } from '../../../shared/clock.ts';
import { createHttpApp } from '../../../shared/server/http.ts';
import { type Listening, listen } from '../../../shared/server/listen.ts';
import { silentLog } from '../../../shared/server/log.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';
import { type CeremonyOptions, type Spoil, type WebPasskey, webPasskey } from '../../support/web-passkey.ts';

/** 2026-11-22 12:00:00 in Shanghai. */
export const noon = 1_795_320_000;

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface AccountWorld {
  readonly issuer: TestIssuer;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly origin: string;
  readonly letters: Letter[];
  /** What the post does with the next letters. */
  post: 'open' | 'closed';
  readonly erased: string[];
  browser(options?: { readonly agent?: string; readonly address?: string }): TestBrowser;
  sweep(): Promise<number>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  readonly json: any;
  readonly headers: Headers;
}

export interface TestBrowser {
  cookie: string | undefined;
  readonly passkey: WebPasskey;
  call(method: 'GET' | 'POST', path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  register(spoil?: Spoil, passkey?: WebPasskey): Promise<Answer>;
  signIn(spoil?: Spoil, passkey?: WebPasskey): Promise<Answer>;
  signInOptions(): Promise<CeremonyOptions>;
  newPasskey(): WebPasskey;
}

export async function startAccountWorld(databaseUrl = ':memory:'): Promise<AccountWorld> {
  const clock = fixedClock(noon);
  const issuer = await startTestIssuer({ clock, databaseUrl });
  const letters: Letter[] = [];
  const erased: string[] = [];
  const refusals = createRefusalAudit({ db: issuer.db, clock });
  const waiting: { handler: Listening | undefined } = { handler: undefined };
  const world: { post: 'open' | 'closed' } = { post: 'open' };
  const mailer: Mailer = {
    async send(letter) {
      if (world.post === 'closed') throw new Error('no post today');
      letters.push(letter);
    },
  };
  const origin = 'http://localhost:1';
  const shared = { db: issuer.db, clock };
  const config = { baseUrl: issuer.url, mode: 'demo', trustProxy: 1 } as const;
  const envelope = createIssuerEnvelope({
    config: { ...config, name, walletReceiveUrl: undefined },
    clock,
    keys: issuer.keys,
  });
  const accounts = createAccounts({
    ...shared,
    envelope,
    passkeys: createPasskeys({ ...shared, rpId: 'localhost', rpName: name.en, origin, kind: 'holder' }),
    sessions: createSessions({
      ...shared,
      kind: 'holder',
      cookieName: 'hufu-account',
      https: false,
      rules: sessionRules.holder,
    }),
    issuances: issuer.issuer.issuances,
    lifecycle: issuer.issuer.lifecycle,
    register: issuer.issuer.register,
    applications: {
      list: async () => [],
      open: async (_trx, accountId, ids) => `application-of-${accountId}-${ids.length}`,
      erase: async (_trx, accountId) => {
        erased.push(accountId);
      },
    },
    mailer,
    markAudited: refusals.markAudited,
    baseUrl: origin,
    name,
  });
  const app = createHttpApp({
    baseUrl: origin,
    routes: accounts.routes,
    log: silentLog,
    trustProxy: 1,
    onRefusal: refusals.onRefusal,
  });
  waiting.handler = await listen(app, { host: '127.0.0.1', port: 0 });
  const { url } = waiting.handler;
  const made: AccountWorld = {
    issuer,
    clock,
    origin,
    letters,
    erased,
    get post() {
      return world.post;
    },
    set post(next) {
      world.post = next;
    },
    browser: (options = {}) => newBrowser(url, origin, options),
    sweep: accounts.sweep,
    async close() {
      await waiting.handler?.close();
      await issuer.close();
    },
  };
  return made;
}

const name = { 'zh-Hans': '示例市公安局', en: 'Example City Public Security Bureau' } as const;
let addresses = 0;

function newBrowser(
  url: string,
  origin: string,
  options: { readonly agent?: string; readonly address?: string },
): TestBrowser {
  addresses += 1;
  // Each browser in a household of its own, so that no test spends another's rate.
  const address = options.address ?? `10.${addresses >> 8}.${addresses & 255}.7`;
  const agent = options.agent ?? 'Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0';
  const newPasskey = () => webPasskey({ origin, rpId: 'localhost' });
  const browser: TestBrowser = {
    cookie: undefined,
    passkey: newPasskey(),
    newPasskey,
    async call(method, path, body, headers = {}) {
      const answer = await fetch(`${url}/account/api/${path}`, {
        method,
        headers: {
          origin,
          'user-agent': agent,
          'x-forwarded-for': address,
          ...(browser.cookie !== undefined && { cookie: browser.cookie }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const [set] = answer.headers.getSetCookie();
      if (set !== undefined) browser.cookie = /^[^=]+=;/.test(set) ? undefined : set.split(';')[0];
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) };
    },
    async register(spoil, passkey = browser.passkey) {
      const begun = await browser.call('POST', 'passkeys/registration-options', {});
      if (begun.status !== 200) return begun;
      return browser.call('POST', 'passkeys', passkey.create(begun.json, spoil));
    },
    signInOptions: async () => (await browser.call('POST', 'sign-in/options', {})).json,
    async signIn(spoil, passkey = browser.passkey) {
      return browser.call('POST', 'sign-in', passkey.get(await browser.signInOptions(), spoil));
    },
  };
  return browser;
}
