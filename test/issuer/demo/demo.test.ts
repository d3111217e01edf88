import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssuer } from '../../../issuer/issuer.ts';
import { systemClock } from '../../../shared/clock.ts';
import { parseOffer } from '../../../shared/oid4vci/index.ts';
import { silentLog } from '../../../shared/server/log.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { createTestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';

const wallet = 'http://wallet.localhost:4030/receive';
let target: TestIssuer;
beforeAll(async () => {
  target = await startTestIssuer({ walletReceiveUrl: wallet, empty: true });
  await target.issuer.prepare();
});
afterAll(() => target.close());

const get = (path: string) => fetch(`${target.origin}${path}`);
const post = (path: string, form: Record<string, string>) =>
  fetch(`${target.origin}${path}`, { method: 'POST', body: new URLSearchParams(form) });
const countOffers = async () =>
  (
    await target.db.kysely
      .selectFrom('offer')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n;

describe('the demo pages', () => {
  it('are where the bare address leads', async () => {
    const answer = await get('/');
    expect(answer.redirected).toBe(true);
    expect(answer.url).toBe(`${target.origin}/demo`);
  });

  it('show twelve people, in both languages, without script', async () => {
    const answer = await get('/demo');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await answer.text();
    expect(page).toContain('lang="zh-Hans"');
    expect(page.match(/\/demo\/people\//g)).toHaveLength(12);
    expect(page).toContain('阿依古丽·买买提');
    expect(page).toContain('Pick a person');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/330199\d{8}/);
  });

  it('show a person with what can be had, and the drawn portrait', async () => {
    const page = await (await get('/demo/people/batu')).text();
    expect(page).toContain('**************3119');
    expect(page).toMatch(/value="driving-licence-sd-jwt" disabled/);
    expect(page).toMatch(/value="resident-id-sd-jwt" checked/);
    const portrait = await get('/demo/portraits/batu');
    expect(portrait.headers.get('content-type')).toBe('image/jpeg');
    expect((await portrait.arrayBuffer()).byteLength).toBeLessThan(12_288);
  });

  it('make an offer that a wallet can take with the code of the message', async () => {
    const answer = await post('/demo/people/lin-yizhou', { configuration_id: 'resident-id-sd-jwt', tx_code: 'on' });
    const page = await answer.text();
    const reference = decodeURIComponent(/credential_offer_uri=([^"<]+)"/.exec(page)?.[1] ?? '');
    expect(page).toContain(`href="${wallet}?credential_offer_uri=`);
    expect(page).toContain('data:image/svg+xml;base64,');
    const txCode = /class="code">(\d{6})</.exec(page)?.[1] ?? '';
    const offer = parseOffer(await (await fetch(reference)).text());
    const { credentials } = await createTestClient({ issuer: target.url }).receive(offer, { txCode });
    expect(credentials.length).toBeGreaterThan(0);
  });

  it('without the tick there is no code', async () => {
    const page = await (await post('/demo/people/lin-yizhou', { configuration_id: 'driving-licence-sd-jwt' })).text();
    expect(page).not.toContain('class="code"');
    expect(page).toContain('电子驾驶证');
  });

  it.each([
    ['nobody', '/demo/people/nobody', { configuration_id: 'resident-id-sd-jwt' }, 404],
    ['a configuration nobody offers', '/demo/people/batu', { configuration_id: 'passport' }, 400],
    ['a licence nobody has', '/demo/people/batu', { configuration_id: 'driving-licence-sd-jwt' }, 400],
    ['nothing chosen', '/demo/people/batu', {}, 400],
    ['a word nobody knows', '/demo/people/batu', { configuration_id: 'resident-id-sd-jwt', number: '1' }, 400],
  ] as const)('make none for %s', async (_name, path, form, status) => {
    const before = await countOffers();
    expect((await post(path, { ...form })).status).toBe(status);
    expect(await countOffers()).toBe(before);
  });

  it.each(['/demo/people/nobody', '/demo/portraits/nobody', '/demo/people/..%2fx', '/demo/people/%3Cscript%3E'])(
    '%s is nothing',
    async (path) => {
      const answer = await get(path);
      expect([400, 404]).toContain(answer.status);
      expect(await answer.text()).not.toContain('script');
    },
  );

  it('the people are put into the register once, and keep their reference over a restart', async () => {
    const before = await target.db.kysely.selectFrom('person').selectAll().orderBy('id').execute();
    await target.issuer.prepare();
    expect(await target.db.kysely.selectFrom('person').selectAll().orderBy('id').execute()).toEqual(before);
    expect(before).toHaveLength(12);
  });
});

describe('production', () => {
  const production = () => {
    const config = {
      baseUrl: target.url,
      mode: 'production',
      name: { 'zh-Hans': '某局', en: 'A bureau' },
      walletReceiveUrl: undefined,
      trustProxy: 0,
    } as const;
    return createIssuer({
      config,
      db: target.db,
      clock: systemClock,
      crypto: nodeCrypto(),
      log: silentLog,
      keys: target.keys,
    });
  };

  it('has no demo pages', async () => {
    const issuer = production();
    expect(issuer.routes.filter((route) => route.path === '/' || route.path.startsWith('/demo'))).toEqual([]);
    expect(target.issuer.routes.some((route) => route.path.startsWith('/demo'))).toBe(true);
    await issuer.close();
  });

  it('does not start on a register with people of the demo, says so, and starts when they are gone', async () => {
    const issuer = production();
    await expect(issuer.prepare()).rejects.toMatchObject({
      code: 'config_invalid',
      at: expect.stringContaining('demo'),
    });
    await target.db.kysely.deleteFrom('person').execute();
    await issuer.prepare();
    expect(await issuer.register.countPeople()).toBe(0);
    await issuer.close();
  });
});
