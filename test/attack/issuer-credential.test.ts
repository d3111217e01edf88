/** The credential endpoint under attack. Each refusal beside its smallest honest change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import { didJwkOf } from '../../shared/did/index.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { signJwt } from '../../shared/jwt/index.ts';
import { generateNodeSigner } from '../../shared/server/node-crypto.ts';
import { bare, createTestClient, credentialsOf, type Spoiled, spoil } from '../support/issuance-client.ts';
import {
  expectServed,
  openSession,
  requestOf,
  type Session,
  sdJwt,
  startUsedIssuer,
  vcJwt,
} from '../support/issuance-session.ts';
import { startTestIssuer, type TestIssuer } from '../support/issuer.ts';
import { countRows, expectRefused } from '../support/issuer-refusals.ts';

const noon = 1_795_320_000;

describe('the credential endpoint', () => {
  const clock = fixedClock(noon);
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startUsedIssuer(clock);
  });
  afterAll(() => world.close());
  beforeEach(() => clock.advance(700));

  const session = (configurationIds: readonly string[] = [sdJwt], details?: JsonObject[]) =>
    openSession(world, clock, { configurationIds, ...(details !== undefined && { details }) });

  describe('nc-051 access tokens', () => {
    const refusal = { status: 401, error: 'invalid_token', audit: ['request.refuse token_invalid'] } as const;

    it('absent, unknown, malformed, of another scheme: 401 with a challenge', async () => {
      const open = await session();
      const request = await requestOf(open);
      const { client, accessToken } = open;
      for (const [token, scheme] of [
        ['', 'DPoP'],
        ['A'.repeat(43), 'DPoP'],
        ['short', 'DPoP'],
        [`${accessToken}A`, 'DPoP'],
        [accessToken, 'Bearer'],
        [accessToken, 'Basic'],
      ] as const) {
        const answer = await expectRefused(world, () => client.credential(token, request, { scheme }), refusal);
        expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_token"/);
      }
      await expectServed(open, request);
    });

    it('the scheme in any case is the same scheme', async () => {
      const open = await session();
      expect((await open.client.credential(open.accessToken, await requestOf(open), { scheme: 'dpop' })).status).toBe(
        200,
      );
    });

    it('in the query: refused as no token, whatever else comes along', async () => {
      const open = await session();
      const request = await requestOf(open);
      const inQuery = { ...refusal, audit: ['request.refuse query_parameter'] };
      await expectRefused(
        world,
        () => open.client.credential(open.accessToken, request, { query: `?access_token=${open.accessToken}` }),
        inQuery,
      );
      await expectRefused(
        world,
        () => open.client.credential('', request, { query: `?access_token=${open.accessToken}` }),
        inQuery,
      );
      await expectServed(open, request);
    });

    it('expired: five minutes are five minutes', async () => {
      const [late, intime] = [await session(), await session()];
      clock.advance(299);
      await expectServed(intime);
      clock.advance(1);
      await expectRefused(world, async () => late.client.credential(late.accessToken, await requestOf(late)), refusal);
    });

    it('revoked with its offer', async () => {
      const [open, twin] = [await session(), await session()];
      await world.db.transaction((trx) =>
        world.issuer.offers.cancelOffer(trx, open.offerId, { id: 'test', role: 'issuer-operator' }),
      );
      const left = await world.db.kysely
        .selectFrom('oauth_record')
        .select('kind')
        .where('grant_id', '=', open.offerId)
        .execute();
      expect(left).toEqual([]);
      await expectRefused(world, async () => open.client.credential(open.accessToken, await requestOf(open)), refusal);
      await expectServed(twin);
    });

    it('for another resource', async () => {
      const open = await session();
      const row = await world.db.kysely
        .selectFrom('oauth_record')
        .selectAll()
        .where('grant_id', '=', open.offerId)
        .executeTakeFirstOrThrow();
      const set = (aud: string) =>
        world.db.kysely
          .updateTable('oauth_record')
          .set({ payload: JSON.stringify({ ...JSON.parse(row.payload), aud }) })
          .where('id_hash', '=', row.id_hash)
          .execute();
      await set('https://other.example');
      await expectRefused(world, async () => open.client.credential(open.accessToken, await requestOf(open)), refusal);
      await set(world.url);
      await expectServed(open);
    });
  });

  describe('nc-052 DPoP at the resource', () => {
    it('missing, of another method, address, token or key: 401, nothing stored', async () => {
      const open = await session();
      const request = await requestOf(open);
      const refusal = { status: 401, error: 'invalid_dpop_proof', audit: ['request.refuse dpop_invalid'] };
      const other = generateNodeSigner('ES256');
      for (const spoiled of [
        { proof: null },
        { payload: { htm: 'GET' } },
        { payload: { htu: `${world.url}/token` } },
        { payload: { htu: `${world.url}/notification` } },
        { payload: { ath: undefined } },
        { payload: { ath: 'A'.repeat(43) } },
        { signer: other },
        { header: { jwk: bare(other.publicJwk) } },
      ]) {
        const answer = await expectRefused(
          world,
          () => open.client.credential(open.accessToken, request, spoiled),
          refusal,
        );
        expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
      }
      await expectServed(open, request);
    });

    it('without a nonce of ours: told which to use', async () => {
      const open = await session();
      const request = await requestOf(open);
      const tell = { status: 401, error: 'use_dpop_nonce', audit: [] };
      for (const nonce of [undefined, 'x', await open.client.cNonce()]) {
        const answer = await expectRefused(
          world,
          () => open.client.credential(open.accessToken, request, { raw: true, payload: { nonce } }),
          tell,
        );
        expect(answer.headers.get('www-authenticate')).toMatch(/error="use_dpop_nonce"/);
        expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{43}$/);
      }
      await expectServed(open, request);
    });

    it('a proof that was used is refused', async () => {
      const open = await session([sdJwt, vcJwt]);
      const proof = await open.client.dpop('POST', `${world.url}/credential`, { accessToken: open.accessToken });
      const first = await requestOf(open);
      expect((await open.client.credential(open.accessToken, first, { proof })).status).toBe(200);
      const second = await requestOf(open, 1, vcJwt);
      const refusal = { status: 401, error: 'invalid_dpop_proof', audit: ['request.refuse replay'] };
      await expectRefused(world, () => open.client.credential(open.accessToken, second, { proof }), refusal);
      await expectServed(open, second);
    });
  });

  describe('nc-054 what is asked for', () => {
    const refuse = (open: Session, request: JsonObject | string, error: string, reason: string) =>
      expectRefused(world, () => open.client.send('/credential', open.accessToken, request), {
        status: 400,
        error,
        audit: [`request.refuse ${reason}`],
      });

    it('an unknown and a foreign configuration are refused alike', async () => {
      const open = await session();
      const { proofs } = await requestOf(open);
      const answers = [];
      for (const id of ['unheard-of', 'driving-licence-sd-jwt', '__proto__x']) {
        answers.push(
          await refuse(
            open,
            { credential_configuration_id: id, proofs: proofs ?? {} },
            'unknown_credential_configuration',
            'unknown_configuration',
          ),
        );
      }
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      await expectServed(open);
    });

    it('an unknown identifier and that of another applicant are refused alike; the own one is taken', async () => {
      const detail = [{ type: 'openid_credential', credential_configuration_id: sdJwt }];
      const [open, other] = [await session([sdJwt], detail), await session([sdJwt], detail)];
      const own = await identifierOf(open);
      const foreign = await identifierOf(other);
      const { proofs = {} } = await requestOf(open);
      const answers = [];
      for (const id of ['unheard-of', foreign, sdJwt]) {
        answers.push(
          await refuse(
            open,
            { credential_identifier: id, proofs },
            'unknown_credential_identifier',
            'unknown_identifier',
          ),
        );
      }
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      await expectServed(open, { credential_identifier: own, proofs });
      // 8.2: a configuration only where the token response gave no identifiers, and the other way round.
      await refuse(
        open,
        { credential_configuration_id: sdJwt, proofs },
        'invalid_credential_request',
        'credential_request_invalid',
      );
      const plain = await session();
      await refuse(
        plain,
        { credential_identifier: own, proofs },
        'unknown_credential_identifier',
        'unknown_identifier',
      );
    });

    it('both, neither, and what is no request at all', async () => {
      const open = await session();
      const { proofs = {} } = await requestOf(open);
      const invalid = (request: JsonObject | string) =>
        refuse(open, request, 'invalid_credential_request', 'credential_request_invalid');
      await invalid({ credential_configuration_id: sdJwt, credential_identifier: 'x', proofs });
      await invalid({ proofs });
      await invalid({ credential_configuration_id: 1, proofs });
      await invalid({ format: 'dc+sd-jwt', vct: 'x', proofs });
      await invalid('[]');
      await invalid('{"credential_configuration_id":"a","credential_configuration_id":"b"}');
      await invalid('{"__proto__":{"a":1}}');
      await invalid('{');
      await expectServed(open, { ...(await requestOf(open)), unknown_member: { a: [1] } });
    });

    async function identifierOf(open: Session): Promise<string> {
      const { json } = await open.client.token(open.offer, {
        form: {
          authorization_details: JSON.stringify([{ type: 'openid_credential', credential_configuration_id: sdJwt }]),
        },
      });
      const details = json.authorization_details as { credential_identifiers: string[] }[];
      return details[0]?.credential_identifiers[0] ?? '';
    }
  });

  describe('nc-048 key proofs', () => {
    const refusal = { status: 400, error: 'invalid_proof', audit: ['request.refuse proof_invalid'] } as const;

    it('missing in every way', async () => {
      const open = await session();
      const missing = { ...refusal, audit: ['request.refuse proof_missing'] };
      for (const request of [{}, { proofs: { jwt: [] } }]) {
        await expectRefused(
          world,
          () => open.client.credential(open.accessToken, { credential_configuration_id: sdJwt, ...request }),
          missing,
        );
      }
      const { proofs } = await requestOf(open);
      const { jwt = [] } = proofs as { jwt: string[] };
      for (const spoiled of [
        { jwt: 'x' },
        { jwt: [1] },
        { cwt: jwt },
        { jwt, attestation: ['x'] },
        { attestation: ['x'] },
      ] as JsonObject[]) {
        await expectRefused(
          world,
          () => open.client.credential(open.accessToken, { credential_configuration_id: sdJwt, proofs: spoiled }),
          refusal,
        );
      }
      await expectRefused(
        world,
        () =>
          open.client.credential(open.accessToken, {
            credential_configuration_id: sdJwt,
            proof: { proof_type: 'jwt', jwt: jwt[0] ?? '' },
          }),
        missing,
      );
      await expectServed(open);
    });

    it('of another typ, issuer, time, key form or signer', async () => {
      const open = await session();
      const [signer, other] = [generateNodeSigner('ES256'), generateNodeSigner('ES256')];
      const nonce = await open.client.cNonce();
      const send = async (header: Spoiled, payload: Spoiled, by = signer) => {
        const proof = await signJwt(
          spoil({ typ: 'openid4vci-proof+jwt', jwk: bare(signer.publicJwk) }, header),
          spoil({ aud: world.url, iat: clock.now(), nonce }, payload),
          by,
        );
        return open.client.credential(open.accessToken, {
          credential_configuration_id: sdJwt,
          proofs: { jwt: [proof] },
        });
      };
      for (const [header, payload, by] of [
        [{ typ: 'JWT' }, {}],
        [{ typ: 'kb+jwt' }, {}],
        [{}, { aud: 'https://other.example' }],
        [{}, { aud: [world.url] }],
        [{}, { iat: clock.now() - 3600 }],
        [{}, { iat: clock.now() + 3600 }],
        [{ kid: `${didJwkOf(signer.publicJwk)}#0` }, {}],
        [{ jwk: undefined }, {}],
        [{ jwk: undefined, kid: `${didJwkOf(signer.publicJwk)}#0` }, {}],
        [{}, {}, other],
        [{}, { nonce: undefined }],
        [{}, { iss: 'somebody' }],
      ] as [Spoiled, Spoiled, typeof signer?][]) {
        await expectRefused(world, () => send(header, payload, by), refusal);
      }
      expect((await send({}, {})).status).toBe(200);
    });

    it('did:jwk for the W3C format, and not the bare key', async () => {
      const open = await session([vcJwt]);
      const jwt = await open.client.proofs(1, { nonce: await open.client.cNonce() });
      await expectRefused(
        world,
        () => open.client.credential(open.accessToken, { credential_configuration_id: vcJwt, proofs: { jwt } }),
        refusal,
      );
      await expectServed(open, await requestOf(open, 2, vcJwt));
    });
  });

  describe('nc-049 nonces', () => {
    const refusal = { status: 400, error: 'invalid_nonce', audit: ['request.refuse nonce_invalid'] } as const;
    const withNonce = async (open: Session, nonce: string) =>
      open.client.credential(open.accessToken, {
        credential_configuration_id: sdJwt,
        proofs: { jwt: await open.client.proofs(1, { nonce }) },
      });

    it('unknown, altered, for another purpose, of another tenant, expired; the next one works', async () => {
      const open = await session();
      const tenant = await startTestIssuer({ clock, path: '/tenant' });
      try {
        const foreign = await createTestClient({ issuer: tenant.url }).cNonce();
        const own = await open.client.cNonce();
        const altered = `${own.slice(0, 10)}${own[10] === 'A' ? 'B' : 'A'}${own.slice(11)}`;
        for (const nonce of ['x', 'A'.repeat(43), altered, open.client.nonce ?? '', foreign]) {
          await expectRefused(world, () => withNonce(open, nonce), refusal);
        }
        const late = await open.client.cNonce();
        clock.advance(300);
        const { json } = await open.client.token(open.offer);
        const renewed = { ...open, accessToken: String(json.access_token) };
        await expectRefused(world, () => withNonce(renewed, late), refusal);
        await expectServed(renewed);
      } finally {
        await tenant.close();
      }
    });

    it('already used, by this wallet or another', async () => {
      const [open, other] = [await session([sdJwt, vcJwt]), await session()];
      const nonce = await open.client.cNonce();
      expect((await withNonce(open, nonce)).status).toBe(200);
      await expectRefused(world, () => withNonce(open, nonce), refusal);
      await expectRefused(world, () => withNonce(other, nonce), refusal);
      await expectServed(other);
    });

    it('of fifty requests at once with one nonce exactly one is served', async () => {
      const sessions = await Promise.all(Array.from({ length: 50 }, () => session()));
      const nonce = await sessions[0]?.client.cNonce();
      const before = await countRows(world);
      const answers = await Promise.all(sessions.map((open) => withNonce(open, nonce ?? '')));
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => answer.json.error === 'invalid_nonce')).toHaveLength(49);
      const after = await countRows(world);
      expect([after.issuance - before.issuance, after.status_entry - before.status_entry]).toEqual([1, 1]);
    });
  });

  describe('nc-055 batches are all or nothing', () => {
    const refusal = { status: 400, error: 'invalid_proof', audit: ['request.refuse proof_invalid'] } as const;
    const send = (open: Session, jwt: string[]) =>
      open.client.credential(open.accessToken, { credential_configuration_id: sdJwt, proofs: { jwt } });

    it('eleven proofs, a key twice, mixed nonces, one bad of five', async () => {
      const open = await session();
      const { client } = open;
      const nonce = await client.cNonce();
      await expectRefused(world, async () => send(open, await client.proofs(11, { nonce })), refusal);
      const signer = generateNodeSigner('ES256');
      await expectRefused(
        world,
        async () => send(open, await client.proofs(2, { nonce, signers: [signer, signer] })),
        refusal,
      );
      const mixed = [
        ...(await client.proofs(2, { nonce })),
        ...(await client.proofs(1, { nonce: await client.cNonce() })),
      ];
      await expectRefused(world, () => send(open, mixed), refusal);
      for (let bad = 0; bad < 5; bad += 1) {
        const proofs = await client.proofs(5, { nonce });
        proofs[bad] = `${proofs[bad]?.slice(0, -6)}AAAAAA`;
        await expectRefused(world, () => send(open, proofs), refusal);
      }
      const answer = await send(open, await client.proofs(10, { nonce }));
      expect(credentialsOf(answer)).toHaveLength(10);
    });
  });
});
