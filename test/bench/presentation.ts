/** Presentations over HTTP: a verifier as its own process on a durable SQLite file, its issuer another process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { didJwkOf } from '../../shared/did/index.ts';
import {
  parseRequestLink,
  sealResponse,
  type VerifiedRequest,
  verifyRequestObject,
} from '../../shared/oid4vp/index.ts';
import { createKeyBinding, presentSdJwt } from '../../shared/sd-jwt/index.ts';
import { ensureDevelopmentRoots } from '../../shared/server/dev-ca.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import { createVpJwt } from '../../shared/vc-jwt/index.ts';
import { runCommand } from '../support/processes.ts';
import { trustIn } from '../support/world.ts';
import type { Held } from './issuance.ts';
import { atRate, described, inParallel, send } from './load.ts';
import type { Figure } from './measure.ts';
import { type Cost, costOf, type Service, startService } from './service.ts';

const crypto = nodeCrypto();
const concurrency = 8;
const warmRounds = 10;
const hotelPaths = ['name', 'personal_administrative_number', 'sex', 'birthdate', 'address', 'picture'].map((n) => [n]);

export interface Desk {
  readonly service: Service;
  /** The limit per asking program is not what is measured: there are several. */
  readonly tokens: readonly string[];
  readonly accessRoot: string;
}

export async function startDesk(folder: string, issuerUrl: string): Promise<Desk> {
  const caDir = join(folder, 'ca');
  const roots = await ensureDevelopmentRoots(caDir, { clock: systemClock });
  const issuersFile = join(folder, 'issuers.json');
  writeFileSync(issuersFile, JSON.stringify([trustIn(issuerUrl, roots.credential)]));
  const settings = {
    MODE: 'demo',
    DATA_DIR: join(folder, 'verifier'),
    CA_DIR: caDir,
    WALLET_PRESENT_URL: 'http://wallet.localhost:4030/present',
    TRUSTED_ISSUERS_FILE: issuersFile,
    CREDENTIAL_VCTS: `${issuerUrl}/types/resident-id/1`,
    CREDENTIAL_TYPES: 'ResidentIdCredential',
    ALLOW_ORIGINS: issuerUrl,
    TRUST_PROXY: '1',
  };
  const service = await startService('verifier/main.ts', settings);
  const tokens: string[] = [];
  for (let n = 0; n < 12; n++) {
    const { stdout } = await runCommand('verifier/token.ts', ['--name', `bench ${n}`], settings);
    tokens.push(stdout.trim());
  }
  return { service, tokens, accessRoot: roots.access };
}

interface Showing {
  readonly held: Held;
  link: string;
  object: string;
  request: VerifiedRequest | undefined;
  body: string;
}

let asked = 0;

/** Asks for one presentation as a relying party's program does. */
async function ask(desk: Desk, showing: Showing): Promise<void> {
  const token = desk.tokens[asked++ % desk.tokens.length] ?? '';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ scene: 'hotel', device: 'cross', context: { room: '1208', guest: 1, guests: 2 } });
  const reply = await send('POST', `${desk.service.url}/api/requests`, { headers, body, expect: 201 });
  showing.link = JSON.parse(reply.text).qr;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const walletNonce = 'wallet-nonce-0123456789';

async function fetchObject(desk: Desk, showing: Showing): Promise<void> {
  const { requestUri } = parseRequestLink(showing.link, { allowHttpOrigins: [desk.service.url] });
  showing.object = (await send('POST', requestUri, { headers: form, body: `wallet_nonce=${walletNonce}` })).text;
}

/** The wallet's work, unmeasured: judges the request, signs, encrypts. */
async function prepare(desk: Desk, showing: Showing): Promise<void> {
  const policy = { allowHttpOrigins: [desk.service.url] };
  const link = parseRequestLink(showing.link, policy);
  const now = systemClock.now();
  const expected = { crypto, now, link, walletNonce, anchors: [desk.accessRoot], policy };
  const request = await verifyRequestObject(showing.object, expected);
  const answer = { vpToken: await present(showing.held, request, now), state: request.state, matchNumber: '47' };
  showing.request = request;
  showing.body = new URLSearchParams({ response: await sealResponse(answer, request.encryption) }).toString();
}

async function present({ credential, holder }: Held, request: VerifiedRequest, now: number) {
  const { clientId: aud, nonce } = request;
  if (credential.includes('~')) {
    const presentation = presentSdJwt(credential, hotelPaths, crypto);
    return { resident_sd: [await createKeyBinding({ presentation, aud, nonce, iat: now, signer: holder, crypto })] };
  }
  const did = didJwkOf(holder.publicJwk);
  const vp = { vcJwt: credential, holder: { did, kid: `${did}#0`, signer: holder }, aud, nonce, now };
  return { resident_vc: [await createVpJwt(vp)] };
}

async function answer(showing: Showing): Promise<void> {
  await send('POST', showing.request?.responseUri ?? '', { headers: form, body: showing.body });
}

/** Every credential shown once: what asking, fetching and answering cost, and how long answers take at half load. */
export async function measurePresentations(desk: Desk, format: string, held: readonly Held[]): Promise<Figure[]> {
  const showingOf = (each: Held): Showing => ({ held: each, link: '', object: '', request: undefined, body: '' });
  const showings = held.map(showingOf);
  // Warm: the same few credentials again and again, so that those measured are new to the verifier.
  const few = showings.splice(0, 40);
  for (let round = 0; round < warmRounds; round++) {
    const again = few.map(({ held: each }) => showingOf(each));
    for (const act of [ask, fetchObject, prepare]) await inParallel(again, concurrency, (one) => act(desk, one));
    await inParallel(again, concurrency, answer);
  }
  const paced = showings.splice(0, 100);
  for (const act of [ask, fetchObject, prepare]) await inParallel(paced, concurrency, (one) => act(desk, one));

  const { service } = desk;
  const phase = async (
    act: (one: Showing) => Promise<void>,
  ): Promise<Cost & { readonly times: string; perSecond: number }> => {
    let [times, perSecond] = ['', 0];
    const cost = await costOf(service, showings.length, async () => {
      const taken = await inParallel(showings, concurrency, act);
      [times, perSecond] = [described(taken), taken.perSecond];
    });
    return { ...cost, times: `${concurrency} at once: ${times}`, perSecond };
  };
  const asking = await phase((one) => ask(desk, one));
  const fetching = await phase((one) => fetchObject(desk, one));
  await inParallel(showings, concurrency, (one) => prepare(desk, one));
  const answering = await phase(answer);
  const half = described(await atRate(paced, answering.perSecond / 2, answer));

  const line = (name: string, { micros, unit, times }: Cost & { times: string }, target?: number): Figure => ({
    ...{ name: `${format}: ${name}`, micros, v: micros / unit, detail: times },
    ...(target !== undefined && { target }),
  });
  const whole = [asking, fetching, answering].reduce((sum, { micros }) => sum + micros, 0);
  return [
    line('request made by the relying party', asking),
    line('request object fetched by the wallet', fetching),
    line(
      'response_uri: decrypted, verified, settled',
      { ...answering, times: `${answering.times}; half of that: ${half}` },
      20,
    ),
    line('whole presentation (the three together)', { micros: whole, unit: answering.unit, times: '' }),
  ];
}
