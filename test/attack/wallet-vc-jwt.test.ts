/** Nc-138 for W3C credentials: what a wallet takes, and what it does not, in the format that shows everything. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import { didJwkOf, didWebOf } from '../../shared/did/index.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import type { FetchText } from '../../shared/fetch.ts';
import { type Signer, thumbprint } from '../../shared/keys/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { issueVcJwt } from '../../shared/vc-jwt/index.ts';
import { checkReceived } from '../../wallet/core/check-received.ts';
import type { OfferedCredential } from '../../wallet/core/offer.ts';
import { issuerUrl, json } from '../support/counterparties.ts';
import { createTestWallet, type TestWallet } from '../support/wallet.ts';

const clock = fixedClock(Math.floor(Date.now() / 1000));
const did = didWebOf(issuerUrl);
const kid = `${did}#key-1`;
const offered: OfferedCredential = {
  configurationId: 'resident-id-vc-jwt',
  format: 'jwt_vc_json',
  type: 'ResidentIdCredential',
  types: ['VerifiableCredential', 'ResidentIdCredential'],
  binding: 'did:jwk',
  names: [],
  labels: [
    { path: ['credentialSubject', 'name'], names: [] },
    { path: ['credentialSubject', 'address'], names: [] },
  ],
};

let issuer: Signer;
let stranger: Signer;
let holder: Signer;
let wallet: TestWallet;

beforeAll(async () => {
  [issuer, stranger, holder] = [
    await generateNodeSigner('ES256'),
    await generateNodeSigner('ES256'),
    await generateNodeSigner('ES256'),
  ];
  const { kty, crv, x, y = '' } = issuer.publicJwk;
  const method = { id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk: { kty, crv, x, y } };
  const document: JsonObject = { id: did, verificationMethod: [method], assertionMethod: [kid] };
  const fetchText: FetchText = async () => json(document);
  wallet = await createTestWallet({
    clock,
    fetchText,
    configuration: {
      issuers: [
        {
          id: issuerUrl,
          dids: [did],
          anchors: [],
          types: ['ResidentIdCredential', 'OtherCredential'],
          name: { 'zh-Hans': '示例', en: 'Example' },
          compromisedKeys: [],
        },
      ],
      relyingPartyAnchors: [],
      connectOrigins: [issuerUrl],
      httpOrigins: [issuerUrl],
    },
  });
});

async function issue(
  change: Partial<Parameters<typeof issueVcJwt>[0]['credential']> = {},
  by: { readonly signer?: Signer } = {},
): Promise<string> {
  return issueVcJwt({
    credential: {
      types: ['ResidentIdCredential'],
      subject: didJwkOf(holder.publicJwk),
      claims: { name: '林一舟', address: { region: '浙江省' } },
      issuedAt: clock.now(),
      validFrom: clock.now() - 60,
      validUntil: clock.now() + 3600,
      ...change,
    },
    issuer: { did, kid, signer: by.signer ?? issuer },
  });
}

const check = (credential: string) =>
  checkReceived(
    [credential],
    offered,
    { issuer: issuerUrl, thumbprints: [thumbprint(holder.publicJwk, nodeCrypto())] },
    wallet.ports,
  );

describe('nc-138 a W3C credential', () => {
  it('nc-138 twin: the honest one is taken, with everything in it', async () => {
    const [received] = await check(await issue());
    expect(received?.claims.credentialSubject).toMatchObject({ name: '林一舟', address: { region: '浙江省' } });
    expect(received?.expiresAt).toBe(clock.now() + 3600);
  });

  const faults: readonly [string, string, () => Promise<string>][] = [
    ['for another holder', 'holder_mismatch', () => issue({ subject: didJwkOf(stranger.publicJwk) })],
    ['by another signer', 'sig_invalid', () => issue({}, { signer: stranger })],
    ['of another type', 'vct_mismatch', () => issue({ types: ['OtherCredential'] })],
    ['with a claim nobody announced', 'credential_unexpected', () => issue({ claims: { name: 'x', religion: 'y' } })],
    ['already ended', 'expired', async () => issue({ validFrom: clock.now() - 7200, validUntil: clock.now() - 3600 })],
    [
      'not begun',
      'not_yet_valid',
      async () => issue({ validFrom: clock.now() + 3600, validUntil: clock.now() + 7200 }),
    ],
    [
      'edited',
      'sig_invalid',
      async () => {
        const [header, payload = '', signature] = (await issue()).split('.');
        const text = Buffer.from(payload, 'base64url').toString().replace('林一舟', '王小明');
        return [header, Buffer.from(text).toString('base64url'), signature].join('.');
      },
    ],
  ];
  for (const [name, code, make] of faults) {
    it(`nc-138 ${name}: not taken`, async () => {
      await expect(check(await make())).rejects.toMatchObject({ code });
    });
  }
});
