import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { didJwkOf } from '../../shared/did/index.ts';
import { encodeBase64url, type JsonObject } from '../../shared/encoding/index.ts';
import type { Code } from '../../shared/errors.ts';
import { encryptJwe, generateEncryptionKey, parseJwt, signJwt } from '../../shared/jwt/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import type { VerifiedRequest } from '../../shared/oid4vp/index.ts';
import { ensureDevelopmentIssuer } from '../../shared/server/dev-ca.ts';
import { generateNodeSigner, nodeSigner } from '../../shared/server/node-crypto.ts';
import { newHolder, person } from '../support/credentials.ts';
import {
  answer,
  ask,
  fetchRequest,
  type Opened,
  payloadOf,
  post,
  presentSd,
  presentVc,
  read,
  type Shown,
  seal,
  showHonestly,
} from '../support/presenter.ts';
import { type Answer, startTestVerifier, type TestVerifier } from '../support/verifier.ts';
import { auditSince, type ExpectedRefusal, expectRefusedAnswer, traces } from '../support/verifier-refusals.ts';

let world: TestVerifier;
let holder: Signer;
let sdJwt: string;
let vcJwt: string;
beforeAll(async () => {
  world = await startTestVerifier();
  holder = newHolder();
  sdJwt = await world.issuer.sdJwt(holder);
  vcJwt = await world.issuer.vcJwt(holder);
});
afterAll(() => world.close());

interface Fetched extends Opened {
  readonly request: VerifiedRequest;
}

async function fetched(body: object = {}): Promise<Fetched> {
  const opened = await ask(world, body);
  return { ...opened, request: await fetchRequest(world, opened.qr) };
}

const bound = (request: VerifiedRequest, shown: Shown = {}, credential = sdJwt, signer = holder) =>
  presentSd(credential, signer, request, world.clock.now(), shown);
const boundVc = (request: VerifiedRequest, shown: Shown = {}, credential = vcJwt, signer = holder) =>
  presentVc(credential, signer, request, world.clock.now(), shown);

/** A fresh request, one presentation of it that must be refused. */
async function refuses(
  make: (request: VerifiedRequest) => Promise<string>,
  reason: Code,
  options: { readonly id?: 'resident_sd' | 'resident_vc' } & Partial<ExpectedRefusal> = {},
): Promise<void> {
  const { id, request } = await fetched();
  const presentation = await make(request);
  const { id: queryId = 'resident_sd', ...expected } = options;
  await expectRefusedAnswer(world, id, () => answer(request, { [queryId]: [presentation] }), { reason, ...expected });
  expect(await read(world, id)).toMatchObject({ status: 'refused', verdict: 'refused', reason });
}

/** The honest twin: the same way, nothing wrong. */
async function accepts(
  make: (request: VerifiedRequest) => Promise<string>,
  id = 'resident_sd',
): Promise<Answer['json']> {
  const opened = await fetched();
  const reply = await answer(opened.request, { [id]: [await make(opened.request)] });
  expect(reply).toMatchObject({ status: 200, json: {} });
  const matched = await world.api('POST', `/api/requests/${opened.id}/match`, { match_number: '47' });
  expect(matched.json.verdict).toBe('accepted');
  return matched.json.result;
}

describe('presentations that must not be believed', () => {
  it('nc-026 without key binding is refused, though nothing in it asks for one', async () => {
    const strip = (presentation: string) => presentation.slice(0, presentation.lastIndexOf('~') + 1);
    await refuses(async (request) => strip(await bound(request)), 'kb_missing');
    await refuses(async (request) => strip(await bound(request)).replaceAll('~', ''), 'kb_missing');
    await refuses(async (request) => strip(await bound(request)).slice(0, -1), 'kb_missing');
    await accepts((request) => bound(request));
  });

  it('nc-027 bound to another verifier, request, time, key or set of claims is refused', async () => {
    const now = world.clock.now();
    await refuses((request) => bound(request, { aud: `x509_hash:${'A'.repeat(43)}` }), 'kb_aud');
    await refuses((request) => bound(request, { aud: request.clientId.replace('x509_hash:', '') }), 'kb_aud');
    await refuses((request) => bound(request, { nonce: 'another-nonce' }), 'kb_nonce');
    await refuses((request) => bound(request, { iat: now - 301 }), 'kb_stale');
    await refuses((request) => bound(request, { iat: now + 61 }), 'kb_stale');
    const resign = async (request: VerifiedRequest, header: JsonObject, signer: Signer) => {
      const presentation = await bound(request);
      const cut = presentation.lastIndexOf('~') + 1;
      return presentation.slice(0, cut) + (await signJwt(header, payloadOf(presentation.slice(cut)), signer));
    };
    await refuses((request) => resign(request, { typ: 'kb+jwt' }, newHolder()), 'kb_key');
    await refuses((request) => resign(request, { typ: 'JWT' }, holder), 'kb_typ');
    await refuses(async (request) => {
      const presentation = await bound(request);
      const [first, second, ...rest] = presentation.split('~');
      return [first, ...rest].join('~').replace('undefined', second ?? '');
    }, 'sd_hash');
    await accepts((request) => bound(request, { iat: now - 299 }));
    await accepts((request) => bound(request, { iat: now + 59 }));
  });

  it('nc-030 of a type that was not asked for is refused, by an issuer that may not issue it the sooner', async () => {
    const other = await world.issuer.sdJwt(holder, { envelope: { vct: `${world.issuer.url}/types/other/1` } });
    await refuses((request) => bound(request, { paths: [['name']] }, other), 'issuer_not_authorised');
    // Everything that was asked for is in it, by an issuer that may issue it: it is the wrong card all the same.
    const licence = await world.issuer.sdJwt(holder, {
      envelope: { vct: `${world.issuer.url}/types/driving-licence/1` },
    });
    const paths = Object.keys(person).map((name) => [name]);
    await refuses((request) => bound(request, { paths }, licence), 'vct_mismatch');
    await accepts((request) => bound(request));
  });

  it('nc-027 with an agreement to a transaction that nobody asked for is refused', async () => {
    const agreed = async (request: VerifiedRequest, more: JsonObject) => {
      const presentation = await bound(request);
      const cut = presentation.lastIndexOf('~') + 1;
      const payload = { ...payloadOf(presentation.slice(cut)), ...more };
      return presentation.slice(0, cut) + (await signJwt({ typ: 'kb+jwt' }, payload, holder));
    };
    await refuses((request) => agreed(request, { transaction_data_hashes: ['A'.repeat(43)] }), 'transaction_data');
    await refuses((request) => agreed(request, { transaction_data_hashes_alg: 'sha-256' }), 'transaction_data');
    await accepts((request) => agreed(request, {}));
  });

  it('nc-032 signed by a trusted key over another’s name is refused, and so is a type beyond an issuer’s right', async () => {
    const foreign = await world.issuer.sdJwt(holder, { envelope: { iss: 'https://issuer.example' } });
    await refuses((request) => bound(request, {}, foreign), 'key_untrusted');
    const caDir = mkdtempSync(join(tmpdir(), 'hufu-stranger-'));
    const stranger = await ensureDevelopmentIssuer(caDir, world.issuer.url, { clock: world.clock });
    rmSync(caDir, { recursive: true });
    const strangers = await world.issuer.sdJwt(holder, {
      header: { x5c: [...stranger.x5c] },
      signer: nodeSigner(stranger.privateKeyPem),
    });
    await refuses((request) => bound(request, {}, strangers), 'key_untrusted');
    await refuses(
      async (request) => bound(request, {}, await world.issuer.sdJwt(holder, { signer: generateNodeSigner('ES256') })),
      'sig_invalid',
    );
    const type = await world.issuer.vcJwt(holder);
    const resigned = await resignVc(type, {
      vc: { ...(payloadOf(type).vc as JsonObject), type: ['VerifiableCredential', 'DrivingLicenceCredential'] },
    });
    await refuses((request) => boundVc(request, {}, resigned), 'issuer_not_authorised', { id: 'resident_vc' });
    await accepts((request) => bound(request));
  });

  async function resignVc(token: string, changed: JsonObject, signer: Signer = world.issuer.signer): Promise<string> {
    const { header, payload } = parseJwt(token);
    const { alg: _alg, ...rest } = header;
    return signJwt(rest, { ...payload, ...changed }, signer);
  }

  it('nc-033 a good envelope around a forged or edited credential is refused', async () => {
    // The honest twin first: it also leaves the issuer's DID document in the cache.
    await accepts((request) => boundVc(request), 'resident_vc');
    const [header, payload, signature] = vcJwt.split('.') as [string, string, string];
    const edited = { ...parseJwt(vcJwt).payload, exp: world.clock.now() + 999_999 };
    const splice = `${header}.${encodeBase64url(JSON.stringify(edited))}.${signature}`;
    await refuses((request) => boundVc(request, {}, splice), 'sig_invalid', { id: 'resident_vc' });
    const forged = await resignVc(vcJwt, {}, generateNodeSigner('ES256'));
    await refuses((request) => boundVc(request, {}, forged), 'sig_invalid', { id: 'resident_vc' });
    const zeros = `${header}.${payload}.${'A'.repeat(86)}`;
    await refuses((request) => boundVc(request, {}, zeros), 'sig_invalid', { id: 'resident_vc' });
  });

  it('nc-034 shown by somebody who is not its subject is refused', async () => {
    const other = newHolder();
    await refuses((request) => boundVc(request, {}, vcJwt, other), 'holder_mismatch', { id: 'resident_vc' });
    await accepts((request) => boundVc(request), 'resident_vc');
  });

  it('nc-035 a presentation without nonce, or for two verifiers, or for another, is refused', async () => {
    const did = didJwkOf(holder.publicJwk);
    const rebuild = async (request: VerifiedRequest, changed: (payload: JsonObject) => void) => {
      const payload = { ...payloadOf(await boundVc(request)) };
      changed(payload);
      return signJwt({ typ: 'JWT', kid: `${did}#0` }, payload, holder);
    };
    const id = 'resident_vc';
    await refuses((request) => rebuild(request, (p) => delete p.nonce), 'kb_nonce', { id });
    await refuses((request) => boundVc(request, { nonce: 'another' }), 'kb_nonce', { id });
    await refuses((request) => rebuild(request, (p) => delete p.aud), 'kb_aud', { id });
    await refuses((request) => rebuild(request, (p) => (p.aud = [request.clientId, 'x509_hash:other'])), 'kb_aud', {
      id,
    });
    await refuses((request) => rebuild(request, (p) => (p.aud = [request.clientId])), 'kb_aud', { id });
    await refuses((request) => boundVc(request, { aud: 'x509_hash:tenant-b' }), 'kb_aud', { id });
    await accepts((request) => rebuild(request, () => undefined), id);
  });
});

describe('answers that come twice, late, or to the wrong place', () => {
  it('nc-079 a vp_token again is refused in its own request, in another, and at another verifier', async () => {
    const { id, request, presentation, reply } = await showHonestly(world, sdJwt, holder);
    expect(reply.status).toBe(200);
    const again = () => answer(request, { resident_sd: [presentation] });
    await expectRefusedAnswer(world, id, again, { reason: 'replay', leaves: 'untouched' });
    await refuses(async () => presentation, 'kb_nonce');

    const elsewhere = await startTestVerifier({ clock: world.clock });
    try {
      const opened = await ask(elsewhere);
      const other = await fetchRequest(elsewhere, opened.qr);
      const act = () => answer(other, { resident_sd: [presentation] });
      // Another verifier does not even trust this issuer; what it sees first is that.
      await expectRefusedAnswer(elsewhere, opened.id, act, { reason: 'key_untrusted' });
      const own = await elsewhere.issuer.sdJwt(holder);
      const second = await ask(elsewhere);
      const relayed = await presentSd(own, holder, request, world.clock.now());
      const secondRequest = await fetchRequest(elsewhere, second.qr);
      const relay = () => answer(secondRequest, { resident_sd: [relayed] });
      await expectRefusedAnswer(elsewhere, second.id, relay, { reason: 'kb_aud' });
    } finally {
      await elsewhere.close();
    }
  });

  it('nc-080 an unknown, expired or unfetched request takes no answer', async () => {
    const unfetched = await ask(world);
    const { id, request } = await fetched();
    const presentation = await bound(request);
    const unknown = { ...request, responseUri: `${world.url}/response/${'A'.repeat(22)}` };
    const send = (to: VerifiedRequest) => answer(to, { resident_sd: [presentation] });
    await expectRefusedAnswer(world, id, () => send(unknown), { reason: 'state_unknown', leaves: 'open' });
    const there = { ...request, responseUri: `${world.url}/response/${unfetched.rid}` };
    await expectRefusedAnswer(world, unfetched.id, () => send(there), { reason: 'state_unknown', leaves: 'open' });
    world.clock.advance(301);
    await expectRefusedAnswer(world, id, () => send(request), { reason: 'request_expired', leaves: 'open' });
    expect(await read(world, id)).toMatchObject({ status: 'expired' });
  });

  it('nc-080 of 50 identical answers at once, one is accepted and 49 are refused', async () => {
    const { id, request } = await fetched();
    const response = await seal(request, { resident_sd: [await bound(request)] });
    const before = await traces(world);
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(request.responseUri, { response })));
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(49);
    const entries = await auditSince(world, before);
    expect(entries.filter((entry) => entry === 'present.accept done')).toHaveLength(1);
    expect(entries.filter((entry) => entry === 'present.replay replay')).toHaveLength(49);
    // One result with its data key; the link's secrets gave up theirs.
    expect((await world.counts()).data_key).toBe(before.counts.data_key);
    expect(await read(world, id)).toMatchObject({ status: 'match' });
  });

  it('nc-013 the twin of a spent signature spends nothing', async () => {
    const { id, request, presentation } = await showHonestly(world, sdJwt, holder);
    const cut = presentation.lastIndexOf('.') + 1;
    const signature = Buffer.from(presentation.slice(cut), 'base64url');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const twin = (order - BigInt(`0x${signature.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
    const twisted = Buffer.concat([signature.subarray(0, 32), Buffer.from(twin, 'hex')]).toString('base64url');
    const act = () => answer(request, { resident_sd: [presentation.slice(0, cut) + twisted] });
    await expectRefusedAnswer(world, id, act, { reason: 'replay', leaves: 'untouched' });
  });

  it('nc-085 in the clear, to a retired key, with another content encryption or another state is refused', async () => {
    const { id, request } = await fetched();
    const presentation = await bound(request);
    const token = { resident_sd: [presentation] };
    const { responseUri, encryption, state = '' } = request;
    const open = { leaves: 'open' } as const;

    const plain = await post(responseUri, { vp_token: JSON.stringify(token), state });
    expect(plain).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
    expect((await world.audit()).at(-1)).toMatchObject({ action: 'call.refuse', reason: 'shape' });

    const sealed = (payload: JsonObject, enc: 'A128GCM' | 'A256GCM' = 'A128GCM', jwk = encryption.jwk) =>
      encryptJwe(payload, jwk, { enc });
    const send =
      (response: Promise<string>, outside: Record<string, string> = {}) =>
      async () =>
        post(responseUri, { response: await response, ...outside });
    const honest = { vp_token: token as unknown as JsonObject, state, hufu_match_number: '47' };

    const retired = await generateEncryptionKey(encryption.kid);
    const refused = (act: () => Promise<Answer>, reason: Code) =>
      expectRefusedAnswer(world, id, act, { reason, ...open });
    await refused(send(sealed(honest, 'A256GCM', retired.publicJwk)), 'jwe_invalid');
    await refused(send(sealed(honest, 'A256GCM', { ...encryption.jwk, kid: 'other' })), 'jwe_invalid');
    await refused(send(Promise.resolve('not.a.jwe.at.all')), 'jwe_invalid');
    await refused(send(sealed({ ...honest, state: 'x'.repeat(32) })), 'state_unknown');
    await refused(send(sealed({ vp_token: token as unknown as JsonObject, hufu_match_number: '47' })), 'state_unknown');
    await refused(send(sealed(honest), { state: 'x'.repeat(32) }), 'state_unknown');
    await refused(send(sealed({ ...honest, vp_token: 'x' })), 'shape');

    // Nothing of all this has used up the request, and the twin with the state outside as well is fine.
    expect((await send(sealed(honest), { state })()).status).toBe(200);
  });

  it('nc-086 more, less or other than was asked for is refused', async () => {
    // The honest twins first: they leave the DID document and the list in the caches.
    await accepts((request) => bound(request));
    await accepts((request) => boundVc(request), 'resident_vc');
    const unmet = { reason: 'query_unmet' } as const;
    const attempt = async (token: (request: VerifiedRequest) => Promise<Record<string, string[]>>) => {
      const { id, request } = await fetched();
      const vp = await token(request);
      await expectRefusedAnswer(world, id, () => answer(request, vp), unmet);
    };
    await attempt(async (request) => ({ unasked: [await bound(request)] }));
    await attempt(async (request) => ({ resident_sd: [await bound(request), await bound(request)] }));
    await attempt(async (request) => ({ resident_sd: [await bound(request)], resident_vc: [await boundVc(request)] }));
    const fewer = [['name'], ['sex'], ['birthdate'], ['address'], ['picture']];
    await attempt(async (request) => ({ resident_sd: [await bound(request, { paths: fewer })] }));
    await attempt(async (request) => ({ resident_sd: [await bound(request, { paths: [] })] }));
  });

  it('nc-086 claims nobody asked for are dropped before anything is stored', async () => {
    const credential = await world.issuer.sdJwt(holder, { claims: { phone_number: '13812345678' } });
    const everything = ['name', 'personal_administrative_number', 'sex', 'birthdate', 'address', 'picture'];
    const paths = [...everything, 'phone_number', 'number_last4', 'age_equal_or_over'].map((name) => [name]);
    const result = await accepts((request) => bound(request, { paths }, credential));
    expect(Object.keys(result.claims).sort()).toEqual([...everything].sort());
    expect(world.logLines.join('')).not.toContain('13812345678');
  });
});

describe('claims that are not what they should be', () => {
  it.each([
    ['a name that is a number', { name: 7 }],
    ['a name that turns its end round', { name: '林\u202e舟一' }],
    ['a name with a break in it', { name: '林\n一舟' }],
    ['a name of nothing', { name: '\u200b' }],
    ['a sex there is none of', { sex: 3 }],
    ['a birth date in the future', { birthdate: '2031-01-01' }],
    ['a birth date that does not exist', { birthdate: '1996-02-30' }],
    ['a number of 15 digits', { personal_administrative_number: '330199960312412' }],
    ['a picture that is a page', { picture: 'data:text/html;base64,PGI+' }],
    ['a picture of 40 kB', { picture: `data:image/jpeg;base64,${'A'.repeat(40_000)}` }],
    [
      'an address with a script in the place of a text',
      { address: { region: { x: 1 }, region_code: '330199', street_address: 'x' } },
    ],
  ] as [string, JsonObject][])('%s is refused, whoever signed it', async (_name, claims) => {
    const credential = await world.issuer.sdJwt(holder, { claims });
    // These are judged after the status was asked for; the look is shared within its minute.
    await accepts((request) => bound(request));
    await refuses((request) => bound(request, {}, credential), 'claim_type');
  });
});

describe('a fault of our own', () => {
  it('is neither a verdict nor an entry, and leaves the request as it was', async () => {
    let isBroken = false;
    const broken = await startTestVerifier({
      crypto: (honest) => ({
        ...honest,
        verify: (...args) => {
          if (isBroken) throw new TypeError('no such device');
          return honest.verify(...args);
        },
      }),
    });
    try {
      const own = await broken.issuer.sdJwt(holder);
      const { id, qr } = await ask(broken);
      const request = await fetchRequest(broken, qr);
      const presentation = await presentSd(own, holder, request, broken.clock.now());
      const before = await traces(broken);
      isBroken = true;
      const reply = await answer(request, { resident_sd: [presentation] });
      expect(reply).toMatchObject({ status: 500, json: { error: 'internal' } });
      expect(reply.text).not.toContain('device');
      expect(await traces(broken)).toEqual(before);
      isBroken = false;
      expect((await answer(request, { resident_sd: [presentation] })).status).toBe(200);
      expect(await read(broken, id)).toMatchObject({ status: 'match' });
    } finally {
      await broken.close();
    }
  });
});

describe('what the wallet says instead of an answer', () => {
  it('is recorded as declined, once, and only if it names the state', async () => {
    const { id, request } = await fetched();
    const { responseUri, state = '' } = request;
    const nameless = () => post(responseUri, { error: 'access_denied' });
    await expectRefusedAnswer(world, id, nameless, { reason: 'state_unknown', leaves: 'open' });
    const guessed = () => post(responseUri, { error: 'access_denied', state: 'x'.repeat(32) });
    await expectRefusedAnswer(world, id, guessed, { reason: 'state_unknown', leaves: 'open' });
    expect(await post(responseUri, { error: 'access_denied', state })).toMatchObject({ status: 200, json: {} });
    expect(await read(world, id)).toMatchObject({ status: 'declined' });
    const again = () => post(responseUri, { error: 'access_denied', state });
    await expectRefusedAnswer(world, id, again, { reason: 'replay', leaves: 'untouched' });
  });

  it('without a match number, where the scene wants one, is refused', async () => {
    const { id, request } = await fetched();
    const token = { resident_sd: [await bound(request)] };
    const act = () => answer(request, token, { matchNumber: undefined });
    await expectRefusedAnswer(world, id, act, { reason: 'match_number' });
  });
});
