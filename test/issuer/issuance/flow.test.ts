import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../../shared/clock.ts';
import { createDidKeys, didWebOf } from '../../../shared/did/index.ts';
import { type JsonObject, parseJsonObject } from '../../../shared/encoding/index.ts';
import { parseJwt } from '../../../shared/jwt/index.ts';
import { type PublicJwk, thumbprint } from '../../../shared/keys/index.ts';
import { parseSdJwt, verifySdJwt } from '../../../shared/sd-jwt/index.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { nodeInflate } from '../../../shared/server/node-inflate.ts';
import { safeFetch } from '../../../shared/server/safe-fetch.ts';
import { createStatusChecker } from '../../../shared/status-list/index.ts';
import { createIssuerTrust, type IssuerTrust } from '../../../shared/trust/index.ts';
import { verifyVcJwt } from '../../../shared/vc-jwt/index.ts';
import { createTestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';

/** 2026-11-22 12:34:56 in Shanghai: no round second. */
const now = 1_795_322_096;
const day = 86_400;
const crypto = nodeCrypto();

describe.each(['', '/authority/east'])('issuance under the base path "%s"', (path) => {
  const clock = fixedClock(now);
  let world: TestIssuer;
  let trust: IssuerTrust;
  beforeAll(async () => {
    world = await startTestIssuer({ clock, path });
    const dids = createDidKeys({
      clock,
      fetchText: safeFetch({ allowOrigins: [world.origin] }),
      allowOrigins: [world.origin],
    });
    const types = [`${world.url}/types/resident-id/1`, 'ResidentIdCredential'];
    const name = { 'zh-Hans': '发证机关', en: 'Issuer' };
    const issuers = [{ id: world.url, dids: [didWebOf(world.url)], anchors: [world.anchorPem], types, name }];
    trust = createIssuerTrust({ issuers, dids, clock, crypto });
  });
  afterAll(() => world.close());

  const newClient = () => createTestClient({ issuer: world.url, now: () => clock.now() });
  const checkStatus = (uri: string, idx: number, issuerId = world.url) =>
    createStatusChecker({
      fetchText: safeFetch({ allowOrigins: [world.origin] }),
      trust,
      crypto,
      clock,
      inflate: nodeInflate,
    }).check({ uri, idx }, issuerId, { maxAge: 0 });

  it('gives ten SD-JWT VCs that a verifier believes and cannot link', async () => {
    const { offer } = await world.offer('lin-yizhou');
    const client = newClient();
    const received = await client.receive(offer, { copies: 10 });
    const vct = `${world.url}/types/resident-id/1`;
    const verified = await Promise.all(
      received.credentials.map((credential) =>
        verifySdJwt(credential, {
          crypto,
          now,
          issuerKey: async (jwt) => (await trust.keyFor(jwt, vct)).key,
          keyBinding: 'none-at-issuance',
          validity: 'exp-required',
          expectedVct: [vct],
        }),
      ),
    );
    const payloads = verified.map(({ payload }) => payload);
    expect(payloads[0]).toMatchObject({
      iss: world.url,
      vct,
      name: '林一舟',
      personal_administrative_number: '33019919960310412X',
    });
    // The same statement ten times, whole days as times.
    for (const { iat, nbf, exp } of payloads) {
      expect([iat, nbf, exp]).toEqual([
        Math.floor(now / day) * day,
        Math.floor(now / day) * day,
        Math.floor(now / day) * day + 90 * day,
      ]);
    }
    // Ten keys, ten indices (no progression), ten sets of salts.
    expect(new Set(verified.map(({ holderKey }) => holderKey && thumbprint(holderKey, crypto))).size).toBe(10);
    const refs = payloads.map((payload) => statusOf(payload));
    expect(new Set(refs.map(({ uri, idx }) => `${uri} ${idx}`)).size).toBe(10);
    const steps = refs.slice(1).map(({ idx }, n) => idx - (refs[n]?.idx ?? 0));
    expect(new Set(steps).size).toBeGreaterThan(1);
    const disclosures = received.credentials.flatMap((credential) =>
      parseSdJwt(credential).disclosures.map(({ encoded }) => encoded),
    );
    expect(new Set(disclosures).size).toBe(disclosures.length);
    for (const { uri, idx } of refs) expect((await checkStatus(uri, idx)).status).toBe('valid');
    // The leaf alone travels, and it is not its own anchor.
    const { x5c } = parseJwt(received.credentials[0]?.split('~')[0] ?? '').header as { x5c: string[] };
    expect(x5c).toHaveLength(1);
    const leaf = new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64'));
    expect(leaf.subject).not.toBe(leaf.issuer);

    expect((await client.notify(received.accessToken, received.notificationId)).status).toBe(204);
    expect((await client.notify(received.accessToken, received.notificationId)).status).toBe(204);
  });

  it('gives W3C credentials that a verifier believes, signed under did:web for a did:jwk', async () => {
    const { offer } = await world.offer('lin-yizhou', { configurationIds: ['resident-id-vc-jwt'] });
    const received = await newClient().receive(offer, { copies: 2 });
    for (const credential of received.credentials) {
      const verified = await verifyVcJwt(credential, {
        crypto,
        now,
        issuerKey: async (jwt) => (await trust.keyFor(jwt, ['ResidentIdCredential'])).key,
        validity: 'exp-required',
        expectedTypes: ['ResidentIdCredential'],
      });
      expect(verified.issuer).toBe(didWebOf(world.url));
      expect(verified.subject).toMatch(/^did:jwk:/);
      expect(verified.payload).toMatchObject({ iat: Math.floor(now / day) * day, nbf: Math.floor(now / day) * day });
      const { uri, idx } = statusOf(verified.payload);
      expect((await checkStatus(uri, idx, didWebOf(world.url))).status).toBe('valid');
    }
  });

  it('serves an offer by reference until it is redeemed, and never its secrets in the database', async () => {
    const { offer, reference = '', link } = await world.offer('lin-yizhou', { byReference: true });
    expect(link).toBe(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(reference)}`);
    const first = await fetch(reference);
    expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
      200,
      'application/json',
      'no-store',
    ]);
    expect(await first.json()).toEqual(offer);
    const other = `${reference.slice(0, -1)}${reference.endsWith('A') ? 'E' : 'A'}`;
    expect((await fetch(other)).status).toBe(404);
    await newClient().receive(offer);
    expect((await fetch(reference)).status).toBe(404);
    const rows = await world.db.kysely.selectFrom('offer').selectAll().execute();
    const code = JSON.stringify(offer.grants).match(/"pre-authorized_code":"([^"]+)"/)?.[1] ?? '';
    expect(code).toHaveLength(43);
    for (const secret of [code, reference.split('/').at(-1) ?? '']) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('names its keys in did.json and jwt-vc-issuer, for statements only', async () => {
    const didUrl = path === '' ? `${world.origin}/.well-known/did.json` : `${world.url}/did.json`;
    const document = (await (await fetch(didUrl)).json()) as JsonObject;
    expect(document).toMatchObject({ id: didWebOf(world.url), assertionMethod: [world.keys.credential.kid] });
    expect(document).not.toHaveProperty('authentication');
    const jwks = (await (await fetch(`${world.origin}/.well-known/jwt-vc-issuer${path}`)).json()) as {
      issuer: string;
      jwks: { keys: PublicJwk[] };
    };
    expect(jwks.issuer).toBe(world.url);
    const [key] = jwks.jwks.keys;
    expect(key && thumbprint(key, crypto)).toBe(thumbprint(world.keys.credential.signer.publicJwk, crypto));
    expect(JSON.stringify([document, jwks])).not.toContain('"d":');
  });

  it('lets a web page of any origin call it, without cookies', async () => {
    for (const [method, address] of [
      ['GET', `${world.origin}/.well-known/openid-credential-issuer${path}`],
      ['GET', `${world.origin}/.well-known/oauth-authorization-server${path}`],
      ['POST', `${world.url}/token`],
      ['POST', `${world.url}/nonce`],
      ['POST', `${world.url}/credential`],
      ['POST', `${world.url}/notification`],
    ] as const) {
      const preflight = await fetch(address, {
        method: 'OPTIONS',
        headers: { origin: 'https://wallet.example', 'access-control-request-method': method },
      });
      expect([address, preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
        address,
        204,
        '*',
      ]);
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/DPoP/i);
      const answer = await fetch(address, { method, headers: { origin: 'https://wallet.example' } });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.headers.get('access-control-expose-headers')).toMatch(/DPoP-Nonce/);
    }
  });
});

function statusOf(payload: JsonObject): { uri: string; idx: number } {
  const { status_list: entry } = parseJsonObject(JSON.stringify(payload.status)) as {
    status_list: { uri: string; idx: number };
  };
  return entry;
}
