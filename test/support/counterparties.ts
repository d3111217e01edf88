import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Clock } from '../../shared/clock.ts';
import { decodeBase64, encodeBase64url, type JsonObject, parseJson } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { FetchedBody, FetchText, FetchTextOptions } from '../../shared/fetch.ts';
import { generateEncryptionKey, parseJwt } from '../../shared/jwt/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import { createOfferLink } from '../../shared/oid4vci/index.ts';
import {
  createRequestLink,
  createRequestObject,
  createSceneStatement,
  openResponse,
  type SceneStatement,
} from '../../shared/oid4vp/index.ts';
import { issueSdJwt } from '../../shared/sd-jwt/index.ts';
import {
  ensureDevelopmentIssuer,
  ensureDevelopmentRelyingParty,
  ensureDevelopmentRoots,
} from '../../shared/server/dev-ca.ts';
import { nodeCrypto, nodeSigner } from '../../shared/server/node-crypto.ts';
import { packStatuses, signStatusList } from '../../shared/status-list/index.ts';
import { x509Hash } from '../../shared/trust/index.ts';
import type { WalletConfiguration } from '../../wallet/core/configuration.ts';

/**
 * An issuer and an asker as a wallet meets them, answering in this process with real signatures and real certificates,
 * and free to send anything: each hook is one way of not being honest. The services themselves have their own tests.
 */
export const issuerUrl = 'http://localhost:4010';
export const askerUrl = 'http://localhost:4020';
export const vct = vctOf(issuerUrl);

export const person = {
  name: '林一舟',
  name_masked: '林*舟',
  sex: 1,
  ethnicity: '01',
  birthdate: '1996-03-12',
  personal_administrative_number: '33019919960312412X',
  number_last4: '412X',
  address: { region: '浙江省', region_code: '330199', street_address: '样张路 1 号' },
} as const;

const paths = [
  ['name'],
  ['name_masked'],
  ['sex'],
  ['ethnicity'],
  ['birthdate'],
  ['personal_administrative_number'],
  ['number_last4'],
  ['address'],
] as const;

export interface IssuerHooks {
  metadata?: (metadata: JsonObject) => JsonObject;
  offer?: (offer: JsonObject) => JsonObject;
  payload?: (payload: JsonObject, index: number) => JsonObject;
  signer?: Signer;
  /** Instead of the credentials that were made. */
  credentials?: (made: readonly string[]) => readonly unknown[];
  /** Status of every entry: 0 valid, 1 revoked, 2 suspended; `down` is a list that cannot be had. */
  status?: 0 | 1 | 2 | 'down';
  /** Called first for each request; what it returns is the answer. */
  before?: (url: string, options: FetchTextOptions) => FetchedBody | undefined;
}

export interface RequestHooks {
  query?: JsonObject;
  scene?: Partial<SceneStatement>;
  /** The request object to serve, instead of the honest one. */
  object?: (honest: string, walletNonce: string | undefined) => MaybeText;
  reply?: (form: URLSearchParams) => FetchedBody;
  responseUri?: string;
}
type MaybeText = string | Promise<string>;

export interface World {
  readonly configuration: WalletConfiguration;
  readonly fetchText: FetchText;
  readonly issuer: IssuerHooks;
  readonly asker: RequestHooks;
  /** What reached the issuer's notification endpoint. */
  readonly events: string[];
  readonly tokenKeys: string[];
  readonly forms: URLSearchParams[];
  readonly offerLink: string;
  requestLink(method?: 'get' | 'post'): string;
  /** Decrypts the last answer. */
  opened(): ReturnType<typeof openResponse>;
  readonly txCode: string;
  dispose(): void;
}

export function vctOf(issuer: string): string {
  return `${issuer}/types/resident-id/1`;
}

export const hotelQuery: JsonObject = queryFor(vct);

function queryFor(type: string): JsonObject {
  return {
    credentials: [
      {
        id: 'pid',
        format: 'dc+sd-jwt',
        meta: { vct_values: [type] },
        claims: [
          { id: 'name', path: ['name'] },
          { id: 'number', path: ['personal_administrative_number'] },
          { id: 'ethnicity', path: ['ethnicity'] },
        ],
        claim_sets: [
          ['name', 'number', 'ethnicity'],
          ['name', 'number'],
        ],
      },
    ],
  };
}

export interface WorldPlaces {
  readonly issuerUrl: string;
  readonly askerUrl: string;
}

export async function createWorld(clock: Clock, places: WorldPlaces = { issuerUrl, askerUrl }): Promise<World> {
  return worldAt(clock, places);
}

async function worldAt(clock: Clock, { issuerUrl, askerUrl }: WorldPlaces): Promise<World> {
  const vct = vctOf(issuerUrl);
  const dir = mkdtempSync(join(tmpdir(), 'hufu-world-'));
  const crypto = nodeCrypto();
  const issuerCert = await ensureDevelopmentIssuer(join(dir, 'ca'), issuerUrl);
  const askerCert = await ensureDevelopmentRelyingParty(join(dir, 'ca'), { baseUrl: askerUrl, name: '望江酒店' });
  const roots = await ensureDevelopmentRoots(join(dir, 'ca'));
  const issuerSigner = nodeSigner(issuerCert.privateKeyPem);
  const askerSigner = nodeSigner(askerCert.privateKeyPem);
  const clientId = `x509_hash:${x509Hash(decodeBase64(askerCert.x5c[0] ?? ''), crypto)}`;
  const encryption = await generateEncryptionKey('enc-1');
  const world = {
    issuer: {} as IssuerHooks,
    asker: {} as RequestHooks,
    events: [] as string[],
    tokenKeys: [] as string[],
    forms: [] as URLSearchParams[],
    txCode: '493536',
  };
  let index = 0;
  const state = 'state-0123456789abcdef';

  const metadata = (): JsonObject => ({
    credential_issuer: issuerUrl,
    credential_endpoint: `${issuerUrl}/credential`,
    nonce_endpoint: `${issuerUrl}/nonce`,
    notification_endpoint: `${issuerUrl}/notification`,
    batch_credential_issuance: { batch_size: 10 },
    credential_configurations_supported: {
      'resident-id-sd-jwt': {
        format: 'dc+sd-jwt',
        scope: 'resident-id-sd-jwt',
        vct,
        cryptographic_binding_methods_supported: ['jwk'],
        proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
        credential_metadata: {
          display: [
            { name: '居民数字身份证', locale: 'zh-Hans' },
            { name: 'Digital resident identity card', locale: 'en' },
          ],
          claims: paths.map((path) => ({ path: [...path] })),
        },
      },
    },
  });

  async function issue(key: JsonObject): Promise<string> {
    const now = clock.now();
    const honest: JsonObject = {
      iss: issuerUrl,
      vct,
      nbf: now - 60,
      exp: now + 86_400,
      cnf: { jwk: key },
      status: { status_list: { uri: `${issuerUrl}/status-lists/1`, idx: index } },
      ...structuredClone(person),
    };
    const payload = world.issuer.payload?.(honest, index) ?? honest;
    index += 1;
    const disclosable = paths.filter(([name]) => payload[name] !== undefined);
    const extra = Object.keys(payload).filter((name) => name.startsWith('extra') || name === 'picture');
    return issueSdJwt({
      payload,
      disclosable: [...disclosable, ...extra.map((name) => [name])],
      header: { x5c: [...issuerCert.x5c] },
      signer: world.issuer.signer ?? issuerSigner,
      crypto,
    });
  }

  async function answerIssuer(path: string, options: FetchTextOptions): Promise<FetchedBody> {
    switch (path) {
      case '/offers/1': {
        const offer: JsonObject = {
          credential_issuer: issuerUrl,
          credential_configuration_ids: ['resident-id-sd-jwt'],
          grants: {
            'urn:ietf:params:oauth:grant-type:pre-authorized_code': {
              'pre-authorized_code': 'code-1',
              tx_code: { length: 6, input_mode: 'numeric' },
            },
          },
        };
        return json(world.issuer.offer?.(offer) ?? offer);
      }
      case '/.well-known/openid-credential-issuer':
        return json(world.issuer.metadata?.(metadata()) ?? metadata());
      case '/.well-known/oauth-authorization-server':
        return json({ issuer: issuerUrl, token_endpoint: `${issuerUrl}/token` });
      case '/token': {
        const proof = parseJwt(options.headers?.dpop ?? '');
        if (proof.payload.nonce !== 'dpop-nonce')
          return json({ error: 'use_dpop_nonce' }, 400, { 'dpop-nonce': 'dpop-nonce' });
        world.tokenKeys.push(JSON.stringify(proof.header.jwk));
        const form = new URLSearchParams(options.body);
        if (form.get('tx_code') !== world.txCode) return json({ error: 'invalid_grant' }, 400);
        return json({ access_token: 'at-1', token_type: 'DPoP', expires_in: 300 });
      }
      case '/nonce':
        return json({ c_nonce: 'nonce-1' });
      case '/credential': {
        const body = parseJson(options.body ?? '', { maxBytes: 200_000 }) as { proofs: { jwt: string[] } };
        const made: string[] = [];
        for (const proof of body.proofs.jwt) made.push(await issue(parseJwt(proof).header.jwk as JsonObject));
        // The order of the answer means nothing (OpenID4VCI 1.0 8.3).
        const credentials = world.issuer.credentials?.(made) ?? made.toReversed();
        return json({
          credentials: credentials.map((credential) => ({ credential })) as never,
          notification_id: 'n-1',
        });
      }
      case '/notification':
        world.events.push((parseJson(options.body ?? '') as { event: string }).event);
        return { ...json({}), status: 204, text: '' };
      case '/status-lists/1': {
        const { status = 0 } = world.issuer;
        if (status === 'down') throw new HufuError('fetch_failed');
        const token = await signStatusList({
          uri: `${issuerUrl}/status-lists/1`,
          bits: 2,
          lst: encodeBase64url(deflateSync(packStatuses(new Uint8Array(1000).fill(status), 2))),
          iat: clock.now(),
          exp: clock.now() + 3600,
          ttl: 600,
          header: { x5c: [...issuerCert.x5c] },
          signer: issuerSigner,
        });
        return { ...json({}), contentType: 'application/statuslist+jwt', text: token };
      }
      default:
        throw new HufuError('fetch_status', { at: '404' });
    }
  }

  async function answerAsker(path: string, options: FetchTextOptions): Promise<FetchedBody> {
    if (path === '/request/1') {
      const walletNonce = new URLSearchParams(options.body).get('wallet_nonce') ?? undefined;
      const honest = await createRequestObject(
        {
          clientId,
          responseUri: world.asker.responseUri ?? `${askerUrl}/response/1`,
          nonce: 'nonce-0123456789abcdef',
          state,
          query: world.asker.query ?? queryFor(vct),
          encryptionKey: encryption.publicJwk,
          sceneStatement: await createSceneStatement(
            {
              iss: clientId,
              scene: 'hotel',
              purpose: { 'zh-Hans': '旅客住宿登记', en: 'Guest registration' },
              retention: 'P1Y',
              claims: [{ path: ['ethnicity'], retention: 'none' }],
              match_number: true,
              ...world.asker.scene,
            },
            { signer: askerSigner, now: clock.now(), lifetime: 300 },
          ),
          ...(walletNonce === undefined ? {} : { walletNonce }),
          now: clock.now(),
          expiresAt: clock.now() + 120,
        },
        { signer: askerSigner, chain: askerCert.x5c.map((entry) => decodeBase64(entry)) },
      );
      const text = (await world.asker.object?.(honest, walletNonce)) ?? honest;
      return { ...json({}), contentType: 'application/oauth-authz-req+jwt', text };
    }
    if (path === '/done') return { ...json({}), contentType: 'text/html', text: '<!doctype html><title>done</title>' };
    if (path === '/response/1') {
      const form = new URLSearchParams(options.body);
      world.forms.push(form);
      return world.asker.reply?.(form) ?? json({});
    }
    throw new HufuError('fetch_status', { at: '404' });
  }

  return Object.assign(world, {
    configuration: {
      issuers: [
        {
          id: issuerUrl,
          dids: [],
          anchors: [roots.credential],
          types: [vct],
          name: { 'zh-Hans': '示范公安局', en: 'Demo authority' },
          compromisedKeys: [],
        },
      ],
      relyingPartyAnchors: [roots.access],
      connectOrigins: [issuerUrl, askerUrl],
      httpOrigins: [issuerUrl, askerUrl],
    },
    fetchText: async (url: string, options: FetchTextOptions) => {
      const { origin, pathname } = new URL(url);
      const forced = world.issuer.before?.(url, options);
      const answer = forced ?? (await (origin === askerUrl ? answerAsker : answerIssuer)(pathname, options));
      const fine = options.okStatuses === 'any' || (options.okStatuses ?? [200]).includes(answer.status);
      if (!fine) throw new HufuError('fetch_status', { at: String(answer.status) });
      return answer;
    },
    offerLink: createOfferLink({ reference: `${issuerUrl}/offers/1` }),
    requestLink: (method: 'get' | 'post' = 'post') =>
      createRequestLink('openid4vp://', { clientId, requestUri: `${askerUrl}/request/1`, method }),
    opened: () =>
      openResponse(world.forms.at(-1)?.get('response') ?? '', {
        privateJwk: encryption.privateJwk,
        kid: 'enc-1',
        expectedState: state,
      }),
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  });
}

export function json(value: JsonObject, status = 200, headers: Readonly<Record<string, string>> = {}): FetchedBody {
  return {
    status,
    contentType: 'application/json',
    text: JSON.stringify(value),
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
  };
}
