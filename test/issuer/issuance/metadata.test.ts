import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { decodeBase64 } from '../../../shared/encoding/index.ts';
import {
  checkAuthorizationServerMetadata,
  checkIssuerMetadata,
  verifyIssuerMetadata,
} from '../../../shared/oid4vci/index.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { verifyChain } from '../../../shared/trust/index.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';

const folder = new URL('../../../../shared/vectors/json-schemas/', import.meta.url);
const now = 1_795_320_000;

describe('metadata', () => {
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startTestIssuer({ clock: fixedClock(now), path: '/tenant' });
  });
  afterAll(() => world.close());

  const get = (name: string, accept?: string) =>
    fetch(`${world.origin}/.well-known/${name}/tenant`, accept === undefined ? {} : { headers: { accept } });

  it('is what a wallet accepts, at the inserted addresses', async () => {
    const issuer = checkIssuerMetadata(await (await get('openid-credential-issuer')).json(), world.url);
    expect(Object.keys(issuer.credential_configurations_supported)).toEqual([
      'resident-id-sd-jwt',
      'resident-id-vc-jwt',
      'driving-licence-sd-jwt',
    ]);
    for (const [id, configuration] of Object.entries(issuer.credential_configurations_supported))
      expect(configuration.scope).toBe(id);
    const server = checkAuthorizationServerMetadata(await (await get('oauth-authorization-server')).json(), world.url);
    expect(server).toMatchObject({
      token_endpoint: `${world.url}/token`,
      'pre-authorized_grant_anonymous_access_supported': true,
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519'],
    });
    expect((await fetch(`${world.url}/.well-known/openid-credential-issuer`)).status).toBe(404);
  });

  it.skipIf(!existsSync(folder))('is what the conformance suite accepts', async () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false }));
    for (const [schema, name] of [
      ['credential_issuer_metadata-1_0', 'openid-credential-issuer'],
      ['oauth_authorization_server_metadata', 'oauth-authorization-server'],
    ] as const) {
      const check = ajv.compile(JSON.parse(readFileSync(new URL(`${schema}.json`, folder), 'utf8')));
      const answer = await get(name);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect([schema, check(await answer.json()), check.errors]).toEqual([schema, true, null]);
    }
  });

  it.skipIf(!existsSync(folder))('offers are what the conformance suite accepts', async () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false }));
    const check = ajv.compile(JSON.parse(readFileSync(new URL('credential_offer-1_0.json', folder), 'utf8')));
    for (const txCode of [true, false]) {
      const { offer } = await world.offer('lin-yizhou', { txCode });
      expect([check(offer), check.errors]).toEqual([true, null]);
    }
  });

  it('is signed, by the certificate of the credentials, for those who ask for it', async () => {
    const answer = await get('openid-credential-issuer', 'application/jwt');
    expect([answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual(['application/jwt', 'Accept']);
    const crypto = nodeCrypto();
    const metadata = await verifyIssuerMetadata(await answer.text(), {
      crypto,
      expectedIssuer: world.url,
      now,
      async key(jwt) {
        const x5c = jwt.header.x5c as string[];
        expect(x5c.map((entry) => decodeBase64(entry).length)).toHaveLength(1);
        const leaf = await verifyChain(x5c, [world.anchorPem], { now, purpose: 'credential-issuer' });
        expect(leaf.sanUris).toEqual([world.url]);
        return leaf.key;
      },
    });
    expect(metadata).toEqual(await (await get('openid-credential-issuer')).json());
  });

  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/jwt;q=0', 'application/json'],
    ['application/jwt;q=0.5, application/json', 'application/json'],
    ['application/jwt, application/json;q=0.9', 'application/jwt'],
    ['text/html, Application/JWT', 'application/jwt'],
  ])('Accept: %s gets %s', async (accept, type) => {
    expect((await get('openid-credential-issuer', accept)).headers.get('content-type')).toBe(type);
  });
});
