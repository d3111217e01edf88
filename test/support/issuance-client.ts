/**
 * A wallet's side of OpenID4VCI over real HTTP, with every message open to be spoiled: what a test wants wrong it gives
 * as an override. Honest without overrides. Not the product's wallet.
 */
import { didJwkOf } from '../../shared/did/index.ts';
import { type Json, type JsonObject, parseJsonObject } from '../../shared/encoding/index.ts';
import { signJwt } from '../../shared/jwt/index.ts';
import type { PublicJwk, Signer } from '../../shared/keys/index.ts';
import { type CredentialOffer, createKeyProof, preAuthorizedGrantType } from '../../shared/oid4vci/index.ts';
import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';

const crypto = nodeCrypto();

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
}

export type Spoiled = Readonly<Record<string, Json | undefined>>;

export interface DpopOverrides {
  /** Over the honest members; undefined leaves one out. */
  readonly header?: Spoiled;
  readonly payload?: Spoiled;
  readonly signer?: Signer;
  /** Used as it is instead of a fresh proof; null sends none. */
  readonly proof?: string | null;
}

export interface TestClient {
  readonly dpopSigner: Signer;
  /** The last DPoP-Nonce seen. */
  nonce: string | undefined;
  dpop(method: string, url: string, overrides?: DpopOverrides & { readonly accessToken?: string }): Promise<string>;
  /** Redeems; asks again once when told to use a nonce, unless `raw`. */
  token(offer: CredentialOffer, options?: TokenOptions): Promise<Answer>;
  cNonce(): Promise<string>;
  proofs(
    count: number,
    options: { readonly nonce: string; readonly binding?: 'jwk' | 'did:jwk'; readonly signers?: readonly Signer[] },
  ): Promise<string[]>;
  /** Any protected endpoint. */
  send(path: string, accessToken: string, body: string | JsonObject, options?: SendOptions): Promise<Answer>;
  credential(accessToken: string, request: JsonObject, options?: SendOptions): Promise<Answer>;
  notify(accessToken: string, notificationId: string, event?: string): Promise<Answer>;
  /** Everything from offer to credentials, honestly. */
  receive(
    offer: CredentialOffer,
    options?: { readonly txCode?: string; readonly copies?: number; readonly configurationId?: string },
  ): Promise<Received>;
}

export interface TokenOptions extends DpopOverrides {
  readonly txCode?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: boolean;
}

export interface SendOptions extends DpopOverrides {
  readonly scheme?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly raw?: boolean;
}

export interface Received {
  readonly accessToken: string;
  readonly credentials: readonly string[];
  readonly notificationId: string;
}

/** `origin` is where to connect, `issuer` what the messages say; they differ for a second process of one issuer. */
export function createTestClient(options: {
  readonly issuer: string;
  readonly origin?: string;
  readonly now?: () => number;
  readonly dpopSigner?: Signer;
}): TestClient {
  const { issuer } = options;
  const base = (options.origin ?? new URL(issuer).origin) + new URL(issuer).pathname.replace(/\/$/, '');
  const now = options.now ?? (() => Math.floor(Date.now() / 1000));
  const dpopSigner = options.dpopSigner ?? generateNodeSigner('ES256');
  let kept: { readonly nonce: string; readonly at: number } | undefined;

  async function post(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Answer> {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
    });
    client.nonce = response.headers.get('dpop-nonce') ?? client.nonce;
    const text = await response.text();
    const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
    const json = isJson ? parseJsonObject(text, { maxBytes: 1_000_000 }) : {};
    return { status: response.status, headers: response.headers, text, json };
  }

  async function fetchNonce(): Promise<string> {
    const { json } = await post('/nonce', {});
    if (typeof json.c_nonce !== 'string') throw new TypeError('no c_nonce');
    return json.c_nonce;
  }

  /** RFC 9449 8: once more with the nonce, as any wallet does. */
  async function withNonce(ask: () => Promise<Answer>, raw: boolean | undefined): Promise<Answer> {
    const answer = await ask();
    return answer.json.error === 'use_dpop_nonce' && raw !== true ? ask() : answer;
  }

  const client: TestClient = {
    dpopSigner,
    nonce: undefined,

    async dpop(method, url, overrides = {}) {
      const signer = overrides.signer ?? dpopSigner;
      const { accessToken } = overrides;
      return signJwt(
        spoil({ typ: 'dpop+jwt', jwk: bare(signer.publicJwk) }, overrides.header),
        spoil(
          {
            jti: Buffer.from(crypto.randomBytes(16)).toString('base64url'),
            htm: method,
            htu: url,
            iat: now(),
            ...(client.nonce === undefined ? {} : { nonce: client.nonce }),
            ...(accessToken === undefined ? {} : { ath: crypto.sha256Base64url(accessToken) }),
          },
          overrides.payload,
        ),
        signer,
      );
    },

    async token(offer, { txCode, form, headers: more, raw, ...overrides } = {}) {
      // One nonce request gives both nonces: asked for first, it saves a refusal.
      if (client.nonce === undefined && raw !== true) kept = { nonce: await fetchNonce(), at: now() };
      const grant = offer.grants?.[preAuthorizedGrantType];
      return withNonce(async () => {
        const proof =
          overrides.proof === undefined ? await client.dpop('POST', `${issuer}/token`, overrides) : overrides.proof;
        const body = new URLSearchParams({
          grant_type: preAuthorizedGrantType,
          'pre-authorized_code': grant?.['pre-authorized_code'] ?? '',
          ...(txCode === undefined ? {} : { tx_code: txCode }),
          ...form,
        }).toString();
        const headers = {
          'content-type': 'application/x-www-form-urlencoded',
          ...(proof === null ? {} : { dpop: proof }),
          ...more,
        };
        return post('/token', headers, body);
      }, raw);
    },

    async cNonce() {
      const ready = kept;
      kept = undefined;
      return ready !== undefined && now() - ready.at < 60 ? ready.nonce : fetchNonce();
    },

    async proofs(count, { nonce, binding = 'jwk', signers }) {
      const keys = signers ?? Array.from({ length: count }, () => generateNodeSigner('ES256'));
      return Promise.all(
        keys.map((signer) => {
          const key = binding === 'jwk' ? { jwk: signer.publicJwk } : { kid: `${didJwkOf(signer.publicJwk)}#0` };
          return createKeyProof({ issuer, nonce, now: now(), key }, signer);
        }),
      );
    },

    async send(path, accessToken, body, { scheme = 'DPoP', headers = {}, query = '', raw, ...overrides } = {}) {
      return withNonce(async () => {
        const proof =
          overrides.proof === undefined
            ? await client.dpop('POST', `${issuer}${path}`, { accessToken, ...overrides })
            : overrides.proof;
        return post(
          `${path}${query}`,
          {
            'content-type': 'application/json',
            ...(accessToken === '' ? {} : { authorization: `${scheme} ${accessToken}` }),
            ...(proof === null ? {} : { dpop: proof }),
            ...headers,
          },
          typeof body === 'string' ? body : JSON.stringify(body),
        );
      }, raw);
    },

    credential: (accessToken, request, sendOptions) => client.send('/credential', accessToken, request, sendOptions),

    notify: (accessToken, notificationId, event = 'credential_accepted') =>
      client.send('/notification', accessToken, { notification_id: notificationId, event }),

    async receive(offer, { txCode, copies = 1, configurationId = offer.credential_configuration_ids[0] ?? '' } = {}) {
      const token = await client.token(offer, txCode === undefined ? {} : { txCode });
      if (token.status !== 200) throw new TypeError(`token: ${token.status} ${token.text}`);
      const accessToken = text(token.json.access_token);
      const binding = configurationId.endsWith('vc-jwt') ? 'did:jwk' : 'jwk';
      const jwt = await client.proofs(copies, { nonce: await client.cNonce(), binding });
      const answer = await client.credential(accessToken, {
        credential_configuration_id: configurationId,
        proofs: { jwt },
      });
      if (answer.status !== 200) throw new TypeError(`credential: ${answer.status} ${answer.text}`);
      return { accessToken, credentials: credentialsOf(answer), notificationId: text(answer.json.notification_id) };
    },
  };
  return client;
}

export function credentialsOf(answer: Answer): string[] {
  const list = answer.json.credentials;
  if (!Array.isArray(list)) return [];
  return list.map((entry) =>
    typeof entry === 'object' && entry !== null && 'credential' in entry ? text(entry.credential) : '',
  );
}

/** Honest members with others over them; undefined leaves one out. */
export function spoil(honest: JsonObject, over: Spoiled | undefined): JsonObject {
  return parseJsonObject(JSON.stringify({ ...honest, ...over }));
}

export function bare({ kty, crv, x, y }: PublicJwk): JsonObject {
  return { kty, crv, x, ...(y === undefined ? {} : { y }) };
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}
