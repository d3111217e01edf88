/** Issue, hold, present, verify, revoke: over HTTP, with the real wallet core, in both formats. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answered } from '../../wallet/core/answer.ts';
import { configurations, startWorld, type World } from '../support/world.ts';

const asked = ['address', 'birthdate', 'name', 'personal_administrative_number', 'picture', 'sex'];

describe.each(['dc+sd-jwt', 'jwt_vc_json'] as const)('the main job in %s', (format) => {
  let world: World;
  beforeAll(async () => {
    // The scene's freshness limit is 0 here: every check asks the issuer.
    world = await startWorld({ statusMaxAge: 0 });
  });
  afterAll(() => world.close());

  async function ask(): Promise<{ readonly id: string; readonly qr: string }> {
    const { status, json } = await world.api('POST', '/api/requests', { scene: 'hotel', device: 'cross' });
    expect(status).toBe(201);
    return json;
  }

  it('goes from offer to register of guests, and ends with a revocation', async () => {
    const wallet = await world.wallet();
    const offer = await world.issuer.offer('lin-yizhou', {
      configurationIds: [configurations[format]],
      txCode: true,
      byReference: true,
    });
    const [card] = await wallet.receive(offer.link, { ...(offer.txCode !== undefined && { txCode: offer.txCode }) });
    expect(card).toBeDefined();

    const request = await ask();
    const shown = await wallet.show(request.qr);
    expect(shown.opened.party.name).toBe('望江酒店');

    // Nothing is shown at the desk before the number matches.
    const before = await world.api('GET', `/api/requests/${request.id}`);
    expect(before.json.result).toBeUndefined();
    expect(before.text).not.toContain('林一舟');
    const after = await world.api('POST', `/api/requests/${request.id}/match`, { match_number: matchNumber(shown) });
    expect(after.json.verdict).toBe('accepted');
    expect(after.json.result.has_picture).toBe(true);
    expect(Object.keys(after.json.result.claims).sort()).toEqual(asked);
    expect(after.json.result.claims.name).toBe('林一舟');

    const [issuance] = await world.issuer.issuer.issuances.findOf({ offerId: offer.offerId });
    if (issuance === undefined) throw new TypeError('an issuance is on record');
    await revoke(world, issuance.issuanceId);

    const again = await ask();
    expect((await wallet.show(again.qr)).state).toBe('refused');
    const refused = await world.api('GET', `/api/requests/${again.id}`);
    expect(refused.json).toMatchObject({ verdict: 'refused', reason: 'revoked' });
    expect(refused.json.result).toBeUndefined();
  });

  it('does not take the same answer for another request, nor the same code from another wallet', async () => {
    const offer = await world.issuer.offer('wang-jianguo', { configurationIds: [configurations[format]] });
    const [first, second] = [await world.wallet(), await world.wallet()];
    await first.receive(offer.link);
    await expect(second.receive(offer.link)).rejects.toMatchObject({ code: 'grant_invalid' });
  });
});

function matchNumber(shown: Answered & { readonly opened: { readonly matchNumber: string | undefined } }): string {
  if (shown.opened.matchNumber === undefined) throw new TypeError('a hotel asks for a match number');
  return shown.opened.matchNumber;
}

async function revoke(world: World, issuanceId: string): Promise<void> {
  const { issuer, db } = world.issuer;
  await db.transaction(async (trx) => {
    const refs = await issuer.issuances.findStatusRefs(trx, issuanceId);
    await issuer.lifecycle.changeStatuses(trx, refs, 'revoke');
    await issuer.issuances.recordOfficialAct(trx, issuanceId, 'revoke', 1);
  });
}
