/** Encrypted requests and answers, and notifications, under attack. Each refusal beside its smallest honest change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { decryptJwe, encryptJwe, generateEncryptionKey } from '../../shared/jwt/index.ts';
import { credentialsOf } from '../support/issuance-client.ts';
import { expectServed, openSession, requestOf, startUsedIssuer } from '../support/issuance-session.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { expectRefused } from '../support/issuer-refusals.ts';

/** The same 32 bytes in base64url with unused bits set. */
function otherSpelling(coordinate: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return coordinate.slice(0, -1) + alphabet[alphabet.indexOf(coordinate.slice(-1)) + 1];
}

describe('secret answers and notifications', () => {
  const clock = fixedClock(1_795_320_000);
  let world: TestIssuer;
  beforeAll(async () => {
    world = await startUsedIssuer(clock);
  });
  afterAll(() => world.close());
  beforeEach(() => clock.advance(700));

  const session = () => openSession(world, clock);

  describe('nc-057 encryption', () => {
    const refusal = {
      status: 400,
      error: 'invalid_encryption_parameters',
      audit: ['request.refuse encryption_parameters'],
    } as const;

    it('unknown means, no kid, a private key, compression, or a request in clear: refused in clear, no credential leaves', async () => {
      const open = await session();
      const wallet = await generateEncryptionKey('w1');
      const issuerKey = world.keys.requestKey.publicJwk;
      const request = await requestOf(open);
      const send = (encryption: JsonObject) =>
        encryptJwe({ ...request, credential_response_encryption: encryption }, issuerKey, { enc: 'A128GCM' }).then(
          (jwe) =>
            open.client.send('/credential', open.accessToken, jwe, { headers: { 'content-type': 'application/jwt' } }),
        );
      const good = { jwk: wallet.publicJwk, enc: 'A256GCM' };
      const { kid: _kid, ...nameless } = wallet.publicJwk;
      const { alg: _alg, ...without } = wallet.publicJwk;
      for (const spoiled of [
        { ...good, enc: 'A128CBC-HS256' },
        { ...good, zip: 'DEF' },
        { jwk: wallet.publicJwk },
        { enc: 'A256GCM' },
        { ...good, jwk: nameless },
        { ...good, jwk: without },
        { ...good, jwk: { ...wallet.publicJwk, alg: 'RSA-OAEP' } },
        { ...good, jwk: { ...wallet.publicJwk, crv: 'P-384' } },
        { ...good, jwk: wallet.privateJwk },
        { ...good, jwk: { kty: 'oct', k: 'AAAA', alg: 'dir', kid: 'x' } },
        // No points of the curve, and a second spelling of one: found out before the nonce of the proofs is spent.
        { ...good, jwk: { ...wallet.publicJwk, y: wallet.publicJwk.x } },
        { ...good, jwk: { ...wallet.publicJwk, x: 'A'.repeat(43), y: 'A'.repeat(43) } },
        { ...good, jwk: { ...wallet.publicJwk, x: otherSpelling(String(wallet.publicJwk.x)) } },
      ] as JsonObject[]) {
        await expectRefused(world, () => send(spoiled), refusal);
      }
      // The wish for secrecy in a request sent in clear (8.2).
      await expectRefused(
        world,
        () => open.client.credential(open.accessToken, { ...request, credential_response_encryption: good }),
        refusal,
      );
      const answer = await send(good);
      expect(answer.headers.get('content-type')).toBe('application/jwt');
      const inside = await decryptJwe(answer.text, wallet.privateJwk, {
        kid: 'w1',
        encs: ['A256GCM'],
        maxBytes: 1_000_000,
      });
      expect(inside.credentials).toHaveLength(1);
    });

    it('a request that is not encrypted to our key is refused; encrypted alone, it is answered in clear', async () => {
      const open = await session();
      const request = await requestOf(open);
      const stranger = await generateEncryptionKey('stranger');
      const send = (jwe: string) =>
        open.client.send('/credential', open.accessToken, jwe, { headers: { 'content-type': 'application/jwt' } });
      await expectRefused(
        world,
        async () => send(await encryptJwe(request, stranger.publicJwk, { enc: 'A128GCM' })),
        refusal,
      );
      await expectRefused(world, () => send('a.b.c.d.e'), refusal);
      await expectRefused(world, () => send(JSON.stringify(request)), refusal);
      const answer = await send(await encryptJwe(request, world.keys.requestKey.publicJwk, { enc: 'A128GCM' }));
      expect(credentialsOf(answer)).toHaveLength(1);
    });
  });

  describe('nc-060 notifications', () => {
    const invalid = {
      status: 400,
      error: 'invalid_notification_id',
      audit: ['request.refuse notification_id'],
    } as const;

    it('of an unknown, a foreign and a replaced set are refused alike', async () => {
      const [open, other] = [await session(), await session()];
      const foreign = String((await expectServed(other)).json.notification_id);
      const replaced = String((await expectServed(open)).json.notification_id);
      const own = String((await expectServed(open)).json.notification_id);
      const answers = [];
      for (const [id, event] of [
        ['unheard-of'],
        [foreign],
        [foreign, 'credential_deleted'],
        [replaced],
        [replaced, 'credential_deleted'],
      ] as const) {
        answers.push(await expectRefused(world, () => open.client.notify(open.accessToken, id, event), invalid));
      }
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect((await open.client.notify(open.accessToken, own)).status).toBe(204);
    });

    it('with an unknown event, or that are none, are refused', async () => {
      const open = await session();
      const id = String((await expectServed(open)).json.notification_id);
      const refusal = {
        status: 400,
        error: 'invalid_notification_request',
        audit: ['request.refuse notification_request'],
      };
      await expectRefused(world, () => open.client.notify(open.accessToken, id, 'credential_eaten'), refusal);
      for (const body of ['{', '[]', '{}', `{"notification_id":"${id}"}`, '{"event":"credential_accepted"}']) {
        await expectRefused(world, () => open.client.send('/notification', open.accessToken, body), refusal);
      }
      expect((await open.client.notify(open.accessToken, id)).status).toBe(204);
    });

    it('with a DPoP proof that was used are refused', async () => {
      const open = await session();
      const id = String((await expectServed(open)).json.notification_id);
      const proof = await open.client.dpop('POST', `${world.url}/notification`, { accessToken: open.accessToken });
      const body = { notification_id: id, event: 'credential_accepted' };
      expect((await open.client.send('/notification', open.accessToken, body, { proof })).status).toBe(204);
      await expectRefused(world, () => open.client.send('/notification', open.accessToken, body, { proof }), {
        status: 401,
        error: 'invalid_dpop_proof',
        audit: ['request.refuse replay'],
      });
    });

    it('without a token are refused', async () => {
      const open = await session();
      const id = String((await expectServed(open)).json.notification_id);
      const refusal = { status: 401, error: 'invalid_token', audit: ['request.refuse token_invalid'] };
      await expectRefused(world, () => open.client.notify('', id), refusal);
      await expectRefused(world, () => open.client.notify('A'.repeat(43), id), refusal);
    });
  });
});
