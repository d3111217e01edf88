import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import { encodeBase64url, type JsonObject } from '../../shared/encoding/index.ts';
import { generateNodeSigner } from '../../shared/server/node-crypto.ts';
import { listActivity } from '../../wallet/core/activity.ts';
import { listCards } from '../../wallet/core/cards.ts';
import { readLink } from '../../wallet/core/link.ts';
import { createWorld, type IssuerHooks, issuerUrl, vct, type World } from '../support/counterparties.ts';
import { walletOrigin } from '../support/vault.ts';
import { createTestWallet, type TestWallet } from '../support/wallet.ts';

const clock = fixedClock(0);
let world: World;
let wallet: TestWallet;
const txCode = '493536';

beforeEach(async () => {
  clock.set(Math.floor(Date.now() / 1000));
  world = await createWorld(clock);
  wallet = await createTestWallet({ configuration: world.configuration, fetchText: world.fetchText, clock });
});
afterEach(() => world.dispose());

describe('nc-137 links', () => {
  const offer = (uri: string) => `openid-credential-offer://?credential_offer_uri=${encodeURIComponent(uri)}`;
  const request = (uri: string) => `openid4vp://?client_id=x509_hash%3Aabc&request_uri=${encodeURIComponent(uri)}`;

  const malformed: readonly [string, string][] = [
    ['javascript:', 'javascript:alert(1)'],
    ['file:', 'file:///etc/passwd'],
    ['data:', 'data:text/html,x'],
    ['a foreign web address', 'https://evil.example/receive?credential_offer_uri=https://evil.example/o'],
    ['not a link', 'hello'],
    ['100 kB', `openid-credential-offer://?credential_offer_uri=${'a'.repeat(100_000)}`],
    ['a nested scheme', offer('openid-credential-offer://?credential_offer_uri=http://localhost:4010/offers/1')],
    ['a file behind it', offer('file:///etc/passwd')],
    ['a script behind it', offer('javascript:alert(1)')],
    ['user information', offer('http://localhost:4010@evil.example/offers/1')],
    ['a line break', 'openid-credential-offer://?credential_offer_uri=http://localhost:4010/o\n&x=1'],
    ['a request behind a script', request('javascript:alert(1)')],
    ['a request behind a file', request('file:///etc/passwd')],
    ['both kinds of offer', `${offer('http://localhost:4010/offers/1')}&credential_offer=%7B%7D`],
  ];
  for (const [name, link] of malformed) {
    it(`nc-137 ${name}: refused without asking anybody`, () => {
      expect(() => readLink(link, wallet.ports)).toThrow(/^(link_invalid|offer_invalid)$/);
      expect(wallet.asked).toEqual([]);
    });
  }

  const foreign = [
    'http://127.0.0.1:4010/offers/1',
    'http://[::1]:4010/offers/1',
    'http://localhost:4011/offers/1',
    'https://evil.example/offers/1',
    'http://169.254.169.254/latest',
    'http://localhost.evil.example:4010/offers/1',
  ];
  for (const place of foreign) {
    it(`nc-137 ${place}: host shown, nothing fetched, neither for an offer nor for a request`, async () => {
      expect(readLink(offer(place), wallet.ports)).toMatchObject({ known: false, host: new URL(place).host });
      await expect(wallet.openOffer(offer(place))).rejects.toMatchObject({ code: 'offer_untrusted' });
      expect(readLink(request(place), wallet.ports)).toMatchObject({ known: false, host: new URL(place).host });
      await expect(wallet.openRequest(request(place))).rejects.toMatchObject({ code: 'verifier_untrusted' });
      expect(wallet.asked).toEqual([]);
    });
  }

  it('nc-137 an offer by value from a look-alike issuer: refused before its code could be typed', async () => {
    const value = {
      credential_issuer: 'http://1ocalhost:4010',
      credential_configuration_ids: ['resident-id-sd-jwt'],
      grants: { 'urn:ietf:params:oauth:grant-type:pre-authorized_code': { 'pre-authorized_code': 'x', tx_code: {} } },
    };
    const link = `openid-credential-offer://?credential_offer=${encodeURIComponent(JSON.stringify(value))}`;
    expect(readLink(link, wallet.ports)).toMatchObject({ known: false, host: '1ocalhost:4010' });
    await expect(wallet.openOffer(link)).rejects.toMatchObject({ code: 'offer_untrusted' });
    expect(wallet.asked).toEqual([]);
  });

  it('nc-137 an offer that names another issuer than the host that was shown', async () => {
    world.issuer.offer = (made) => ({ ...made, credential_issuer: 'http://localhost:4020' });
    await expect(wallet.openOffer(world.offerLink)).rejects.toMatchObject({
      code: 'offer_invalid',
      at: 'credential_issuer',
    });
    expect(wallet.asked).toHaveLength(1);
  });

  it('nc-137 metadata that sends the code or the keys elsewhere', async () => {
    for (const endpoint of ['credential_endpoint', 'nonce_endpoint', 'notification_endpoint']) {
      world.issuer.metadata = (made) => ({ ...made, [endpoint]: 'https://evil.example/x' });
      await expect(wallet.openOffer(world.offerLink)).rejects.toMatchObject({ code: 'metadata_invalid' });
    }
    world.issuer.metadata = (made) => ({ ...made, authorization_servers: ['https://evil.example'] });
    await expect(wallet.openOffer(world.offerLink)).rejects.toMatchObject({ code: 'metadata_invalid' });
    world.issuer.metadata = (made) => ({ ...made, credential_issuer: 'http://localhost:4020' });
    await expect(wallet.openOffer(world.offerLink)).rejects.toMatchObject({ code: 'metadata_invalid' });
    expect(wallet.asked.every((url) => url.startsWith(issuerUrl))).toBe(true);
  });

  it("nc-137 twin: the honest link, and the same behind the wallet's own address, are read and opened", async () => {
    const own = world.offerLink.replace('openid-credential-offer://', `${walletOrigin}/receive`);
    for (const link of [world.offerLink, own, ` ${world.offerLink} `]) {
      expect(readLink(link, wallet.ports)).toMatchObject({ kind: 'offer', known: true, host: 'localhost:4010' });
      expect((await wallet.openOffer(link)).issuer.id).toBe(issuerUrl);
    }
  });
});

describe('nc-138 received credentials', () => {
  const otherKey = async (): Promise<JsonObject> => {
    const { kty, crv, x, y = '' } = (await generateNodeSigner('ES256')).publicJwk;
    return { kty, crv, x, y };
  };
  const faults: readonly [string, string, () => IssuerHooks | Promise<IssuerHooks>][] = [
    [
      'another holder key',
      'holder_mismatch',
      async () => {
        const jwk = await otherKey();
        return { payload: (payload, index) => (index === 3 ? { ...payload, cnf: { jwk } } : payload) };
      },
    ],
    ['one copy twice', 'holder_mismatch', () => ({ credentials: (made) => [made[0], ...made.slice(0, 9)] })],
    ['more copies than keys', 'holder_mismatch', () => ({ credentials: (made) => [...made, made[0]] })],
    ['no holder key', 'holder_mismatch', () => ({ payload: ({ cnf: _, ...rest }) => rest })],
    [
      'another issuer',
      'key_untrusted',
      () => ({ payload: (payload) => ({ ...payload, iss: 'http://localhost:4020' }) }),
    ],
    ['another signer', 'sig_invalid', async () => ({ signer: await generateNodeSigner('ES256') })],
    ['an unexpected vct', 'vct_mismatch', () => ({ payload: (payload) => ({ ...payload, vct: `${vct}0` }) })],
    ['already expired', 'expired', () => ({ payload: (payload) => ({ ...payload, exp: clock.now() - 61 }) })],
    ['not yet valid', 'not_yet_valid', () => ({ payload: (payload) => ({ ...payload, nbf: clock.now() + 3600 }) })],
    ['revoked', 'revoked', () => ({ status: 1 })],
    ['suspended', 'suspended', () => ({ status: 2 })],
    ['no end and no status', 'claim_type', () => ({ payload: ({ exp: _, status: __, ...rest }) => rest })],
    [
      'a claim beyond the metadata',
      'credential_unexpected',
      () => ({ payload: (payload) => ({ ...payload, extra_religion: 'x' }) }),
    ],
    [
      'another person in one copy',
      'credential_unexpected',
      () => ({
        payload: (payload, index) => (index === 7 ? { ...payload, name: '王芳' } : payload),
      }),
    ],
    ['an object instead of a text', 'credential_unexpected', () => ({ credentials: () => [{}] })],
    ['with a key binding', 'kb_unexpected', () => ({ credentials: (made) => [`${made[0]}${'e30.e30.e30'}`] })],
  ];

  for (const [name, code, hooks] of faults) {
    it(`nc-138 ${name}: not stored, logged, told to the issuer`, async () => {
      Object.assign(world.issuer, await hooks());
      await expect(wallet.receive(world.offerLink, { txCode })).rejects.toMatchObject({ code });
      expect(await listCards(wallet.vault.records)).toHaveLength(0);
      const [entry] = await listActivity(wallet.vault.records);
      expect(entry?.value).toMatchObject({ kind: 'not-received', host: 'localhost:4010', code });
      expect(world.events).toEqual(['credential_failure']);
      expect(wallet.store.keys.size).toBe(0);
    });
  }

  it('nc-138 a status that cannot be read is not good: not stored, but can be tried again', async () => {
    world.issuer.status = 'down';
    await expect(wallet.receive(world.offerLink, { txCode })).rejects.toMatchObject({ code: 'status_unavailable' });
    expect(await listCards(wallet.vault.records)).toHaveLength(0);
  });

  it('nc-138 an issuer that may not issue this type is refused before anything is redeemed', async () => {
    const [issuer] = world.configuration.issuers;
    if (issuer !== undefined) issuer.types = ['https://other.example/types/1'];
    await expect(wallet.openOffer(world.offerLink)).rejects.toMatchObject({ code: 'issuer_not_authorised' });
    expect(world.tokenKeys).toEqual([]);
  });

  it('nc-138 twin: honest copies in any order are stored', async () => {
    world.issuer.credentials = (made) => [...made].sort();
    await wallet.receive(world.offerLink, { txCode });
    expect(await listCards(wallet.vault.records)).toHaveLength(1);
  });

  it('nc-134 signing and wrapping keys do not come out, and no key or claim lies open in the store', async () => {
    await wallet.receive(world.offerLink, { txCode });
    const { holderKey } = await wallet.vault.gesture(new Uint8Array(32));
    await expect(crypto.subtle.exportKey('raw', holderKey)).rejects.toThrow();
    const text = [...wallet.store.rows.values()].map((row) => Buffer.from(row.data).toString('latin1')).join('\n');
    for (const secret of [
      '33019919960312412X',
      Buffer.from('林一舟').toString('latin1'),
      encodeBase64url('林一舟'),
      'eyJ',
    ]) {
      expect(text).not.toContain(secret);
    }
    for (const pair of wallet.store.keys.values()) expect(pair.privateKey.extractable).toBe(false);
  });
});
