import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { decodeBase64, encodeBase64url, type JsonObject } from '../../../shared/encoding/index.ts';
import { codeOf } from '../../../shared/errors.ts';
import { generateEncryptionKey, parseJwt, signJwt } from '../../../shared/jwt/index.ts';
import type { Signer } from '../../../shared/keys/index.ts';
import {
  createRequestObject,
  createSceneStatement,
  type ExpectedRequest,
  requestHash,
  retentionOf,
  type SceneStatement,
  sceneFormat,
  verifyRequestObject,
} from '../../../shared/oid4vp/index.ts';
import {
  ensureDevelopmentIssuer,
  ensureDevelopmentRelyingParty,
  ensureDevelopmentRoots,
} from '../../../shared/server/dev-ca.ts';
import { generateNodeSigner, nodeCrypto, nodeSigner } from '../../../shared/server/node-crypto.ts';
import { x509Hash } from '../../../shared/trust/index.ts';

const now = 1_795_320_000;
const url = 'http://localhost:4020';
const crypto = nodeCrypto();
const folder = mkdtempSync(join(tmpdir(), 'hufu-request-'));
const policy = { allowHttpOrigins: [url, 'http://localhost:9999', 'http://elsewhere.localhost:4020'] };
const query: JsonObject = {
  credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['urn:x'] }, claims: [{ path: ['name'] }] }],
};

let access: { signer: Signer; chain: readonly Uint8Array[] };
let root: string;
let clientId: string;
let encryptionKey: JsonObject;
let statement: SceneStatement;
let honest: string;

beforeAll(async () => {
  const clock = fixedClock(now);
  const party = await ensureDevelopmentRelyingParty(folder, { baseUrl: url, name: '望江酒店' }, { clock });
  access = { signer: nodeSigner(party.privateKeyPem), chain: party.x5c.map((entry) => decodeBase64(entry)) };
  root = (await ensureDevelopmentRoots(folder, { clock })).access;
  clientId = `x509_hash:${x509Hash(access.chain[0] ?? new Uint8Array(), crypto)}`;
  encryptionKey = (await generateEncryptionKey('kid-1')).publicJwk;
  statement = {
    iss: clientId,
    scene: 'hotel',
    purpose: { 'zh-Hans': '旅客住宿登记', en: 'Guest registration' },
    retention: 'P1Y',
    claims: [{ path: ['picture'], retention: 'none' }],
    match_number: true,
  };
  honest = await create();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function create(walletNonce = 'wallet-nonce-1'): Promise<string> {
  const sceneStatement = await createSceneStatement(statement, { signer: access.signer, now, lifetime: 300 });
  return createRequestObject(
    {
      clientId,
      responseUri: `${url}/response/1`,
      nonce: 'n'.repeat(32),
      state: 's'.repeat(32),
      query,
      encryptionKey,
      sceneStatement,
      walletNonce,
      now,
      expiresAt: now + 300,
    },
    access,
  );
}

/** The honest request with some of it changed, signed again by whoever holds the key. */
function resign(
  changed: { readonly payload?: JsonObject; readonly header?: JsonObject; readonly without?: readonly string[] },
  signer = access.signer,
): Promise<string> {
  const { header, payload } = parseJwt(honest);
  const { alg: _alg, ...rest } = { ...header, ...changed.header };
  const claims: JsonObject = { ...payload, ...changed.payload };
  for (const name of changed.without ?? []) delete claims[name];
  return signJwt(rest, claims, signer);
}

function expected(changed: Partial<ExpectedRequest> = {}): ExpectedRequest {
  const link = { clientId, requestUri: `${url}/request/1`, method: 'post' } as const;
  return { crypto, now, link, walletNonce: 'wallet-nonce-1', anchors: [root], policy, ...changed };
}

const judge = (token: string, changed: Partial<ExpectedRequest> = {}) =>
  verifyRequestObject(token, expected(changed)).then(() => 'accepted', codeOf);

describe('a request object', () => {
  it('is accepted when it is honest, and says who asks, what, why and where to', async () => {
    const request = await verifyRequestObject(honest, expected());
    expect(request).toMatchObject({
      clientId,
      party: { name: '望江酒店', host: 'localhost' },
      responseUri: `${url}/response/1`,
      nonce: 'n'.repeat(32),
      state: 's'.repeat(32),
      encryption: { kid: 'kid-1', enc: 'A256GCM' },
      expiresAt: now + 300,
      hash: requestHash(honest, crypto),
    });
    expect(request.scene).toMatchObject({ scene: 'hotel', match_number: true });
    expect(request.query.credentials[0]?.id).toBe('a');
  });

  it('nc-088 unsigned, of another type or expired is refused', async () => {
    const [header, payload, signature] = honest.split('.') as [string, string, string];
    const none = encodeBase64url(JSON.stringify({ ...parseJwt(honest).header, alg: 'none' }));
    expect(await judge(`${none}.${payload}.`)).toBe('alg_not_allowed');
    expect(await judge(`${header}.${payload}.`)).toBe('sig_invalid');
    expect(await judge(`${header}.${payload}.${signature.slice(0, -4)}AAAA`)).toBe('sig_invalid');
    expect(await judge(await resign({ header: { typ: 'JWT' } }))).toBe('typ_mismatch');
    // Of another kind altogether: said so, before its shape is looked at.
    expect(await judge(await resign({ header: { typ: 'statuslist+jwt' }, without: ['client_id'] }))).toBe(
      'typ_mismatch',
    );
    expect(await judge(honest, { now: now + 359 })).toBe('accepted');
    expect(await judge(honest, { now: now + 361 })).toBe('request_expired');
    expect(await judge(await resign({ without: ['exp'] }))).toBe('claim_type');
  });

  it('nc-088 whose client_id is not the certificate’s, inside or outside, is refused', async () => {
    const stranger = `x509_hash:${'A'.repeat(43)}`;
    const link = { clientId: stranger, requestUri: `${url}/request/1`, method: 'post' } as const;
    expect(await judge(honest, { link })).toBe('client_id_mismatch');
    expect(await judge(await resign({ payload: { client_id: stranger } }))).toBe('client_id_mismatch');
    expect(await judge(await resign({ payload: { client_id: stranger } }), { link })).toBe('client_id_mismatch');
    for (const prefix of [
      'x509_san_dns:localhost',
      'redirect_uri:x',
      clientId.slice('x509_hash:'.length),
      'unknown:1',
    ]) {
      const other = { ...link, clientId: prefix };
      expect(await judge(await resign({ payload: { client_id: prefix } }), { link: other })).toBe('client_id_mismatch');
    }
  });

  it('nc-088 whose certificate no access root vouches for is refused', async () => {
    const clock = fixedClock(now);
    expect(await judge(honest, { anchors: [] })).toBe('chain_invalid');
    expect(await judge(honest, { anchors: [(await ensureDevelopmentRoots(folder, { clock })).credential] })).toBe(
      'chain_invalid',
    );
    // A credential issuer's certificate is no relying party's, not even under its own root.
    const issuer = await ensureDevelopmentIssuer(folder, url, { clock });
    expect(await judge(await resign({ header: { x5c: [...issuer.x5c] } }))).toBe('chain_invalid');
    for (const x5c of ['x', [], [1], Array.from({ length: 6 }, () => 'AAAA')]) {
      expect(await judge(await resign({ header: { x5c: x5c as string[] } }))).toBe('key_untrusted');
    }
    expect(await judge(await resign({}, generateNodeSigner('ES256')))).toBe('sig_invalid');
    expect(await judge(honest, { now: now + 400 * 86_400 })).toBe('chain_invalid');
  });

  it('nc-088 without the nonce of this very fetch is refused', async () => {
    expect(await judge(await resign({ without: ['wallet_nonce'] }))).toBe('wallet_nonce');
    expect(await judge(honest, { walletNonce: 'wallet-nonce-2' })).toBe('wallet_nonce');
    expect(await judge(await resign({ without: ['wallet_nonce'] }), { walletNonce: undefined })).toBe('accepted');
  });

  it('nc-088 with redirect_uri, or an answer that would go elsewhere, is refused', async () => {
    expect(await judge(await resign({ payload: { redirect_uri: `${url}/back` } }))).toBe('redirect_uri_unexpected');
    const elsewhere = (response_uri: string) => resign({ payload: { response_uri } });
    expect(await judge(await elsewhere('https://evil.example/response'))).toBe('response_uri_host');
    expect(await judge(await elsewhere('http://elsewhere.localhost:4020/response'))).toBe('response_uri_host');
    expect(await judge(await elsewhere('https://localhost.evil.example/'))).toBe('response_uri_host');
    expect(await judge(await elsewhere('http://localhost:1/response'))).toBe('link_invalid');
    expect(await judge(await elsewhere(`${url.replace('://', '://user@')}/response`))).toBe('link_invalid');
    expect(await judge(await elsewhere('javascript:alert(1)'))).toBe('link_invalid');
    expect(await judge(await elsewhere(`${url}/response#x`))).toBe('link_invalid');
    expect(await judge(await elsewhere(`${url}/other`))).toBe('accepted');
  });

  it('nc-088 without a nonce, or with any transaction data, is refused', async () => {
    expect(await judge(await resign({ without: ['nonce'] }))).toBe('nonce_missing');
    expect(await judge(await resign({ payload: { nonce: 'not url safe!' } }))).toBe('request_invalid');
    const transaction = encodeBase64url(JSON.stringify({ type: 'payment', credential_ids: ['a'] }));
    expect(await judge(await resign({ payload: { transaction_data: [transaction] } }))).toBe('transaction_data');
    expect(await judge(await resign({ payload: { transaction_data: [] } }))).toBe('transaction_data');
  });

  it('of another response type or mode, or for another audience, is refused', async () => {
    for (const payload of [
      { response_type: 'code' },
      { response_mode: 'direct_post' },
      { response_mode: 'fragment' },
      { aud: 'https://wallet.example' },
      { aud: ['https://self-issued.me/v2'] },
      { dcql_query: 'x' },
      { client_metadata: {} },
    ] as JsonObject[]) {
      expect(await judge(await resign({ payload }))).toBe('request_invalid');
    }
    expect(await judge(await resign({ payload: { dcql_query: { credentials: [] } } }))).toBe('query_invalid');
    expect(await judge(await resign({ payload: { unheard_of: 1 } }))).toBe('accepted');
  });

  it('is answered to the first usable key; without one it is refused', async () => {
    const metadata = (keys: JsonObject[], enc?: string[]) => ({
      payload: {
        client_metadata: {
          jwks: { keys },
          vp_formats_supported: {},
          ...(enc === undefined ? {} : { encrypted_response_enc_values_supported: enc }),
        },
      },
    });
    const rsa = { kty: 'RSA', kid: 'rsa', alg: 'RSA-OAEP', n: 'AQAB', e: 'AQAB' };
    const { alg: _alg, ...keyWithoutAlg } = encryptionKey;
    const { kid: _kid, ...keyWithoutKid } = encryptionKey;
    const token = await resign(metadata([rsa, { ...encryptionKey, use: 'sig' }, encryptionKey]));
    const request = await verifyRequestObject(token, expected());
    expect(request.encryption).toMatchObject({ kid: 'kid-1', enc: 'A128GCM' });
    for (const key of [
      rsa,
      keyWithoutAlg,
      keyWithoutKid,
      { ...encryptionKey, d: 'AAAA' },
      { ...encryptionKey, crv: 'P-384' },
    ]) {
      expect(await judge(await resign(metadata([key])))).toBe('request_invalid');
    }
    expect(await judge(await resign(metadata([encryptionKey], ['A128CBC-HS256'])))).toBe('request_invalid');
  });
});

describe('a scene statement', () => {
  const withInfo = (data: string, format: string = sceneFormat) =>
    resign({ payload: { verifier_info: [{ format, data }] } });

  it('of another client, another key, another kind or the past refuses the whole request', async () => {
    const options = { signer: access.signer, now, lifetime: 300 };
    const foreign = await createSceneStatement({ ...statement, iss: `x509_hash:${'B'.repeat(43)}` }, options);
    expect(await judge(await withInfo(foreign))).toBe('iss_mismatch');
    const forged = await createSceneStatement(statement, { ...options, signer: generateNodeSigner('ES256') });
    expect(await judge(await withInfo(forged))).toBe('sig_invalid');
    const old = await createSceneStatement(statement, { ...options, now: now - 1_000 });
    expect(await judge(await withInfo(old))).toBe('expired');
    expect(await judge(await withInfo(honest))).toBe('typ_mismatch');
    const twice = await createSceneStatement(statement, options);
    const entry = { format: sceneFormat, data: twice };
    expect(await judge(await resign({ payload: { verifier_info: [entry, entry] } }))).toBe('request_invalid');
    expect(await judge(await withInfo(twice))).toBe('accepted');
  });

  it('may be missing, and entries of other formats are passed over', async () => {
    const without = await verifyRequestObject(await resign({ without: ['verifier_info'] }), expected());
    expect(without.scene).toBeUndefined();
    const other = await verifyRequestObject(await withInfo('anything', 'registration_cert'), expected());
    expect(other.scene).toBeUndefined();
  });

  it('tells the retention of a claim in either format', () => {
    expect(retentionOf(statement, ['picture'])).toBe('none');
    expect(retentionOf(statement, ['credentialSubject', 'picture'])).toBe('none');
    expect(retentionOf(statement, ['name'])).toBe('P1Y');
  });
});
