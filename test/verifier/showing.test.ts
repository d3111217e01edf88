import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signer } from '../../shared/keys/index.ts';
import { newHolder, person } from '../support/credentials.ts';
import { answer, ask, fetchRequest, presentVc, read, showHonestly } from '../support/presenter.ts';
import { startTestVerifier, type TestVerifier } from '../support/verifier.ts';

let world: TestVerifier;
let holder: Signer;
beforeAll(async () => {
  world = await startTestVerifier();
  holder = newHolder();
});
afterAll(() => world.close());

describe('a showing at a hotel desk', () => {
  it('is accepted in SD-JWT, shown after the match number, and kept without the portrait', async () => {
    const credential = await world.issuer.sdJwt(holder);
    const { id, reply } = await showHonestly(world, credential, holder);
    expect(reply).toMatchObject({ status: 200, json: {} });

    const waiting = await read(world, id);
    expect(waiting).toMatchObject({ status: 'match', match_tries: 0 });
    expect(waiting.result).toBeUndefined();
    expect(waiting.verdict).toBeUndefined();

    const matched = await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    expect(matched.json).toMatchObject({ status: 'accepted', verdict: 'accepted' });
    const { claims, evidence, has_picture, age } = matched.json.result;
    const { name_masked: _m, number_last4: _l, age_equal_or_over: _a, ...asked } = person;
    expect(claims).toEqual(asked);
    expect(evidence).toEqual({
      format: 'dc+sd-jwt',
      issuer: { id: world.issuer.url, name: world.issuer.trusted.name },
      alg: 'ES256',
      status: { checked_at: world.clock.now(), list_iat: world.clock.now() },
    });
    expect({ has_picture, age }).toEqual({ has_picture: true, age: 30 });

    const done = await world.api('POST', `/api/requests/${id}/complete`, { portrait_compared: true });
    expect(done.status).toBe(204);
    expect(await read(world, id)).toMatchObject({ status: 'completed', verdict: 'accepted' });
    const day = await world.api('GET', '/api/records');
    expect(day.json.records).toEqual([
      expect.objectContaining({ room: '1208', guest: 1, guests: 2, name: '林*舟', number: '**************412X' }),
    ]);
    const record = await world.api('GET', `/api/records/${day.json.records[0].id}`);
    const { picture: _p, ...kept } = asked;
    expect(record.json.entry).toMatchObject({ claims: kept, portrait_compared: true, issuer: world.issuer.url });
  });

  it('is accepted in VC-JWT, with the claims nobody asked for dropped', async () => {
    const credential = await world.issuer.vcJwt(holder, { claims: { phone: '13800000000' } });
    const { id, qr } = await ask(world);
    const request = await fetchRequest(world, qr);
    const presentation = await presentVc(credential, holder, request, world.clock.now());
    expect((await answer(request, { resident_vc: [presentation] })).status).toBe(200);
    const matched = await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    const { name, sex, birthdate, personal_administrative_number, address, picture } = person;
    expect(matched.json.result.claims).toEqual({
      name,
      sex,
      birthdate,
      personal_administrative_number,
      address,
      picture,
    });
    expect(matched.json.result.evidence.format).toBe('jwt_vc_json');
  });
});
