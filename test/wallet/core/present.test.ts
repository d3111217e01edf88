import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { verifySdJwt } from '../../../shared/sd-jwt/index.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { listActivity, type Shown } from '../../../wallet/core/activity.ts';
import { chosenText, showingChallenge } from '../../../wallet/core/answer.ts';
import { copiesOf, listCards } from '../../../wallet/core/cards.ts';
import {
  consentPart,
  decisionsOf,
  initialSelection,
  selectedParts,
  toggleClaim,
} from '../../../wallet/core/consent.ts';
import { verifyShown } from '../../../wallet/core/evidence.ts';
import { askerUrl, createWorld, hotelQuery, json, type World } from '../../support/counterparties.ts';
import { createTestWallet, type TestWallet } from '../../support/wallet.ts';

const clock = fixedClock(0);
let world: World;
let wallet: TestWallet;

beforeEach(async () => {
  clock.set(Math.floor(Date.now() / 1000));
  world = await createWorld(clock);
  wallet = await createTestWallet({ configuration: world.configuration, fetchText: world.fetchText, clock });
  await wallet.receive(world.offerLink, { txCode: world.txCode });
});
afterEach(() => world.dispose());

const shown = async (): Promise<Shown> => {
  const [entry] = await listActivity(wallet.vault.records);
  if (entry?.value.kind !== 'shown') throw new TypeError('a showing is expected');
  return entry.value;
};

async function presented(): Promise<{ payload: object; paths: readonly unknown[] }> {
  const { vp_token: vpToken, ...rest } = await world.opened();
  expect(rest.hufu_match_number).toMatch(/^[0-9]{2}$/);
  const verified = await verifySdJwt(vpToken.pid?.[0] ?? '', {
    crypto: nodeCrypto(),
    now: clock.now(),
    issuerKey: async (jwt) => (await wallet.ports.trust.keyFor(jwt, String(jwt.payload.vct))).key,
    keyBinding: {
      expectedAud: (await wallet.openRequest(world.requestLink())).request.clientId,
      expectedNonce: 'nonce-0123456789abcdef',
    },
    validity: 'exp-or-status',
  });
  return { payload: verified.payload, paths: verified.disclosedPaths };
}

describe('showing', () => {
  it('discloses what is required and no more, encrypted, bound, with the match number from the sheet', async () => {
    const answered = await wallet.show(world.requestLink());
    expect(answered.state).toBe('sent');
    expect((await world.opened()).hufu_match_number).toBe(answered.opened.matchNumber);
    const { payload, paths } = await presented();
    expect(paths).toEqual(expect.arrayContaining([['name'], ['personal_administrative_number']]));
    expect(paths).toHaveLength(2);
    expect(payload).toMatchObject({ name: '林一舟' });
    expect(world.forms.at(-1)?.toString()).not.toContain('vp_token');
  });

  it('an optional claim goes along only when it is ticked', async () => {
    await wallet.show(world.requestLink(), { tick: [['ethnicity']] });
    expect((await presented()).paths).toHaveLength(3);
  });

  it('works over GET too, and shows each copy once while they last', async () => {
    for (let i = 0; i < 12; i++) await wallet.show(world.requestLink(i % 2 === 0 ? 'get' : 'post'));
    const [card] = await listCards(wallet.vault.records);
    const uses = (await copiesOf(wallet.vault.records, card?.id ?? '')).map(({ value }) => value.uses);
    expect(uses.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('leaves a log entry whose evidence verifies again, and not when anything in it was changed', async () => {
    await wallet.show(world.requestLink());
    const entry = await shown();
    expect(entry).toMatchObject({ state: 'sent', party: { name: '望江酒店', host: 'localhost' } });
    expect(entry.cards[0]?.claims).toEqual([
      { path: ['name'], names: [], retention: 'P1Y' },
      { path: ['personal_administrative_number'], names: [], retention: 'P1Y' },
    ]);
    expect(JSON.stringify(entry)).not.toContain('33019919960312412X');
    await verifyShown(entry, wallet.ports);
    const changed: readonly Partial<Shown>[] = [
      { chosen: entry.chosen.replace('name', 'sex') },
      { requestHash: 'x' },
      {
        requestObject: `${entry.requestObject}x`,
        requestHash: nodeCrypto().sha256Base64url(`${entry.requestObject}x`),
      },
    ];
    for (const change of changed) {
      await expect(verifyShown({ ...entry, ...change }, wallet.ports)).rejects.toMatchObject({
        code: 'passkey_invalid',
      });
    }
    const typed = { ...entry, evidence: { kind: 'passphrase' } as const };
    await expect(verifyShown(typed, wallet.ports)).rejects.toMatchObject({ code: 'passkey_missing' });
  });

  it('the passkey challenge covers the request and every chosen path', async () => {
    const opened = await wallet.openRequest(world.requestLink());
    const decisions = decisionsOf(opened, clock.now());
    const selection = initialSelection(decisions);
    const [part] = selectedParts(decisions, selection);
    if (part === undefined) throw new TypeError('a part is expected');
    const more = toggleClaim(part, selection, ['ethnicity']);
    const challenges = [
      showingChallenge(opened.requestObject, chosenText(decisions, selection), wallet.ports),
      showingChallenge(opened.requestObject, chosenText(decisions, more), wallet.ports),
      showingChallenge(`${opened.requestObject}.`, chosenText(decisions, selection), wallet.ports),
    ];
    expect(new Set(challenges.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(3);
  });

  it('says what became of it: refused by the asker, or nobody knows', async () => {
    world.asker.reply = () => json({ error: 'invalid_request' }, 400);
    expect((await wallet.show(world.requestLink())).state).toBe('refused');
    expect((await shown()).state).toBe('refused');
    clock.advance(1);
    world.asker.reply = () => json({}, 503);
    expect((await wallet.show(world.requestLink())).state).toBe('uncertain');
    expect((await shown()).state).toBe('uncertain');
  });

  it('follows a redirect to the asker only', async () => {
    const follow = async (redirect: string) => {
      world.asker.reply = () => json({ redirect_uri: redirect });
      return (await wallet.show(world.requestLink())).redirectUri;
    };
    expect(await follow(`${askerUrl}/done?response_code=abc`)).toBe(`${askerUrl}/done?response_code=abc`);
    for (const bad of [
      'https://evil.example/',
      'javascript:alert(1)',
      'data:text/html,x',
      '//evil.example/',
      '\\\\evil.example',
      'http://localhost@evil.example/',
      'http://127.0.0.1:4020/',
      `${askerUrl}/a b`,
    ]) {
      expect(await follow(bad), bad).toBeUndefined();
    }
  });
});

describe('consent', () => {
  it('lists fields with what is required, chosen, how long kept, and what the card lacks', async () => {
    const claims = [
      { id: 'name', path: ['name'] },
      { id: 'phone', path: ['phone_number'] },
    ];
    const [credential] = (hotelQuery as { credentials: object[] }).credentials;
    world.asker.query = {
      credentials: [{ ...credential, claims, claim_sets: [['name', 'phone'], ['name']] }],
    } as never;
    const opened = await wallet.openRequest(world.requestLink());
    expect(opened.firstTime).toBe(true);
    const decisions = decisionsOf(opened, clock.now());
    const selection = initialSelection(decisions);
    const [part] = selectedParts(decisions, selection);
    if (part === undefined) throw new TypeError('a part is expected');
    const consent = consentPart(part, selection, opened);
    expect(consent.fields).toEqual([{ path: ['name'], asked: true, required: true, chosen: true, retention: 'P1Y' }]);
    expect(consent.missing).toEqual([['phone_number']]);
    await wallet.show(world.requestLink());
    expect((await wallet.openRequest(world.requestLink())).firstTime).toBe(false);
  });

  it('ticking twice is where one began', async () => {
    const opened = await wallet.openRequest(world.requestLink());
    const decisions = decisionsOf(opened, clock.now());
    const selection = initialSelection(decisions);
    const [part] = selectedParts(decisions, selection);
    if (part === undefined) throw new TypeError('a part is expected');
    const ticked = toggleClaim(part, selection, ['ethnicity']);
    expect(consentPart(part, ticked, opened).fields.map(({ chosen }) => chosen)).toEqual([true, true, true]);
    expect(toggleClaim(part, ticked, ['ethnicity'])).toEqual(selection);
    expect(toggleClaim(part, selection, ['name'])).toEqual(selection);
  });
});
