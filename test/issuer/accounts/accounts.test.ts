import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindPerson, isFrozen } from '../../../issuer/accounts/index.ts';
import { eachDatabase } from '../../support/databases.ts';
import { createTestClient } from '../../support/issuance-client.ts';
import { type AccountWorld, startAccountWorld, type TestBrowser } from './account-world.ts';

eachDatabase('accounts', (engine) => {
  let world: AccountWorld;
  beforeAll(async () => {
    world = await startAccountWorld(await engine.freshUrl());
  });
  afterAll(() => world.close());

  async function registered(options?: Parameters<AccountWorld['browser']>[0]): Promise<TestBrowser> {
    const browser = world.browser(options);
    expect((await browser.register()).status).toBe(204);
    return browser;
  }

  async function accountOf(browser: TestBrowser): Promise<string> {
    const row = await world.issuer.db.kysely
      .selectFrom('passkey')
      .select('owner_id')
      .where('credential_id', '=', browser.passkey.id)
      .executeTakeFirstOrThrow();
    return row.owner_id;
  }

  /** Somebody whose application was approved, with this many credentials in as many wallets. */
  async function verified(slug: string, wallets = 1): Promise<{ browser: TestBrowser; issuances: readonly string[] }> {
    const browser = await registered();
    const accountId = await accountOf(browser);
    const personRef = world.issuer.personId(slug);
    await world.issuer.db.transaction((trx) => bindPerson(trx, accountId, personRef));
    const issuances: string[] = [];
    for (let count = 0; count < wallets; count += 1) {
      const { offer, offerId } = await world.issuer.offer(slug);
      const client = createTestClient({ issuer: world.issuer.url, now: () => world.clock.now() });
      await client.receive(offer);
      for (const set of await world.issuer.issuer.issuances.findOf({ offerId })) issuances.push(set.issuanceId);
    }
    return { browser, issuances };
  }

  async function statusOf(issuanceId: string): Promise<string> {
    const { issuances, lifecycle } = world.issuer.issuer;
    const refs = await issuances.findStatusRefs(world.issuer.db.kysely, issuanceId);
    return [...new Set(await lifecycle.readStatuses(world.issuer.db.kysely, refs))].join();
  }

  /** Every row of every table, as text. */
  async function everyRow(): Promise<string> {
    const { kysely } = world.issuer.db;
    const catalogue =
      engine.name === 'sqlite'
        ? sql<{ name: string }>`select name from sqlite_master where type = 'table'`
        : sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = 'public'`;
    const { rows } = await catalogue.execute(kysely);
    const tables = rows.map(async ({ name }) => (await sql`select * from ${sql.table(name)}`.execute(kysely)).rows);
    return JSON.stringify(await Promise.all(tables));
  }

  const official = (issuanceId: string, act: 'suspend' | 'resume' | 'revoke') =>
    world.issuer.db.transaction(async (trx) => {
      const refs = await world.issuer.issuer.issuances.findStatusRefs(trx, issuanceId);
      await world.issuer.issuer.lifecycle.changeStatuses(trx, refs, act);
    });

  const alertsOf = async (browser: TestBrowser) =>
    (await browser.call('GET', 'alerts')).json.alerts as { id: string; kind: string; answer?: string }[];

  describe('who one is', () => {
    it('nobody is somebody before an application was approved', async () => {
      const browser = await registered();
      const { json } = await browser.call('GET', 'overview');
      expect(json).toMatchObject({ state: 'open', real_name: { verified: false }, credentials: [], open_alerts: 0 });
      expect(Object.keys(json.real_name)).toEqual(['verified']);
    });

    it('a verified person sees a masked name and four digits, and nowhere more', async () => {
      const { browser, issuances } = await verified('lin-yizhou');
      const overview = await browser.call('GET', 'overview');
      expect(overview.json.real_name).toMatchObject({ verified: true });
      expect(overview.json.real_name.name_masked).toMatch(/\*/);
      expect(overview.json.real_name.number_last4).toMatch(/^\d{3}[\dX]$/);
      expect(overview.json.credentials).toMatchObject([{ id: issuances[0], status: 'valid', accepted: false }]);
      const everything = JSON.stringify([
        overview.json,
        (await browser.call('GET', 'holdings')).json,
        (await browser.call('GET', 'devices')).json,
      ]);
      const found = await world.issuer.issuer.register.findPersonByRef(world.issuer.personId('lin-yizhou'));
      expect(found?.person.name).toMatch(/^林/);
      expect(everything).not.toContain(found?.person.name);
      expect(everything).not.toMatch(/\d{17}[\dX]/);
    });

    it('whoever proved themselves last is the person; the earlier account no longer is', async () => {
      const first = await verified('chen-siyuan');
      const second = await verified('chen-siyuan');
      expect((await first.browser.call('GET', 'overview')).json.real_name.verified).toBe(false);
      expect((await first.browser.call('GET', 'overview')).json.credentials).toEqual([]);
      expect((await second.browser.call('GET', 'overview')).json.real_name.verified).toBe(true);
    });

    it('a register that does not answer leaves the page working', async () => {
      const browser = await registered();
      const accountId = await accountOf(browser);
      await world.issuer.db.transaction((trx) => bindPerson(trx, accountId, 'no-such-row-of-a-register'));
      expect((await browser.call('GET', 'overview')).json.real_name).toEqual({ verified: true });
    });
  });

  describe('alerts', () => {
    it('the same passkey on another device is told, on the same one it is not', async () => {
      const browser = await registered();
      expect((await browser.signIn()).status).toBe(204);
      expect(await alertsOf(browser)).toEqual([]);
      const phone = world.browser({ agent: 'Mozilla/5.0 (iPhone) Version/19 Safari/600' });
      expect((await phone.signIn({}, browser.passkey)).status).toBe(204);
      expect(await alertsOf(browser)).toMatchObject([{ kind: 'new_device', agent: 'ios-safari' }]);
      expect((await phone.signIn({}, browser.passkey)).status).toBe(204);
      expect(await alertsOf(browser)).toHaveLength(1);
    });

    it('a new network is told, a neighbour address in the same network is not', async () => {
      const browser = await registered({ address: '198.51.100.7' });
      const near = world.browser({ address: '198.51.100.201' });
      expect((await near.signIn({}, browser.passkey)).status).toBe(204);
      expect(await alertsOf(near)).toEqual([]);
      const far = world.browser({ address: '203.0.113.9' });
      expect((await far.signIn({}, browser.passkey)).status).toBe(204);
      expect(await alertsOf(far)).toMatchObject([{ kind: 'new_network' }]);
    });

    it('no address is kept, and the same network of two people hashes differently', async () => {
      const [one, two] = [await registered({ address: '192.0.2.44' }), await registered({ address: '192.0.2.44' })];
      expect(await everyRow()).not.toContain('192.0.2');
      const rows = await world.issuer.db.kysely
        .selectFrom('session')
        .select('place_hash')
        .where('owner_id', 'in', [await accountOf(one), await accountOf(two)])
        .execute();
      expect(new Set(rows.map((row) => row.place_hash)).size).toBe(2);
    });

    it('the fifth failure in a quarter of an hour is told, once an hour', async () => {
      const browser = await registered();
      for (let count = 0; count < 4; count += 1) await browser.signIn({ forgedSignature: true });
      expect(await alertsOf(browser)).toEqual([]);
      for (let count = 0; count < 3; count += 1) await browser.signIn({ forgedSignature: true });
      expect((await alertsOf(browser)).map(({ kind }) => kind)).toEqual(['many_failures']);
      const signIns = (await browser.call('GET', 'alerts')).json.sign_ins;
      expect(signIns.filter((row: { outcome: string }) => row.outcome === 'refused')).toHaveLength(7);
    });

    it('“that was me” settles it; another’s alert is unknown', async () => {
      const [browser, stranger] = [await registered(), await registered()];
      await browser.register({}, browser.newPasskey());
      const [alert] = await alertsOf(browser);
      expect((await stranger.call('POST', `alerts/${alert?.id}/mine`, {})).status).toBe(404);
      expect((await stranger.call('POST', `alerts/${alert?.id}/not-me`, {})).status).toBe(404);
      expect((await browser.call('GET', 'overview')).json.open_alerts).toBe(1);
      expect((await browser.call('POST', `alerts/${alert?.id}/mine`, {})).status).toBe(204);
      expect((await browser.call('GET', 'overview')).json).toMatchObject({ open_alerts: 0, state: 'open' });
    });

    it('“that was not me” freezes at once: credentials suspended, the other sessions and the passkey gone', async () => {
      const { browser, issuances } = await verified('zhao-zimo');
      const stolen = browser.newPasskey();
      await browser.register({}, stolen);
      const thief = world.browser();
      expect((await thief.signIn({}, stolen)).status).toBe(204);
      const added = (await alertsOf(browser)).find(({ kind }) => kind === 'passkey_added');
      expect((await browser.call('POST', `alerts/${added?.id}/not-me`, {})).status).toBe(204);
      expect(await statusOf(issuances[0] ?? '')).toBe('suspended');
      expect((await thief.call('GET', 'overview')).status).toBe(401);
      expect((await thief.signIn({}, stolen)).status).toBe(401);
      expect((await browser.call('GET', 'overview')).json).toMatchObject({ state: 'frozen', freeze_reason: 'not_me' });
      expect(await world.issuer.db.transaction((trx) => isFrozen(trx, world.issuer.personId('zhao-zimo')))).toBe(true);
    });

    it('the mail has fixed words and a word that freezes, once, without a session', async () => {
      const { browser, issuances } = await verified('wei-xiaoman');
      expect((await browser.call('POST', 'contact', { email: 'wei@example.com' })).status).toBe(204);
      await world.sweep();
      const thief = world.browser({ agent: 'Mozilla/5.0 (Android) Chrome/150' });
      await thief.signIn({}, browser.passkey);
      world.letters.length = 0;
      await world.sweep();
      expect(world.letters).toHaveLength(1);
      const [letter] = world.letters;
      expect(letter?.to).toBe('wei@example.com');
      expect(letter?.text).not.toMatch(/小满|\d{6}/);
      const token = /#not-me=([A-Za-z0-9_-]{43})/.exec(letter?.text ?? '')?.[1];
      expect(await everyRow()).not.toContain(token);
      const nobody = world.browser();
      expect((await nobody.call('POST', 'not-me', { token: 'A'.repeat(43) })).status).toBe(404);
      expect(await statusOf(issuances[0] ?? '')).toBe('valid');
      expect((await nobody.call('POST', 'not-me', { token })).status).toBe(204);
      expect(await statusOf(issuances[0] ?? '')).toBe('suspended');
      for (const one of [browser, thief]) expect((await one.call('GET', 'overview')).status).toBe(401);
      expect((await nobody.call('POST', 'not-me', { token })).status).toBe(404);
      world.letters.length = 0;
      await world.sweep();
      expect(world.letters).toEqual([]);
    });

    it('a mail the post did not take goes out with the next round', async () => {
      const browser = await registered();
      await browser.call('POST', 'contact', { email: 'later@example.com' });
      world.letters.length = 0;
      world.post = 'closed';
      await world.sweep();
      world.post = 'open';
      expect(world.letters).toEqual([]);
      await world.sweep();
      expect(world.letters.map(({ to }) => to)).toEqual(['later@example.com']);
    });

    it('a changed address is told to the former one', async () => {
      const browser = await registered();
      await browser.call('POST', 'contact', { email: 'former@example.com' });
      await world.sweep();
      world.letters.length = 0;
      await browser.call('POST', 'contact', { email: 'thief@example.com' });
      await world.sweep();
      expect(world.letters.map(({ to }) => to)).toEqual(['former@example.com']);
      expect((await browser.call('GET', 'overview')).json.contact_masked).toBe('t***@example.com');
      await browser.call('POST', 'contact', { email: null });
      expect((await browser.call('GET', 'overview')).json.contact_masked).toBeUndefined();
      expect(await everyRow()).not.toMatch(/former@|thief@/);
    });
  });

  describe('freezing', () => {
    it('suspends all, and unfreezing resumes what it suspended and nothing else', async () => {
      const { browser, issuances } = await verified('batu', 3);
      world.clock.advance(1);
      const [mine, officials, revoked] = issuances as [string, string, string];
      await official(officials, 'suspend');
      expect((await browser.call('POST', 'freeze', {})).status).toBe(204);
      expect((await browser.call('POST', 'freeze', {})).status).toBe(204);
      await official(revoked, 'revoke');
      expect(await Promise.all(issuances.map(statusOf))).toEqual(['suspended', 'suspended', 'revoked']);
      world.clock.advance(60);
      expect((await browser.call('POST', 'unfreeze', {})).status).toBe(204);
      expect(await Promise.all(issuances.map(statusOf))).toEqual(['valid', 'suspended', 'revoked']);
      const audit = (await world.issuer.audit(mine)).map(({ action, role }) => `${action} ${role}`);
      expect(audit.slice(-2)).toEqual(['credential.suspend holder', 'credential.resume holder']);
      expect((await browser.call('POST', 'unfreeze', {})).status).toBe(409);
    });

    it('a passkey made after the freeze does not unfreeze, an older one does', async () => {
      const { browser, issuances } = await verified('sun-xiaowen');
      world.clock.advance(1);
      await browser.call('POST', 'card-lost', {});
      expect((await browser.call('GET', 'overview')).json.freeze_reason).toBe('card_lost');
      const late = browser.newPasskey();
      world.clock.advance(1);
      await browser.register({}, late);
      const other = world.browser();
      await other.signIn({}, late);
      expect((await other.call('POST', 'unfreeze', {})).status).toBe(403);
      expect(await statusOf(issuances[0] ?? '')).toBe('suspended');
      expect((await browser.call('POST', 'unfreeze', {})).status).toBe(204);
      expect(await statusOf(issuances[0] ?? '')).toBe('valid');
    });

    it('an account that is not the person’s any more resumes nothing', async () => {
      const { browser, issuances } = await verified('ouyang-shuyao');
      world.clock.advance(1);
      await browser.call('POST', 'freeze', {});
      const later = await registered();
      const laterId = await accountOf(later);
      await world.issuer.db.transaction((trx) => bindPerson(trx, laterId, world.issuer.personId('ouyang-shuyao')));
      expect((await browser.call('POST', 'unfreeze', {})).status).toBe(204);
      expect(await statusOf(issuances[0] ?? '')).toBe('suspended');
    });

    it('frozen data cannot be corrected; unfrozen it is a new application', async () => {
      const { browser } = await verified('zhou-guilan');
      world.clock.advance(1);
      await browser.call('POST', 'freeze', {});
      expect(await browser.call('POST', 'corrections', {})).toMatchObject({
        status: 409,
        json: { code: 'account_frozen' },
      });
      await browser.call('POST', 'unfreeze', {});
      expect((await browser.call('POST', 'corrections', {})).json.application_id).toMatch(/^application-of-/);
    });
  });

  describe('nothing new while frozen', () => {
    it('an offer that was open gives nothing, and gives again once unfrozen', async () => {
      const { browser } = await verified('zhaxi-dunzhu');
      world.clock.advance(1);
      const { offer } = await world.issuer.offer('zhaxi-dunzhu');
      await browser.call('POST', 'freeze', {});
      const client = createTestClient({ issuer: world.issuer.url, now: () => world.clock.now() });
      await expect(client.receive(offer)).rejects.toThrow();
      expect((await world.issuer.audit()).map(({ reason }) => reason)).toContain('issuance_denied');
      expect((await browser.call('GET', 'overview')).json.credentials).toHaveLength(1);
      await browser.call('POST', 'unfreeze', {});
      await client.receive(offer);
      expect((await browser.call('GET', 'overview')).json.credentials).toHaveLength(2);
    });
  });

  describe('devices', () => {
    it('removing a wallet revokes what it fetched and nothing of the other', async () => {
      const { browser, issuances } = await verified('li-yutong', 2);
      const { wallets } = (await browser.call('GET', 'devices')).json;
      expect(wallets).toHaveLength(2);
      const first = wallets.find(
        (wallet: { credentials: { id: string }[] }) => wallet.credentials[0]?.id === issuances[0],
      );
      const stranger = await registered();
      expect((await stranger.call('POST', `wallets/${first.id}/remove`, {})).status).toBe(404);
      expect((await browser.call('POST', `wallets/${first.id}/remove`, {})).status).toBe(204);
      expect(await Promise.all(issuances.map(statusOf))).toEqual(['revoked', 'valid']);
      expect((await browser.call('GET', 'devices')).json.wallets).toHaveLength(1);
    });

    it('one ends one’s own sessions and removes one’s own passkeys, never another’s, never the last', async () => {
      const [browser, stranger] = [await registered(), await registered()];
      const phone = world.browser();
      await phone.signIn({}, browser.passkey);
      const { sessions, passkeys } = (await browser.call('GET', 'devices')).json;
      const other = sessions.find((row: { current: boolean }) => !row.current);
      expect((await stranger.call('POST', `sessions/${other.id}/remove`, {})).status).toBe(404);
      expect((await stranger.call('POST', `passkeys/${passkeys[0].id}/remove`, {})).status).toBe(404);
      expect((await phone.call('GET', 'overview')).status).toBe(200);
      expect((await browser.call('POST', `sessions/${other.id}/remove`, {})).status).toBe(204);
      expect((await phone.call('GET', 'overview')).status).toBe(401);
      expect((await browser.call('POST', `passkeys/${passkeys[0].id}/remove`, {})).status).toBe(409);
      expect((await browser.call('GET', 'overview')).status).toBe(200);
    });
  });

  describe('everything about me', () => {
    it('lists who looked, by role and act, and never which official', async () => {
      const { browser, issuances } = await verified('ouyang-shuyao');
      const { recordAudit } = await import('../../../shared/server/audit.ts');
      await world.issuer.db.transaction((trx) =>
        recordAudit(trx, {
          at: world.clock.now(),
          actor: 'official-4711',
          role: 'auditor',
          action: 'issuance.read',
          object: issuances[0] ?? '',
          outcome: 'done',
        }),
      );
      const { json } = await browser.call('GET', 'holdings');
      expect(json.accesses).toContainEqual({
        at: world.clock.now(),
        role: 'auditor',
        action: 'issuance.read',
        own: false,
      });
      expect(JSON.stringify(json)).not.toContain('official-4711');
      expect(
        json.accesses.some((row: { action: string; own: boolean }) => row.action === 'session.open' && row.own),
      ).toBe(true);
    });

    it('the download is whole and on record', async () => {
      const { browser } = await verified('wang-jianguo');
      await browser.call('POST', 'contact', { email: 'wang@example.com' });
      const answer = await browser.call('GET', 'export');
      expect(answer.json.person).toMatchObject({ name: '王建国' });
      expect(answer.json.person.number).toMatch(/^\d{17}[\dX]$/);
      expect(answer.json.contact).toBe('wang@example.com');
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const audit = await world.issuer.audit(await accountOf(browser));
      expect(audit.map(({ action }) => action)).toContain('account.export');
    });

    it('nc-122 deletion revokes, forgets the keys and leaves nobody, even in a copy of the tables from before', async () => {
      const { browser, issuances } = await verified('ayiguli');
      const accountId = await accountOf(browser);
      await browser.call('POST', 'contact', { email: 'ayiguli@example.com' });
      const { contact } = await world.issuer.db.kysely
        .selectFrom('holder_account')
        .select('contact')
        .where('id', '=', accountId)
        .executeTakeFirstOrThrow();
      expect((await browser.call('POST', 'delete', {})).status).toBe(400);
      const answer = await browser.call('POST', 'delete', { confirm: 'delete' });
      expect(answer.status).toBe(200);
      expect(answer.json.kept).toContain('audit_without_personal_data');
      expect(browser.cookie).toBeUndefined();
      expect(await statusOf(issuances[0] ?? '')).toBe('revoked');
      expect(world.erased).toContain(accountId);
      expect((await browser.signIn()).status).toBe(401);
      for (const table of ['passkey', 'session'] as const) {
        const rows = await world.issuer.db.kysely
          .selectFrom(table)
          .selectAll()
          .where('owner_id', '=', accountId)
          .execute();
        expect(rows).toEqual([]);
      }
      // A restored table brings the sealed text back; its key is in another backup, which is not.
      await world.issuer.db.kysely.updateTable('holder_account').set({ contact }).where('id', '=', accountId).execute();
      const keys = await world.issuer.db.kysely
        .selectFrom('data_key')
        .selectAll()
        .where('row_id', '=', accountId)
        .execute();
      expect(keys).toEqual([]);
    });
  });
});
