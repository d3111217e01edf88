import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJwt } from '../../../shared/jwt/index.ts';
import { nodeCrypto } from '../../../shared/server/node-crypto.ts';
import { nodeInflate } from '../../../shared/server/node-inflate.ts';
import { readStatus, readStatusReference, verifyStatusList } from '../../../shared/status-list/index.ts';
import { createTestClient } from '../../support/issuance-client.ts';
import { startTestIssuer, type TestIssuer } from '../../support/issuer.ts';
import { type AdminAnswer, type Ask, adminClient } from './admin-client.ts';

const lin = '33019919960310412X';
const wang = '330199195210010175';
let target: TestIssuer;
let operator: Ask;
let lifecycle: Ask;
beforeAll(async () => {
  target = await startTestIssuer();
  operator = await adminClient(target, 'issuer-operator');
  lifecycle = await adminClient(target, 'lifecycle-operator');
});
afterAll(() => target.close());

async function issued(slug = 'lin-yizhou', configurationId = 'resident-id-sd-jwt', copies = 3) {
  const { offer, offerId } = await target.offer(slug, { configurationIds: [configurationId] });
  const client = createTestClient({ issuer: target.url });
  const { credentials, accessToken, notificationId } = await client.receive(offer, { copies, configurationId });
  const [issuance] = await target.issuer.issuances.findOf({ offerId });
  return { client, accessToken, credentials, notificationId, id: issuance?.issuanceId ?? '' };
}

/** What a verifier would read for each of the credentials. */
async function statuses(credentials: readonly string[]): Promise<readonly number[]> {
  return Promise.all(
    credentials.map(async (credential) => {
      const ref = readStatusReference(parseJwt(credential.split('~')[0] ?? '').payload);
      const token = await (await fetch(ref?.uri ?? '')).text();
      const options = {
        crypto: nodeCrypto(),
        expectedUri: ref?.uri ?? '',
        key: () => target.keys.credential.signer.publicJwk,
        now: Math.floor(Date.now() / 1000),
        inflate: nodeInflate,
      };
      return readStatus(await verifyStatusList(token, options), ref?.idx ?? -1);
    }),
  );
}
const act = (id: string, name: string, reason: string, headers: Record<string, string> = {}) =>
  lifecycle('POST', `/admin/issuances/${id}/${name}`, { reason }, headers);
const outcome = ({ status, json }: AdminAnswer) => [status, json.code];

describe('what officials do to an issuance', () => {
  it('suspend, resume, revoke: every copy says so at once, every act is on record with its reason', async () => {
    const { id, credentials } = await issued();
    expect(await statuses(credentials)).toEqual([0, 0, 0]);
    expect((await act(id, 'suspend', 'device_lost')).json.state).toBe('suspended');
    expect(await statuses(credentials)).toEqual([2, 2, 2]);
    expect((await act(id, 'resume', 'device_found')).json.state).not.toBe('suspended');
    expect(await statuses(credentials)).toEqual([0, 0, 0]);
    const revoked = await act(id, 'revoke', 'holder_request');
    expect(revoked.json.state).toBe('revoked');
    expect(await statuses(credentials)).toEqual([1, 1, 1]);
    expect(revoked.json.acts.map((entry: { act: string; reason: string }) => [entry.act, entry.reason])).toEqual([
      ['suspend', 'device_lost'],
      ['resume', 'device_found'],
      ['revoke', 'holder_request'],
    ]);
    const audited = (await target.audit(id)).filter((entry) => entry.action.startsWith('credential.'));
    expect(audited.map((entry) => [entry.action, entry.role, entry.outcome])).toEqual([
      ['credential.suspend', 'lifecycle-operator', 'done'],
      ['credential.resume', 'lifecycle-operator', 'done'],
      ['credential.revoke', 'lifecycle-operator', 'done'],
    ]);
  });

  it('nc-100 a revocation is final', async () => {
    const { id, credentials } = await issued();
    expect((await act(id, 'revoke', 'fraud')).status).toBe(200);
    const before = await target.audit(id);
    expect(outcome(await act(id, 'revoke', 'fraud'))).toEqual([409, 'credential_revoked']);
    expect(outcome(await act(id, 'suspend', 'device_lost'))).toEqual([409, 'credential_revoked']);
    expect(outcome(await act(id, 'resume', 'device_found'))).toEqual([409, 'credential_revoked']);
    expect(await statuses(credentials)).toEqual([1, 1, 1]);
    expect((await target.audit(id)).length).toBe(before.length);
    const refusals = (await target.audit()).filter((entry) => entry.reason === 'credential_revoked');
    expect(refusals.length).toBeGreaterThanOrEqual(3);
    expect(refusals.every((entry) => entry.actor !== 'anonymous')).toBe(true);
  });

  it('nc-100 an act that fits the state is done, one that does not is refused', async () => {
    const { id, credentials } = await issued();
    expect(outcome(await act(id, 'resume', 'device_found'))).toEqual([409, 'credential_state']);
    expect((await act(id, 'suspend', 'device_lost')).status).toBe(200);
    expect(outcome(await act(id, 'suspend', 'device_lost'))).toEqual([409, 'credential_state']);
    expect((await act(id, 'revoke', 'device_lost')).status).toBe(200);
    expect(await statuses(credentials)).toEqual([1, 1, 1]);
  });

  it('nc-100 an unknown issuance is unknown', async () => {
    for (const [name, reason] of [
      ['suspend', 'device_lost'],
      ['resume', 'device_found'],
      ['revoke', 'fraud'],
    ] as const) {
      expect(outcome(await act('AAAAAAAAAAAAAAAAAAAAAA', name, reason))).toEqual([404, 'credential_unknown']);
    }
  });

  it('a repetition under its key is the same act, not a second one', async () => {
    const { id } = await issued();
    const headers = { 'idempotency-key': `revoke-${id}` };
    const first = await act(id, 'revoke', 'fraud', headers);
    const second = await act(id, 'revoke', 'fraud', headers);
    expect(second.status).toBe(200);
    expect(second.json).toEqual(first.json);
    expect(outcome(await act(id, 'revoke', 'deceased', headers))).toEqual([409, 'idempotency_mismatch']);
    expect(second.json.acts).toHaveLength(1);
  });

  it('a reason comes from the list of its act', async () => {
    const { id } = await issued();
    for (const [name, reason] of [
      ['revoke', 'because'],
      ['suspend', 'fraud'],
      ['resume', 'device_lost'],
      ['revoke', ''],
    ] as const) {
      expect(outcome(await act(id, name, reason))).toEqual([400, 'shape']);
    }
    expect(outcome(await lifecycle('POST', `/admin/issuances/${id}/revoke`, {}))).toEqual([400, 'shape']);
    expect(
      outcome(await lifecycle('POST', `/admin/issuances/${id}/revoke`, { reason: 'fraud', note: '林一舟' })),
    ).toEqual([400, 'shape']);
    expect((await operator('GET', `/admin/issuances/${id}`)).json.acts).toEqual([]);
  });

  it('after a suspension the same offer gives no fresh set', async () => {
    const { id, client, accessToken } = await issued();
    expect((await act(id, 'suspend', 'under_review')).status).toBe(200);
    const nonce = await client.cNonce();
    const proofs = await client.proofs(1, { nonce });
    const again = await client.credential(accessToken, {
      credential_configuration_id: 'resident-id-sd-jwt',
      proofs: { jwt: proofs },
    });
    expect(again.status).toBeGreaterThanOrEqual(400);
  });
});

describe('finding issuances', () => {
  it('by person: theirs and nobody else’s, and the search is on record', async () => {
    const first = await issued('wang-jianguo');
    const second = await issued('wang-jianguo', 'resident-id-vc-jwt', 1);
    await issued('lin-yizhou');
    const { json, text } = await operator('POST', '/admin/issuances/search', { number: wang });
    expect(json.issuances.map((entry: { issuance_id: string }) => entry.issuance_id).sort()).toEqual(
      [first.id, second.id].sort(),
    );
    expect(text).not.toContain(wang);
    expect(text).not.toContain('王建国');
    const searched = (await target.audit(target.personId('wang-jianguo'))).filter(
      (entry) => entry.action === 'issuance.search',
    );
    expect(searched).toHaveLength(1);
    expect(
      outcome(await operator('POST', '/admin/issuances/search', { number: '110105194912310021'.replace(/1$/, 'X') })),
    ).toEqual([404, 'person_unknown']);
    expect(outcome(await operator('POST', '/admin/issuances/search', { number: 'x' }))).toEqual([400, 'id_format']);
  });

  it('by configuration and state', async () => {
    const active = await issued('chen-siyuan', 'driving-licence-sd-jwt', 1);
    await active.client.notify(active.accessToken, active.notificationId);
    const pending = await issued('chen-siyuan', 'driving-licence-sd-jwt', 1);
    const suspended = await issued('lin-yizhou', 'driving-licence-sd-jwt', 1);
    await act(suspended.id, 'suspend', 'device_lost');
    const deleted = await issued('lin-yizhou', 'driving-licence-sd-jwt', 1);
    await deleted.client.notify(deleted.accessToken, deleted.notificationId, 'credential_deleted');
    const revoked = await issued('lin-yizhou', 'driving-licence-sd-jwt', 1);
    await act(revoked.id, 'revoke', 'fraud');
    const expired = await issued('lin-yizhou', 'driving-licence-sd-jwt', 1);
    await target.db.kysely.updateTable('issuance').set({ expires_at: 1 }).where('id', '=', expired.id).execute();
    const found = async (state: string) =>
      (
        await operator('GET', `/admin/issuances?configuration_id=driving-licence-sd-jwt&state=${state}`)
      ).json.issuances.map((entry: { issuance_id: string }) => entry.issuance_id);
    expect(await found('active')).toEqual([active.id]);
    expect(await found('pending')).toEqual([pending.id]);
    expect(await found('suspended')).toEqual([suspended.id]);
    expect(await found('ended')).toEqual([deleted.id]);
    expect(await found('revoked')).toEqual([revoked.id]);
    expect(await found('expired')).toEqual([expired.id]);
    const all = (await operator('GET', '/admin/issuances?configuration_id=driving-licence-sd-jwt')).json.issuances;
    expect(all).toHaveLength(6);
  });

  it('looking is on record: whose token, which list, which issuance', async () => {
    const { id } = await issued();
    const before = (await target.audit()).length;
    await operator('GET', '/admin/issuances?limit=1');
    await operator('GET', `/admin/issuances/${id}`);
    const looks = (await target.audit()).slice(before);
    expect(looks.map((entry) => [entry.action, entry.object, entry.role, entry.outcome])).toEqual([
      ['issuance.list', '-', 'issuer-operator', 'done'],
      ['issuance.read', id, 'issuer-operator', 'done'],
    ]);
    expect(looks.every((entry) => entry.requestId !== undefined)).toBe(true);
  });

  it('page by page, each once, none left out', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { json } = await operator(
        'GET',
        `/admin/issuances?limit=3${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...json.issuances.map((entry: { issuance_id: string }) => entry.issuance_id));
      expect(json.issuances.length).toBeLessThanOrEqual(3);
      cursor = json.cursor;
    } while (cursor !== undefined);
    const all = (await operator('GET', '/admin/issuances?limit=100')).json;
    expect(all.cursor).toBeUndefined();
    expect(seen).toEqual(all.issuances.map((entry: { issuance_id: string }) => entry.issuance_id));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each([
    'state=gone',
    'limit=0',
    'limit=101',
    'limit=1e3',
    'cursor=!!',
    'cursor=bm90IGpzb24',
    'cursor=WyIxIiwiYSJd',
    'configuration_id=../x',
  ])('refuses ?%s', async (query) => {
    const { status, json } = await operator('GET', `/admin/issuances?${query}`);
    expect([status, json.code]).toEqual([400, 'shape']);
  });

  it('nc-105 a parameter twice or with a name nobody knows is refused', async () => {
    expect((await operator('GET', '/admin/issuances?limit=1&limit=2')).status).toBe(400);
    expect((await operator('GET', '/admin/issuances?number=33019919960310412X')).status).toBe(400);
  });

  it('a number in an address is looked for nowhere', async () => {
    const { status } = await operator('GET', `/admin/issuances/${lin}`);
    expect(status).toBe(404);
  });
});

describe('the description', () => {
  it('OpenAPI names every endpoint, its token, its bodies and refusals', async () => {
    const document = await (await fetch(`${target.origin}/openapi.json`)).json();
    const paths = Object.entries<
      Record<
        string,
        {
          security?: unknown;
          parameters?: { name: string; in: string }[];
          requestBody?: unknown;
          responses: Record<string, unknown>;
        }
      >
    >(document.paths);
    const admin = paths.filter(([path]) => path.startsWith('/admin'));
    expect(admin).toHaveLength(9);
    for (const [path, item] of admin) {
      for (const [method, operation] of Object.entries(item)) {
        expect(operation.security).toEqual([{ admin: [] }]);
        const once = (operation.parameters ?? [])
          .filter((parameter) => parameter.in === 'header')
          .map(({ name }) => name);
        expect(once).toEqual(method === 'post' && !path.endsWith('search') ? ['Idempotency-Key'] : []);
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
        if (method === 'post' && !path.endsWith('cancel')) expect(operation.requestBody).toBeDefined();
      }
    }
    expect(document.components.securitySchemes.admin).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(JSON.stringify(document)).toContain('device_compromised');
  });
});
