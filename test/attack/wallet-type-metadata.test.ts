/** What a type says about itself, read by the wallet at receiving: NC-030 in the wallet. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { type Code, HufuError } from '../../shared/errors.ts';
import { listActivity } from '../../wallet/core/activity.ts';
import { listCards } from '../../wallet/core/cards.ts';
import { listResumable } from '../../wallet/core/pending.ts';
import { createWorld, json, vct, type World } from '../support/counterparties.ts';
import { createTestWallet, type TestWallet } from '../support/wallet.ts';

const clock = fixedClock(0);
const txCode = '493536';
const above = vct.replace('/1', '/0');
let world: World;
let wallet: TestWallet;

beforeEach(async () => {
  clock.set(Math.floor(Date.now() / 1000));
  world = await createWorld(clock);
  wallet = await createTestWallet({ configuration: world.configuration, fetchText: world.fetchText, clock });
});
afterEach(() => world.dispose());

const hashOf = (document: JsonObject) =>
  `sha256-${createHash('sha256').update(JSON.stringify(document)).digest('base64')}`;
const honest: JsonObject = {
  vct,
  claims: [
    { path: ['name'], mandatory: true, sd: 'always' },
    { path: ['vct'], sd: 'never' },
  ],
};

/** An issuer that serves these documents and puts this integrity into its credentials. */
function serve(documents: Readonly<Record<string, JsonObject>>, integrity?: unknown): void {
  world.issuer.before = (url, options) => {
    const document = documents[url];
    if (document === undefined) return undefined;
    const answer = json(document);
    if (answer.text.length > (options.maxBytes ?? 65_536)) throw new HufuError('fetch_limit');
    return answer;
  };
  if (integrity !== undefined) {
    world.issuer.payload = (payload) => ({ ...payload, 'vct#integrity': integrity as string });
  }
}

async function refuses(code: Code): Promise<void> {
  await expect(wallet.receive(world.offerLink, { txCode })).rejects.toMatchObject({ code });
  expect(await listCards(wallet.vault.records)).toHaveLength(0);
  expect((await listActivity(wallet.vault.records))[0]?.value).toMatchObject({ kind: 'not-received', code });
  expect(world.events).toEqual(['credential_failure']);
  expect(wallet.store.keys.size).toBe(0);
}

describe('nc-030 type metadata', () => {
  const faults: readonly [string, Code, Readonly<Record<string, JsonObject>>, unknown?][] = [
    [
      'another document than the credential means',
      'meta_integrity',
      { [vct]: { ...honest, name: 'x' } },
      hashOf(honest),
    ],
    ['an integrity that is no hash', 'meta_integrity', { [vct]: honest }, 'md5-AAAA'],
    ['an integrity that is no text', 'meta_integrity', { [vct]: honest }, 7],
    ['an integrity and no document', 'meta_integrity', {}, hashOf(honest)],
    ['a type that extends itself', 'meta_limit', { [vct]: { ...honest, extends: vct } }],
    [
      'two types that extend each other',
      'meta_limit',
      { [vct]: { vct, extends: above }, [above]: { vct: above, extends: vct } },
    ],
    ['a document without end', 'meta_limit', { [vct]: { ...honest, description: 'x'.repeat(70_000) } }],
    ['a type above that is not there', 'meta_invalid', { [vct]: { ...honest, extends: above } }],
    [
      'a type above in another place',
      'meta_invalid',
      { [vct]: { ...honest, extends: 'https://evil.example/types/1' } },
    ],
    ['a type above that is no address', 'meta_invalid', { [vct]: { ...honest, extends: 'urn:evil' } }],
    ['a document about another type', 'vct_mismatch', { [vct]: { vct: above } }],
    ['a document of another form', 'meta_invalid', { [vct]: { vct, claims: 'all' } }],
    [
      'a claim that may never be withheld',
      'meta_invalid',
      { [vct]: { vct, claims: [{ path: ['name'], sd: 'never' }] } },
    ],
    ['a claim that must be there', 'meta_invalid', { [vct]: { vct, claims: [{ path: ['blood'], mandatory: true }] } }],
  ];
  for (const [name, code, documents, integrity] of faults) {
    it(`nc-030 ${name}: not stored, logged, told to the issuer, nobody else asked`, async () => {
      serve(documents, integrity);
      await refuses(code);
      expect(wallet.asked.every((url) => url.startsWith('http://localhost:4010/'))).toBe(true);
    });
  }

  it('nc-030 twin: the very document is read once for ten copies, and the card is stored', async () => {
    serve({ [vct]: { ...honest, extends: above }, [above]: { vct: above } }, hashOf({ ...honest, extends: above }));
    await wallet.receive(world.offerLink, { txCode });
    expect(await listCards(wallet.vault.records)).toHaveLength(1);
    expect(wallet.asked.filter((url) => url.includes('/types/'))).toEqual([vct, above]);
  });

  it('nc-030 twin: a type nobody described has no rules', async () => {
    await wallet.receive(world.offerLink, { txCode });
    expect(await listCards(wallet.vault.records)).toHaveLength(1);
  });

  it('nc-030 a type at a place the wallet does not speak to is not asked for', async () => {
    const elsewhere = 'https://types.example/resident-id/1';
    world.issuer.payload = (payload) => ({ ...payload, vct: elsewhere, 'vct#integrity': hashOf(honest) });
    world.issuer.metadata = (metadata) => JSON.parse(JSON.stringify(metadata).replaceAll(vct, elsewhere));
    const [issuer] = world.configuration.issuers;
    if (issuer !== undefined) issuer.types = [elsewhere];
    await wallet.receive(world.offerLink, { txCode });
    expect(await listCards(wallet.vault.records)).toHaveLength(1);
    expect(wallet.asked.some((url) => url.includes('types.example'))).toBe(false);
  });

  it('nc-030 a document that cannot be had just now: not stored, but can be tried again', async () => {
    serve({}, hashOf(honest));
    world.issuer.before = (url) => {
      if (url === vct) throw new HufuError('fetch_failed');
      return undefined;
    };
    await expect(wallet.receive(world.offerLink, { txCode })).rejects.toMatchObject({ code: 'fetch_failed' });
    expect(await listCards(wallet.vault.records)).toHaveLength(0);
    expect(await listResumable(wallet.ports)).toHaveLength(1);
  });
});
