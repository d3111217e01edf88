import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { HufuError } from '../../../shared/errors.ts';
import { listActivity } from '../../../wallet/core/activity.ts';
import { refreshStatuses } from '../../../wallet/core/card-status.ts';
import { copiesOf, listCards, unusedCopies } from '../../../wallet/core/cards.ts';
import { declinePreview, keepPreview, sendNotifications } from '../../../wallet/core/keep.ts';
import { reopenOffer } from '../../../wallet/core/offer.ts';
import { listResumable, sweepPending } from '../../../wallet/core/pending.ts';
import { receiveOffer } from '../../../wallet/core/receive.ts';
import { createWorld, json, type World } from '../../support/counterparties.ts';
import { createTestWallet, type TestWallet } from '../../support/wallet.ts';

const clock = fixedClock(1_800_000_000);
let world: World;
let wallet: TestWallet;

beforeEach(async () => {
  clock.set(Math.floor(Date.now() / 1000));
  world = await createWorld(clock);
  wallet = await createTestWallet({ configuration: world.configuration, fetchText: world.fetchText, clock });
});
afterEach(() => world.dispose());

const { txCode } = { txCode: '493536' };
const cards = () => listCards(wallet.vault.records);

describe('receiving', () => {
  it('asks nobody before the person said to go on, then gets ten copies, each with its own key', async () => {
    const opened = await wallet.openOffer(world.offerLink);
    expect(opened.txCode).toEqual({ mode: 'numeric', length: 6, description: undefined });
    const [id] = await wallet.receive(world.offerLink, { txCode });
    const copies = await copiesOf(wallet.vault.records, id ?? '');
    expect(copies).toHaveLength(10);
    expect(new Set(copies.map(({ value }) => value.key.publicJwk.x)).size).toBe(10);
    expect(unusedCopies(copies)).toBe(10);
    expect((await cards())[0]?.value).toMatchObject({ status: { state: 'valid' }, claims: { name: '林一舟' } });
    expect(world.events).toEqual(['credential_accepted']);
    expect((await listActivity(wallet.vault.records))[0]?.value.kind).toBe('received');
  });

  it('stores nothing before the person says so, and a declined preview is told and forgotten', async () => {
    const preview = await wallet.preview(world.offerLink, { txCode });
    expect(preview.cards[0]?.copies).toHaveLength(10);
    expect(await cards()).toHaveLength(0);
    expect(world.events).toEqual([]);
    await declinePreview(preview, wallet.ports);
    expect(await cards()).toHaveLength(0);
    expect(world.events).toEqual(['credential_deleted']);
    expect(await listResumable(wallet.ports)).toHaveLength(0);
    expect(wallet.store.keys.size).toBe(0);
  });

  it('a wrong transaction code burns nothing: the right one works afterwards under the same key', async () => {
    const opened = await wallet.openOffer(world.offerLink);
    await expect(receiveOffer(opened, {}, wallet.ports)).rejects.toMatchObject({ code: 'tx_code_missing' });
    await expect(receiveOffer(opened, { txCode: '000000' }, wallet.ports)).rejects.toMatchObject({
      code: 'tx_code_wrong',
    });
    const [pending] = await listResumable(wallet.ports);
    await keepPreview(await receiveOffer(opened, { txCode, receiptId: pending?.id ?? '' }, wallet.ports), wallet.ports);
    expect(await cards()).toHaveLength(1);
    expect(new Set(world.tokenKeys).size).toBe(1);
  });

  it('survives a reload between token and storing: the same DPoP key comes back within ten minutes', async () => {
    let failed = false;
    world.issuer.before = (url) => {
      if (!url.endsWith('/credential') || failed) return undefined;
      failed = true;
      throw new HufuError('fetch_failed');
    };
    await expect(wallet.receive(world.offerLink, { txCode })).rejects.toMatchObject({ code: 'fetch_failed' });
    const again = await wallet.reopen();
    const [pending] = await listResumable(again.ports);
    if (pending === undefined) throw new TypeError('a pending receipt is expected');
    const opened = await reopenOffer(pending.value.offer, again.ports);
    const answer = { receiptId: pending.id, txCode: pending.value.txCode ?? '' };
    await keepPreview(await receiveOffer(opened, answer, again.ports), again.ports);
    expect(await listCards(again.vault.records)).toHaveLength(1);
    expect(new Set(world.tokenKeys).size).toBe(1);
    expect(await listResumable(again.ports)).toHaveLength(0);
  });

  it('gives up a receipt after ten minutes, its key with it', async () => {
    world.issuer.before = (url) => (url.endsWith('/credential') ? json({}, 503) : undefined);
    await expect(wallet.receive(world.offerLink, { txCode })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await listResumable(wallet.ports)).toHaveLength(1);
    clock.advance(600);
    expect(await listResumable(wallet.ports)).toHaveLength(0);
    await sweepPending(wallet.ports);
    expect(wallet.store.keys.size).toBe(0);
  });

  it('tells the issuer later when it cannot be told at once', async () => {
    world.issuer.before = (url) => (url.endsWith('/notification') ? json({}, 503) : undefined);
    await wallet.receive(world.offerLink, { txCode });
    expect(await cards()).toHaveLength(1);
    expect(world.events).toEqual([]);
    delete world.issuer.before;
    await sendNotifications(wallet.ports);
    expect(world.events).toEqual(['credential_accepted']);
    expect(wallet.store.keys.size).toBe(0);
  });

  it('keeps nothing and tells nothing where there is no room', async () => {
    const preview = await wallet.preview(world.offerLink, { txCode });
    wallet.store.full = true;
    await expect(keepPreview(preview, wallet.ports)).rejects.toMatchObject({ code: 'vault_storage' });
    wallet.store.full = false;
    expect(await cards()).toHaveLength(0);
    expect(world.events).toEqual([]);
    await keepPreview(preview, wallet.ports);
    expect(await cards()).toHaveLength(1);
  });

  it('the same card about the same person again replaces the one before', async () => {
    await wallet.receive(world.offerLink, { txCode });
    await wallet.receive(world.offerLink, { txCode });
    expect(await cards()).toHaveLength(1);
    world.issuer.payload = (payload) => ({ ...payload, personal_administrative_number: '330199200001010011' });
    await wallet.receive(world.offerLink, { txCode });
    expect(await cards()).toHaveLength(2);
  });
});

describe('status of a card', () => {
  it('follows the list, keeps the last look when the list cannot be had, and says when it was', async () => {
    await wallet.receive(world.offerLink, { txCode });
    const received = clock.now();
    clock.advance(700);
    world.issuer.status = 'down';
    expect((await refreshStatuses(wallet.ports, { maxAge: 0 }))[0]?.value.status).toEqual({
      state: 'valid',
      checkedAt: received,
    });
    world.issuer.status = 2;
    expect((await refreshStatuses(wallet.ports, { maxAge: 0 }))[0]?.value.status).toEqual({
      state: 'suspended',
      checkedAt: clock.now(),
    });
    world.issuer.status = 1;
    await refreshStatuses(wallet.ports, { maxAge: 0 });
    expect((await cards())[0]?.value.status.state).toBe('revoked');
  });
});
