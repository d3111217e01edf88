import { describe, expect, it } from 'vitest';
import { passkeyUnlocker } from '../../wallet/vault/index.ts';
import type { PasskeyFault } from '../support/software-passkey.ts';
import { emptyVault, openVault, walletHost, walletOrigin } from '../support/vault.ts';

const challenge = new Uint8Array(32).fill(7);

describe('nc-139 passkey', () => {
  it('nc-139 twin: an honest passkey creates, unlocks and makes a gesture, with each algorithm', async () => {
    for (const alg of [-7, -8, -257] as const) {
      const test = await openVault({ alg });
      const again = await test.reload();
      await again.unlock();
      const { evidence, holderKey } = await again.gesture(challenge);
      expect(evidence.kind).toBe('passkey');
      expect(holderKey.extractable).toBe(false);
    }
  });

  it('nc-139 a passkey that gives its PRF only when asserting takes one more touch', async () => {
    const test = await emptyVault();
    test.passkey.misbehave('prf-only-at-assertion');
    await test.vault.create('passkey');
    expect(test.passkey.touches).toBe(2);
    expect(test.vault.state).toBe('open');
  });

  it('nc-139 a passkey without PRF makes no wallet, and no weaker one in its place', async () => {
    const test = await emptyVault();
    test.passkey.misbehave('no-prf');
    await expect(test.vault.create('passkey')).rejects.toMatchObject({ code: 'passkey_prf' });
    expect(test.vault.state).toBe('empty');
    expect(test.store.header).toBeUndefined();
    expect(test.store.rows.size).toBe(0);
  });

  it('nc-139 a browser without passkeys says so', async () => {
    const test = await emptyVault();
    const unlocker = passkeyUnlocker({
      credentials: undefined,
      rpId: walletHost,
      origin: walletOrigin,
      clock: { now: () => 0 },
      hasher: test.deps.hasher,
      displayName: 'Hufu',
    });
    await expect(unlocker.enrol()).rejects.toMatchObject({ code: 'passkey_missing' });
  });

  const faults: readonly [PasskeyFault, string, string | undefined][] = [
    ['no-prf', 'passkey_prf', undefined],
    ['cancelled', 'passkey_cancelled', undefined],
    ['no-user-verification', 'passkey_invalid', 'user_verified'],
    ['no-user-presence', 'passkey_invalid', 'user_present'],
    ['other-origin', 'passkey_invalid', 'origin'],
    ['other-host', 'passkey_invalid', 'rp_id'],
    ['other-challenge', 'passkey_invalid', 'challenge'],
    ['other-type', 'passkey_invalid', 'type'],
    ['framed', 'passkey_invalid', 'cross_origin'],
    ['forged-signature', 'passkey_invalid', 'signature'],
  ];

  for (const [fault, code, at] of faults) {
    it(`nc-139 ${fault}: no unlock and no gesture`, async () => {
      const test = await openVault();
      const locked = await test.reload();
      test.passkey.misbehave(fault);
      await expect(locked.unlock()).rejects.toMatchObject({ code, at });
      expect(locked.state).toBe('locked');
      await expect(test.vault.gesture(challenge)).rejects.toMatchObject({ code, at });
      test.passkey.misbehave(undefined);
      await locked.unlock();
      expect(locked.state).toBe('open');
    });
  }

  it('nc-139 another passkey of the same device does not unlock', async () => {
    const test = await openVault();
    const locked = await test.reload();
    await test.passkey.switchCredential();
    await expect(locked.unlock()).rejects.toMatchObject({ code: 'passkey_invalid', at: 'credential' });
    expect(locked.state).toBe('locked');
  });

  it('nc-139 on a second device there is no wallet: nothing to unlock, only to begin', async () => {
    const test = await emptyVault();
    await expect(test.vault.unlock()).rejects.toMatchObject({ code: 'vault_locked', at: 'empty' });
  });
});

describe('the passphrase grade', () => {
  it('creates, unlocks, and asks again for each act; its evidence says that it proves nothing', async () => {
    const test = await emptyVault();
    await test.vault.create('passphrase');
    expect(test.vault.grade).toBe('passphrase');
    const again = await test.reload();
    await again.unlock();
    const { evidence } = await again.gesture(challenge);
    expect(evidence).toEqual({ kind: 'passphrase' });
  });

  it('refuses a short passphrase, a wrong one at unlocking, and a wrong one at the act', async () => {
    const test = await emptyVault();
    test.typed = 'too short';
    await expect(test.vault.create('passphrase')).rejects.toMatchObject({ code: 'passphrase_wrong', at: 'length' });
    test.typed = 'long enough to be taken';
    await test.vault.create('passphrase');
    const again = await test.reload();
    test.typed = 'long enough to be wrong';
    await expect(again.unlock()).rejects.toMatchObject({ code: 'passphrase_wrong' });
    await expect(test.vault.gesture(challenge)).rejects.toMatchObject({ code: 'passphrase_wrong' });
    test.typed = undefined;
    await expect(again.unlock()).rejects.toMatchObject({ code: 'passkey_cancelled' });
    expect(again.state).toBe('locked');
  });
});
