/** The way in under attack: each refusal beside its smallest honest change, with the rows it leaves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Spoil } from '../../support/web-passkey.ts';
import { type AccountWorld, startAccountWorld, type TestBrowser } from '../accounts/account-world.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await startAccountWorld();
});
afterAll(() => world.close());

async function registered(): Promise<TestBrowser> {
  const browser = world.browser();
  expect((await browser.register()).status).toBe(204);
  return browser;
}

async function auditSince(act: () => Promise<unknown>): Promise<readonly string[]> {
  const seen = (await world.issuer.audit()).length;
  await act();
  return (await world.issuer.audit()).slice(seen).map(({ action, reason }) => [action, reason].join(' ').trim());
}

const sessions = () => world.issuer.db.kysely.selectFrom('session').selectAll().execute();

describe('signing in', () => {
  it('an honest passkey signs in; the session is recorded and its cookie is out of reach of scripts', async () => {
    const browser = await registered();
    expect((await browser.call('POST', 'sign-out')).status).toBe(204);
    const answer = await browser.signIn();
    expect(answer.status).toBe(204);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^hufu-account=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Strict$/);
    const stored = JSON.stringify(await sessions());
    expect(stored).not.toContain(browser.cookie?.split('=')[1]);
    expect((await browser.call('GET', 'overview')).status).toBe(200);
  });

  const spoiled: readonly (readonly [string, Spoil])[] = [
    ['without user verification', { userVerified: false }],
    ['without user presence', { userPresent: false }],
    ['for another rpId', { rpId: 'evil.example' }],
    ['made at another origin', { origin: 'http://evil.example' }],
    ['made in a frame of another origin', { framed: true }],
    ['of another ceremony', { type: 'webauthn.create' }],
    ['with a forged signature', { forgedSignature: true }],
    ['with another user handle', { userHandle: 'c29tZWJvZHkgZWxzZQ' }],
  ];
  it.each(spoiled)('nc-077 a passkey %s is refused', async (_name, spoil) => {
    const browser = await registered();
    await browser.call('POST', 'sign-out');
    const before = (await sessions()).length;
    const audit = await auditSince(async () => {
      expect(await browser.signIn(spoil)).toMatchObject({ status: 401, json: { code: 'passkey_invalid' } });
    });
    expect(audit).toEqual(['auth.fail passkey_invalid']);
    expect((await sessions()).length).toBe(before);
    expect(browser.cookie).toBeUndefined();
    expect((await browser.signIn()).status).toBe(204);
  });

  const atCreation: readonly (readonly [string, Spoil])[] = spoiled.slice(0, 5);
  it.each(atCreation)('nc-077 registering a passkey %s is refused', async (_name, spoil) => {
    const browser = world.browser();
    expect(await browser.register(spoil)).toMatchObject({ status: 401, json: { code: 'passkey_invalid' } });
    expect(browser.cookie).toBeUndefined();
    expect((await browser.register()).status).toBe(204);
  });

  it('nc-077 an answer that was used is refused a second time', async () => {
    const browser = await registered();
    const answer = browser.passkey.get(await browser.signInOptions());
    expect((await browser.call('POST', 'sign-in', answer)).status).toBe(204);
    const audit = await auditSince(async () => {
      expect(await browser.call('POST', 'sign-in', answer)).toMatchObject({
        status: 401,
        json: { code: 'challenge_unknown' },
      });
    });
    expect(audit).toEqual(['auth.fail challenge_unknown']);
  });

  it('nc-077 of the same answer sent twice at once one signs in', async () => {
    const browser = await registered();
    const answer = browser.passkey.get(await browser.signInOptions());
    const both = await Promise.all([1, 2].map(() => browser.call('POST', 'sign-in', answer)));
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, 401]);
  });

  it('nc-077 a challenge lives five minutes and not a second longer', async () => {
    const browser = await registered();
    const [early, late] = [await browser.signInOptions(), await browser.signInOptions()];
    world.clock.advance(299);
    expect((await browser.call('POST', 'sign-in', browser.passkey.get(early))).status).toBe(204);
    world.clock.advance(1);
    expect(await browser.call('POST', 'sign-in', browser.passkey.get(late))).toMatchObject({
      status: 401,
      json: { code: 'challenge_unknown' },
    });
  });

  it('nc-077 a challenge we never gave is refused', async () => {
    const browser = await registered();
    const answer = browser.passkey.get({ challenge: 'A'.repeat(43) });
    expect((await browser.call('POST', 'sign-in', answer)).json.code).toBe('challenge_unknown');
  });

  it('nc-077 another account’s credential id with one’s own key is refused', async () => {
    const [mallory, victim] = [await registered(), await registered()];
    const id = victim.passkey.id;
    expect(await mallory.signIn({ id })).toMatchObject({ status: 401, json: { code: 'passkey_invalid' } });
    expect((await mallory.signIn()).status).toBe(204);
  });

  it('nc-077 another account’s user handle under one’s own signature is refused', async () => {
    const [mallory, victim] = [await registered(), await registered()];
    const answer = victim.passkey.get({ challenge: 'x' }) as { response: { userHandle: string } };
    const { userHandle } = answer.response;
    expect((await mallory.signIn({ userHandle })).json.code).toBe('passkey_invalid');
  });

  it('nc-077 a counter that does not rise is refused, one that rises is not', async () => {
    const browser = world.browser();
    browser.passkey.counter = 5;
    expect((await browser.register()).status).toBe(204);
    for (const counter of [5, 4, 0])
      expect(await browser.signIn({ counter })).toMatchObject({ status: 401, json: { code: 'passkey_invalid' } });
    expect((await browser.signIn({ counter: 6 })).status).toBe(204);
    expect((await browser.signIn({ counter: 6 })).status).toBe(401);
  });

  it('nc-077 there is no password to fall back to', async () => {
    const browser = await registered();
    const answer = await browser.call('POST', 'sign-in', { name: 'a', password: 'b' });
    expect(answer).toMatchObject({ status: 400, json: { code: 'shape' } });
  });

  it('a credential id that is known cannot be registered again, by nobody', async () => {
    const [browser, other] = [await registered(), world.browser()];
    expect(await other.register({}, browser.passkey)).toMatchObject({ status: 401, json: { code: 'passkey_invalid' } });
  });
});

describe('sessions', () => {
  it('nc-077 fixation: the token a browser brought is never the one it leaves with, and ends', async () => {
    const browser = await registered();
    const planted = browser.cookie;
    expect((await browser.signIn()).status).toBe(204);
    expect(browser.cookie).not.toBe(planted);
    const thief = world.browser();
    thief.cookie = planted;
    expect((await thief.call('GET', 'overview')).status).toBe(401);
    expect((await browser.call('GET', 'overview')).status).toBe(200);
  });

  it('nc-077 a made-up token stays unknown after sign-in', async () => {
    const browser = await registered();
    browser.cookie = `hufu-account=${'A'.repeat(43)}`;
    expect((await browser.signIn()).status).toBe(204);
    const thief = world.browser();
    thief.cookie = `hufu-account=${'A'.repeat(43)}`;
    expect((await thief.call('GET', 'overview')).status).toBe(401);
  });

  it('nc-077 use after sign-out is refused, with an audit row', async () => {
    const browser = await registered();
    const kept = browser.cookie;
    const audit = await auditSince(async () => {
      expect((await browser.call('POST', 'sign-out')).status).toBe(204);
      browser.cookie = kept;
      expect(await browser.call('GET', 'overview')).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    });
    expect(audit).toEqual(['session.end', 'request.refuse unauthenticated']);
  });

  it('nc-077 an hour without an act ends a holder’s session; looking is not acting', async () => {
    const browser = await registered();
    world.clock.advance(3_599);
    expect((await browser.call('GET', 'overview')).status).toBe(200);
    world.clock.advance(1);
    expect((await browser.call('GET', 'overview')).status).toBe(401);
  });

  it('nc-077 an act keeps it awake, and after a day nothing does', async () => {
    const browser = await registered();
    for (let hour = 0; hour < 23; hour += 1) {
      world.clock.advance(3_590);
      const alive = await browser.call('POST', 'sessions/AAAAAAAAAAAAAAAA/remove', {});
      expect(alive.status).toBe(404);
    }
    world.clock.advance(3_590);
    expect((await browser.call('GET', 'overview')).status).toBe(200);
    world.clock.advance(240);
    expect((await browser.call('GET', 'overview')).status).toBe(401);
  });

  it('nc-077 without our own origin nothing is done, whatever the cookie', async () => {
    const browser = await registered();
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ])
      expect(await browser.call('POST', 'freeze', {}, headers)).toMatchObject({
        status: 403,
        json: { code: 'origin_refused' },
      });
    expect((await browser.call('GET', 'overview')).json.state).toBe('open');
    expect((await browser.call('POST', 'freeze', {})).status).toBe(204);
    expect((await browser.call('GET', 'overview')).json.state).toBe('frozen');
  });

  it('nc-077 no state changes by GET', async () => {
    const browser = await registered();
    for (const path of ['freeze', 'sign-out', 'delete', 'unfreeze', 'corrections'])
      expect((await browser.call('GET', path)).status).toBe(405);
  });

  it('nc-077 a removed passkey takes its sessions with it', async () => {
    const browser = await registered();
    const second = browser.newPasskey();
    expect((await browser.register({}, second)).status).toBe(204);
    const phone = world.browser();
    expect((await phone.signIn({}, second)).status).toBe(204);
    const { passkeys } = (await browser.call('GET', 'devices')).json;
    const other = passkeys.find((row: { current: boolean }) => !row.current);
    expect((await browser.call('POST', `passkeys/${other.id}/remove`, {})).status).toBe(204);
    expect((await phone.call('GET', 'overview')).status).toBe(401);
    expect((await phone.signIn({}, second)).json.code).toBe('passkey_invalid');
    expect((await browser.call('GET', 'overview')).status).toBe(200);
  });

  it('what was made for one session’s account cannot be answered by another’s', async () => {
    const [one, two] = [await registered(), await registered()];
    const options = (await one.call('POST', 'passkeys/registration-options', {})).json;
    const answer = two.newPasskey().create(options);
    expect((await two.call('POST', 'passkeys', answer)).json.code).toBe('challenge_unknown');
    const nobody = world.browser();
    expect((await nobody.call('POST', 'passkeys', answer)).json.code).toBe('challenge_unknown');
    expect((await one.call('POST', 'passkeys', answer)).status).toBe(204);
  });

  it('acts that cannot be taken back need a passkey touch of the last five minutes', async () => {
    const browser = await registered();
    world.clock.advance(300);
    for (const [path, body] of [
      ['delete', { confirm: 'delete' }],
      ['unfreeze', {}],
      ['passkeys/AAAAAAAAAAAAAAAA/remove', {}],
      ['passkeys/registration-options', {}],
      ['contact', { email: 'a@example.com' }],
    ] as const)
      expect(await browser.call('POST', path, body)).toMatchObject({ status: 401, json: { code: 'sign_in_again' } });
    expect((await browser.call('GET', 'export')).json.code).toBe('sign_in_again');
    expect((await browser.signIn()).status).toBe(204);
    expect((await browser.call('GET', 'export')).status).toBe(200);
  });
});
