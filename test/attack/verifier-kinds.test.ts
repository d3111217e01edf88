import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { didJwkOf } from '../../shared/did/index.ts';
import { createDpop, signJwt } from '../../shared/jwt/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { createSceneStatement } from '../../shared/oid4vp/index.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import { newHolder } from '../support/credentials.ts';
import { answer, ask, call, fetchRequest, post, presentSd, presentVc, seal } from '../support/presenter.ts';
import { type Answer, startTestVerifier, type TestVerifier } from '../support/verifier.ts';

/** NC-005: a token of one kind never does the work of another. Kinds down, places of the verifier across. */
const kinds = [
  'sd-jwt presentation',
  'sd-jwt without binding',
  'kb-jwt',
  'vp-jwt',
  'vc-jwt',
  'request object',
  'status list token',
  'scene statement',
  'key proof',
  'dpop proof',
  'response jwe',
  'api token',
] as const;
type Kind = (typeof kinds)[number];

const places = {
  'vp_token, SD-JWT': 'sd-jwt presentation',
  'vp_token, VC-JWT': 'vp-jwt',
  'response form': 'response jwe',
  'bearer token': 'api token',
  'desk token': undefined,
  'response code': undefined,
} as const satisfies Record<string, Kind | undefined>;
type Place = keyof typeof places;

let world: TestVerifier;
let holder: Signer;
beforeAll(async () => {
  world = await startTestVerifier();
  holder = newHolder();
});
afterAll(() => world.close());

/** One fresh request and a token of each kind, made for it as well as can be. */
async function tokens() {
  const opened = await ask(world);
  const request = await fetchRequest(world, opened.qr);
  const now = world.clock.now();
  const vc = await world.issuer.vcJwt(holder);
  const bound = await presentSd(await world.issuer.sdJwt(holder), holder, request, now);
  const object = await call(new URL(opened.qr).searchParams.get('request_uri') ?? '', {});
  const statement = {
    iss: world.clientId,
    scene: 'hotel',
    purpose: { 'zh-Hans': '住宿', en: 'Stay' },
    retention: 'none',
    claims: [],
  };
  const made: Record<Kind, string> = {
    'sd-jwt presentation': bound,
    'sd-jwt without binding': bound.slice(0, bound.lastIndexOf('~') + 1),
    'kb-jwt': bound.slice(bound.lastIndexOf('~') + 1),
    'vp-jwt': await presentVc(vc, holder, request, now),
    'vc-jwt': vc,
    'request object': object.text,
    'status list token': await world.issuer.statusToken(),
    'scene statement': await createSceneStatement(statement, { signer: holder, now, lifetime: 60 }),
    'key proof': await signJwt(
      { typ: 'openid4vci-proof+jwt', kid: `${didJwkOf(holder.publicJwk)}#0` },
      { aud: request.clientId, iat: now, nonce: request.nonce },
      holder,
    ),
    'dpop proof': await createDpop(
      { htm: 'POST', htu: request.responseUri, nonce: request.nonce, now, crypto: nodeCrypto() },
      holder,
    ),
    'response jwe': await seal(request, { resident_sd: [bound] }),
    'api token': world.token,
  };
  return { opened, request, made };
}

async function use(place: Place, kind: Kind): Promise<Answer> {
  const { opened, request, made } = await tokens();
  const token = made[kind];
  switch (place) {
    case 'vp_token, SD-JWT':
      return answer(request, { resident_sd: [token] });
    case 'vp_token, VC-JWT':
      return answer(request, { resident_vc: [token] });
    case 'response form':
      return post(request.responseUri, { response: token });
    case 'bearer token':
      return world.api('GET', '/api/records', undefined, { authorization: `Bearer ${token}` });
    case 'desk token':
      return call(`${world.url}/api/desk/session`, {
        method: 'POST',
        headers: { origin: world.url, 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    case 'response code':
      return world.api('POST', `/api/requests/${opened.id}/code`, { response_code: token });
  }
}

describe('nc-005 a token of one kind never does the work of another', () => {
  const cells = Object.keys(places).flatMap((place) => kinds.map((kind) => [place as Place, kind] as const));
  const wrong = cells.filter(([place, kind]) => places[place] !== kind);
  const right = cells.filter(([place, kind]) => places[place] === kind);

  it.each(wrong)('as %s, a %s is refused', async (place, kind) => {
    const { status, text } = await use(place, kind);
    expect([400, 401, 413]).toContain(status);
    expect(text).not.toContain('林一舟');
  });

  it.each(right)('as %s, a %s is accepted', async (place, kind) => {
    expect((await use(place, kind)).status).toBe(200);
  });

  it('is 68 refusals and 4 acceptances', () => {
    expect([wrong.length, right.length]).toEqual([68, 4]);
  });
});
