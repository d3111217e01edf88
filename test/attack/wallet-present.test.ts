import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import { encodeBase64url, type JsonObject } from '../../shared/encoding/index.ts';
import { parseJwt } from '../../shared/jwt/index.ts';
import { listActivity } from '../../wallet/core/activity.ts';
import { declineRequest } from '../../wallet/core/answer.ts';
import { createWorld, hotelQuery, type World } from '../support/counterparties.ts';
import { createTestWallet, type TestWallet } from '../support/wallet.ts';

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

function edited(token: string, edit: (payload: JsonObject) => JsonObject): string {
  const [header = '', , signature = ''] = token.split('.');
  return [header, encodeBase64url(JSON.stringify(edit(parseJwt(token).payload))), signature].join('.');
}

describe('nc-088 a request that is not what it says', () => {
  const objects: readonly [string, string, (honest: string) => string][] = [
    [
      'unsigned',
      'alg_not_allowed',
      (honest) => {
        const header = encodeBase64url(JSON.stringify({ ...parseJwt(honest).header, alg: 'none' }));
        return `${header}.${honest.split('.')[1]}.`;
      },
    ],
    [
      'edited after signing',
      'sig_invalid',
      (honest) => edited(honest, (payload) => ({ ...payload, nonce: 'another-nonce-0123456789' })),
    ],
    [
      'of another client',
      'client_id_mismatch',
      (honest) => edited(honest, (payload) => ({ ...payload, client_id: 'x509_hash:abc' })),
    ],
    ['without the wallet nonce', 'sig_invalid', (honest) => edited(honest, ({ wallet_nonce: _, ...rest }) => rest)],
  ];
  for (const [name, code, object] of objects) {
    it(`nc-088 ${name}: refused, nothing sent`, async () => {
      world.asker.object = object;
      await expect(wallet.show(world.requestLink())).rejects.toMatchObject({ code });
      expect(world.forms).toHaveLength(0);
      expect((await listActivity(wallet.vault.records))[0]?.value.kind).toBe('received');
    });
  }

  it('nc-088 a request made for another call (no wallet nonce of ours): refused, nothing sent', async () => {
    let kept = '';
    world.asker.object = (honest) => {
      kept ||= honest;
      return kept;
    };
    await wallet.openRequest(world.requestLink());
    await expect(wallet.show(world.requestLink())).rejects.toMatchObject({ code: 'wallet_nonce' });
    expect(world.forms).toHaveLength(0);
  });

  it('nc-088 an answer address outside the configured places: refused, nothing sent', async () => {
    world.asker.responseUri = 'https://localhost:9443/response/1';
    await expect(wallet.show(world.requestLink())).rejects.toMatchObject({ code: 'verifier_untrusted' });
    world.asker.responseUri = 'https://evil.example/response/1';
    await expect(wallet.show(world.requestLink())).rejects.toMatchObject({ code: 'response_uri_host' });
    expect(world.forms).toHaveLength(0);
  });

  it('nc-088 a request that ended while the sheet lay open: nothing sent', async () => {
    const { answerRequest } = await import('../../wallet/core/answer.ts');
    const { decisionsOf, initialSelection } = await import('../../wallet/core/consent.ts');
    const opened = await wallet.openRequest(world.requestLink());
    const decisions = decisionsOf(opened, clock.now());
    clock.advance(121);
    const answering = answerRequest(opened, decisions, initialSelection(decisions), wallet.ports);
    await expect(answering).rejects.toMatchObject({ code: 'request_expired' });
    expect(world.forms).toHaveLength(0);
  });

  it('nc-088 twin: the honest request is answered', async () => {
    expect((await wallet.show(world.requestLink())).state).toBe('sent');
    expect(world.forms).toHaveLength(1);
  });
});

describe('nc-142 the log cannot be written', () => {
  it('nc-142 nothing is disclosed, and the person is told', async () => {
    const opened = await wallet.openRequest(world.requestLink());
    wallet.store.full = true;
    await expect(wallet.show(world.requestLink())).rejects.toMatchObject({ code: 'vault_storage' });
    expect(world.forms).toHaveLength(0);
    wallet.store.full = false;
    expect(await listActivity(wallet.vault.records)).toHaveLength(1);
    expect(opened.match.satisfiable).toBe(true);
  });

  it('nc-142 the entry is there before the answer leaves', async () => {
    let seen: unknown;
    const peek = wallet.store;
    world.asker.reply = () => {
      seen = [...peek.rows.keys()].filter((name) => name.startsWith('activity/')).length;
      return { status: 200, contentType: 'application/json', text: '{}', headers: { get: () => null } };
    };
    await wallet.show(world.requestLink());
    expect(seen).toBe(2);
  });

  it('nc-142 twin: with room the answer is sent and its outcome logged', async () => {
    await wallet.show(world.requestLink());
    expect((await listActivity(wallet.vault.records))[0]?.value).toMatchObject({ kind: 'shown', state: 'sent' });
  });
});

describe('nc-139 no gesture, no showing', () => {
  for (const fault of ['cancelled', 'no-user-verification', 'forged-signature', 'no-prf'] as const) {
    it(`nc-139 ${fault}: nothing sent, nothing logged as shown, no copy used`, async () => {
      wallet.passkey.misbehave(fault);
      await expect(wallet.show(world.requestLink())).rejects.toThrow(/^passkey_/);
      expect(world.forms).toHaveLength(0);
      expect((await listActivity(wallet.vault.records))[0]?.value.kind).toBe('received');
    });
  }
});

describe('a refusal looks like absence', () => {
  it('the same words, a pause that does not depend on the reason; without telling nothing is sent', async () => {
    const pauses: number[] = [];
    const ports = { ...wallet.ports, pause: async (ms: number) => void pauses.push(ms) };
    const refused = await wallet.openRequest(world.requestLink());
    await declineRequest(refused, { tell: false }, ports);
    expect(world.forms).toHaveLength(0);
    await declineRequest(refused, { tell: true }, ports);
    const [credential] = (hotelQuery as { credentials: object[] }).credentials;
    world.asker.query = {
      credentials: [{ ...credential, meta: { vct_values: ['https://other.example/1'] } }],
    } as never;
    const absent = await wallet.openRequest(world.requestLink());
    expect(absent.match.satisfiable).toBe(false);
    await declineRequest(absent, { tell: true }, ports);
    const [first, second] = world.forms.map((form) => form.toString());
    expect(first).toBe(second);
    expect(world.forms[0]?.get('error')).toBe('access_denied');
    expect(pauses).toHaveLength(2);
    expect(pauses.every((ms) => ms >= 2000 && ms < 4000)).toBe(true);
  });
});
