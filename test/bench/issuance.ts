/** Issuance over HTTP: an issuer as its own process on a durable SQLite file, and holders who do everything once. */
import { join } from 'node:path';
import type { Signer } from '../../shared/keys/index.ts';
import { parseOffer, parseOfferLink } from '../../shared/oid4vci/index.ts';
import { generateNodeSigner } from '../../shared/server/node-crypto.ts';
import { createTestClient, credentialsOf } from '../support/issuance-client.ts';
import { runCommand } from '../support/processes.ts';
import { described, inParallel, send } from './load.ts';
import type { Figure } from './measure.ts';
import { numberOf } from './people.ts';
import { costOf, type Service, type Settings, startService } from './service.ts';

export const copies = 10;
const concurrency = 8;
const warmHolders = 60;

export interface Office {
  readonly service: Service;
  readonly settings: Settings;
  readonly token: string;
}

export interface Held {
  readonly credential: string;
  readonly holder: Signer;
}

export async function startOffice(folder: string, port: number): Promise<Office> {
  const settings = {
    BASE_URL: `http://localhost:${port}`,
    PORT: String(port),
    MODE: 'demo',
    DATA_DIR: join(folder, 'issuer'),
    TRUST_PROXY: '1',
  };
  const service = await startService('issuer/main.ts', settings);
  const role = ['--role', 'issuer-operator', '--role', 'lifecycle-operator'];
  const { code, stdout, stderr } = await runCommand('issuer/admin/token.ts', [...role, '--name', 'bench'], settings);
  if (code !== 0) throw new Error(`admin:token: ${stderr}`);
  return { service, settings, token: stdout.trim() };
}

/** A post as an officer makes it. */
export async function administer(office: Office, path: string, body: object, expect: number): Promise<string> {
  const headers = { authorization: `Bearer ${office.token}`, 'content-type': 'application/json' };
  const reply = await send('POST', office.service.url + path, { headers, body: JSON.stringify(body), expect });
  return reply.text;
}

/** One holder: offer made, fetched, redeemed with its transaction code, ten copies taken and acknowledged. */
export async function issueOnce(office: Office, person: number, configurationId: string): Promise<readonly Held[]> {
  const asked = { number: numberOf(person), configuration_ids: [configurationId] };
  const made = JSON.parse(await administer(office, '/admin/offers', asked, 201));
  const link = parseOfferLink(made.link);
  const offer = link.kind === 'value' ? link.offer : parseOffer((await send('GET', link.uri)).text);

  const client = createTestClient({ issuer: office.service.url });
  const token = await client.token(offer, { txCode: made.tx_code });
  const accessToken = String(token.json.access_token);
  const signers = Array.from({ length: copies }, () => generateNodeSigner('ES256'));
  const binding = configurationId.endsWith('vc-jwt') ? 'did:jwk' : 'jwk';
  const jwt = await client.proofs(copies, { nonce: await client.cNonce(), binding, signers });
  const request = { credential_configuration_id: configurationId, proofs: { jwt } };
  const answer = await client.credential(accessToken, request);
  const credentials = credentialsOf(answer);
  if (credentials.length !== copies) throw new Error(`credential: ${answer.status} ${answer.text.slice(0, 300)}`);
  const told = await client.notify(accessToken, String(answer.json.notification_id));
  if (told.status !== 204) throw new Error(`notification: ${told.status} ${told.text}`);
  return credentials.map((credential, at) => ({ credential, holder: signers[at] ?? generateNodeSigner('ES256') }));
}

export interface Issued {
  readonly figure: Figure;
  readonly held: readonly Held[];
}

/** What a holder costs, and the credentials for whoever shows them next. */
export async function measureIssuance(
  office: Office,
  name: string,
  options: {
    readonly holders: number;
    readonly from: number;
    readonly configurationId: string;
    readonly target?: number;
  },
): Promise<Issued> {
  const held: Held[] = [];
  const issue = async (person: number) => {
    held.push(...(await issueOnce(office, person, options.configurationId)));
  };
  const people = Array.from({ length: options.holders }, (_, index) => options.from + index);
  const warm = Array.from({ length: warmHolders }, (_, index) => options.from + (index % options.holders));
  await inParallel(warm, concurrency, (person) => issueOnce(office, person, options.configurationId));
  let detail = '';
  const { micros, unit } = await costOf(office.service, people.length, async () => {
    detail = described(await inParallel(people, concurrency, issue));
  });
  const { target } = options;
  const figure = { name, micros, v: micros / unit, detail: `${concurrency} at once: ${detail}` };
  return { figure: { ...figure, ...(target !== undefined && { target }) }, held };
}
