/** A wallet that holds an access token and has yet to ask for its credential: where most attacks on issuance begin. */
import { expect } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import type { CredentialOffer } from '../../shared/oid4vci/index.ts';
import { type Answer, createTestClient, type TestClient } from './issuance-client.ts';
import { startTestIssuer, type TestIssuer } from './issuer.ts';

export const sdJwt = 'resident-id-sd-jwt';
export const vcJwt = 'resident-id-vc-jwt';

export interface Session {
  readonly client: TestClient;
  readonly offer: CredentialOffer;
  readonly offerId: string;
  readonly accessToken: string;
}

/** An issuer that has issued once: the first issuance opens a status list, which later ones must not be blamed for. */
export async function startUsedIssuer(clock: Clock): Promise<TestIssuer> {
  const world = await startTestIssuer({ clock });
  const { offer } = await world.offer('lin-yizhou');
  await createTestClient({ issuer: world.url, now: () => clock.now() }).receive(offer);
  return world;
}

export async function openSession(
  world: TestIssuer,
  clock: Clock,
  options: { readonly configurationIds?: readonly string[]; readonly details?: JsonObject[] } = {},
): Promise<Session> {
  const { configurationIds = [sdJwt], details } = options;
  const { offer, offerId } = await world.offer('lin-yizhou', { configurationIds });
  const client = createTestClient({ issuer: world.url, now: () => clock.now() });
  await client.cNonce();
  const form = details === undefined ? {} : { authorization_details: JSON.stringify(details) };
  const token = await client.token(offer, { form });
  const accessToken = token.json.access_token;
  if (typeof accessToken !== 'string') throw new TypeError(token.text);
  return { client, offer, offerId, accessToken };
}

/** An honest credential request with fresh keys and a fresh nonce. */
export async function requestOf({ client }: Session, copies = 1, id = sdJwt): Promise<JsonObject> {
  const binding = id === vcJwt ? 'did:jwk' : 'jwk';
  const jwt = await client.proofs(copies, { nonce: await client.cNonce(), binding });
  return { credential_configuration_id: id, proofs: { jwt } };
}

/** The honest twin of a refusal: the very same session still gets its credential. */
export async function expectServed(open: Session, request?: JsonObject): Promise<Answer> {
  const answer = await open.client.credential(open.accessToken, request ?? (await requestOf(open)));
  expect([answer.status, answer.json.error]).toEqual([200, undefined]);
  return answer;
}
