import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../shared/clock.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { newHolder } from '../support/credentials.ts';
import { answer, ask, fetchRequest, presentSd, read, showHonestly } from '../support/presenter.ts';
import { startTestVerifier, type TestVerifier } from '../support/verifier.ts';
import { expectRefusedAnswer } from '../support/verifier-refusals.ts';

let world: TestVerifier;
let holder: Signer;
beforeAll(async () => {
  world = await startTestVerifier();
  holder = newHolder();
});
afterAll(() => world.close());

/** The age scene with a credential that says this about ages. */
async function prove(ages: JsonObject) {
  const credential = await world.issuer.sdJwt(holder, { claims: { age_equal_or_over: { '60': false, ...ages } } });
  const { id, qr } = await ask(world, { scene: 'age', context: {} });
  const request = await fetchRequest(world, qr);
  const paths = Object.keys(ages).map((name) => ['age_equal_or_over', name]);
  const presentation = await presentSd(credential, holder, request, world.clock.now(), { paths });
  return { id, send: () => answer(request, { resident_sd: [presentation] }) };
}

describe('the age scene', () => {
  it('learns that somebody is of age and nothing else', async () => {
    const { id, send } = await prove({ '18': true });
    expect((await send()).status).toBe(200);
    const { json } = await world.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
    expect(json.verdict).toBe('accepted');
    expect(json.result.claims).toEqual({ age_equal_or_over: { '18': true } });
    expect(json.result.age).toBeUndefined();
    expect(json.result.has_picture).toBe(false);
  });

  it.each([
    ['says no', { '18': false }],
    ['says it in words', { '18': 'true' }],
    ['says it with a number', { '18': 1 }],
    ['says it of another age', { '16': true }],
  ] as [string, JsonObject][])('nc-090 refuses a credential that %s', async (_name, ages) => {
    const { id, send } = await prove(ages);
    await expectRefusedAnswer(world, id, send, { reason: 'query_unmet' });
  });

  it('asks for no format that would show more', async () => {
    const { qr } = await ask(world, { scene: 'age', context: {} });
    const { query } = await fetchRequest(world, qr);
    expect(query.credentials.map(({ format }) => format)).toEqual(['dc+sd-jwt']);
  });
});

describe('the age a clerk sees', () => {
  const shownAt = async (instant: string, birthdate: string) => {
    const there = await startTestVerifier({ clock: fixedClock(Date.parse(instant) / 1000) });
    try {
      const credential = await there.issuer.sdJwt(holder, { claims: { birthdate } });
      const { id } = await showHonestly(there, credential, holder);
      await there.api('POST', `/api/requests/${id}/match`, { match_number: '47' });
      return await read(there, id);
    } finally {
      await there.close();
    }
  };
  const ageAt = async (instant: string, birthdate: string) => (await shownAt(instant, birthdate)).result.age;

  it('nc-090 turns at midnight in Shanghai, wherever the server stands', async () => {
    expect(await ageAt('2027-03-11T23:59:59+08:00', '2009-03-12')).toBe(17);
    expect(await ageAt('2027-03-12T00:00:00+08:00', '2009-03-12')).toBe(18);
    // In UTC it is still the day before.
    expect(await ageAt('2027-03-11T16:00:00Z', '2009-03-12')).toBe(18);
  });

  it('nc-090 of somebody born on 29 February turns on 1 March in a common year', async () => {
    expect(await ageAt('2027-02-28T23:59:59+08:00', '2008-02-29')).toBe(18);
    expect(await ageAt('2027-03-01T00:00:00+08:00', '2008-02-29')).toBe(19);
    expect(await ageAt('2028-02-29T00:00:00+08:00', '2008-02-29')).toBe(20);
  });

  it('nc-090 a birth date that has not come is refused', async () => {
    const view = await shownAt('2028-03-01T23:59:59+08:00', '2028-03-02');
    expect(view).toMatchObject({ status: 'refused', reason: 'claim_type' });
    expect(await ageAt('2028-03-02T00:00:00+08:00', '2028-03-02')).toBe(0);
  });
});
