/** nc-005: every kind of signed thing at every place where the issuer takes one. Only the diagonal is served. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { signJwt } from '../../shared/jwt/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';
import { bare, createTestClient, type Received, type TestClient } from '../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { expectRefused } from '../support/issuer-refusals.ts';

const crypto = nodeCrypto();
const kinds = [
  'dpop+jwt',
  'openid4vci-proof+jwt',
  'kb+jwt',
  'dc+sd-jwt',
  'JWT',
  'statuslist+jwt',
  'oauth-authz-req+jwt',
  'openidvci-issuer-metadata+jwt',
] as const;
const sdJwt = 'resident-id-sd-jwt';

describe('nc-005 kinds of tokens', () => {
  const clock = fixedClock(1_795_320_000);
  let world: TestIssuer;
  let received: Received;
  beforeAll(async () => {
    world = await startTestIssuer({ clock });
    const { offer } = await world.offer('lin-yizhou');
    received = await newClient().receive(offer);
  });
  afterAll(() => world.close());

  const newClient = (): TestClient => createTestClient({ issuer: world.url, now: () => clock.now() });
  /** Every claim that any place looks for, rightly filled: nothing is wrong but the kind. */
  const claims = (client: TestClient, more: JsonObject): JsonObject => ({
    jti: Buffer.from(crypto.randomBytes(16)).toString('base64url'),
    iat: clock.now(),
    exp: clock.now() + 300,
    aud: world.url,
    sub: world.url,
    vct: `${world.url}/types/resident-id/1`,
    ...(client.nonce === undefined ? {} : { nonce: client.nonce }),
    ...more,
  });

  it.each(kinds)('%s as DPoP proof of a token request', async (typ) => {
    const { offer } = await world.offer('lin-yizhou');
    const client = newClient();
    await client.cNonce();
    const proof = await signJwt(
      { typ, jwk: bare(client.dpopSigner.publicJwk) },
      claims(client, { htm: 'POST', htu: `${world.url}/token` }),
      client.dpopSigner,
    );
    const act = () => client.token(offer, { proof });
    if (typ === 'dpop+jwt') expect((await act()).status).toBe(200);
    else
      await expectRefused(world, act, {
        status: 400,
        error: 'invalid_dpop_proof',
        audit: ['request.refuse dpop_invalid'],
      });
  });

  it.each(kinds)('%s as DPoP proof of a credential request', async (typ) => {
    const { client, accessToken } = await session();
    const request = {
      credential_configuration_id: sdJwt,
      proofs: { jwt: await client.proofs(1, { nonce: await client.cNonce() }) },
    };
    const proof = await signJwt(
      { typ, jwk: bare(client.dpopSigner.publicJwk) },
      claims(client, { htm: 'POST', htu: `${world.url}/credential`, ath: crypto.sha256Base64url(accessToken) }),
      client.dpopSigner,
    );
    const act = () => client.credential(accessToken, request, { proof });
    if (typ === 'dpop+jwt') expect((await act()).status).toBe(200);
    else
      await expectRefused(world, act, {
        status: 401,
        error: 'invalid_dpop_proof',
        audit: ['request.refuse dpop_invalid'],
      });
  });

  it.each(kinds)('%s as key proof', async (typ) => {
    const { client, accessToken } = await session();
    const signer = generateNodeSigner('ES256');
    const nonce = await client.cNonce();
    const proof = await signJwt({ typ, jwk: bare(signer.publicJwk) }, claims(client, { nonce }), signer);
    const act = () => client.credential(accessToken, { credential_configuration_id: sdJwt, proofs: { jwt: [proof] } });
    if (typ === 'openid4vci-proof+jwt') expect((await act()).status).toBe(200);
    else
      await expectRefused(world, act, { status: 400, error: 'invalid_proof', audit: ['request.refuse proof_invalid'] });
  });

  it('whatever the issuer itself signed, as access token, code or key proof', async () => {
    const { client, accessToken, offer } = await session();
    const [credential = ''] = received.credentials;
    const list = await (await fetch(`${world.url}/status-lists`)).json();
    const statusToken = await (await fetch((list as { status_lists: string[] }).status_lists[0] ?? '')).text();
    const metadata = await (
      await fetch(`${world.origin}/.well-known/openid-credential-issuer`, { headers: { accept: 'application/jwt' } })
    ).text();
    const request = async () => ({
      credential_configuration_id: sdJwt,
      proofs: { jwt: await client.proofs(1, { nonce: await client.cNonce() }) },
    });
    for (const foreign of [
      credential.split('~')[0] ?? '',
      statusToken,
      metadata,
      await client.cNonce(),
      client.nonce ?? '',
      received.notificationId,
    ]) {
      await expectRefused(world, async () => client.credential(foreign, await request()), {
        status: 401,
        error: 'invalid_token',
        audit: ['request.refuse token_invalid'],
      });
      await expectRefused(
        world,
        () => client.token(offer, { form: { 'pre-authorized_code': foreign.slice(0, 4096) } }),
        {
          status: 400,
          error: 'invalid_grant',
          rows: { used_once: 1 },
          audit: ['offer.unknown grant_invalid'],
        },
      );
      await expectRefused(
        world,
        () => client.credential(accessToken, { credential_configuration_id: sdJwt, proofs: { jwt: [foreign] } }),
        {
          status: 400,
          error: 'invalid_proof',
          audit: ['request.refuse proof_invalid'],
        },
      );
    }
    expect((await client.credential(accessToken, await request())).status).toBe(200);
  });

  async function session() {
    const { offer } = await world.offer('lin-yizhou');
    const client = newClient();
    const { json } = await client.token(offer);
    return { client, offer, accessToken: String(json.access_token) };
  }
});
