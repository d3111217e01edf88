import { matchQuery } from '../../shared/dcql/index.ts';
import { didJwkOf } from '../../shared/did/index.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { parseJwt } from '../../shared/jwt/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import {
  parseRequestLink,
  sealResponse,
  type VerifiedRequest,
  type VpToken,
  verifyRequestObject,
} from '../../shared/oid4vp/index.ts';
import { createKeyBinding, disclosedView, presentSdJwt } from '../../shared/sd-jwt/index.ts';
import { nodeCrypto } from '../../shared/server/node-crypto.ts';
import { createVpJwt } from '../../shared/vc-jwt/index.ts';
import { type Answer, call, post, type TestVerifier } from './verifier.ts';

const crypto = nodeCrypto();
export const matchNumber = '47';

export interface Opened {
  readonly id: string;
  readonly qr: string;
  readonly rid: string;
  readonly session: string | undefined;
}

/** Asks through the API. */
export async function ask(world: TestVerifier, body: object = {}, headers?: Record<string, string>): Promise<Opened> {
  const asked = { scene: 'hotel', device: 'cross', context: { room: '1208', guest: 1, guests: 2 }, ...body };
  const { status, json, text, headers: sent } = await world.api('POST', '/api/requests', asked, headers);
  if (status !== 201) throw new Error(`request: ${status} ${text}`);
  return {
    id: json.id,
    qr: json.qr,
    rid: ridOf(json.qr),
    session: /hufu-transaction=([^;]+)/.exec(sent.get('set-cookie') ?? '')?.[1],
  };
}

export function ridOf(qr: string): string {
  return new URL(new URL(qr).searchParams.get('request_uri') ?? '').pathname.split('/').at(-1) ?? '';
}

/** What a wallet makes of a code: the request object fetched with a nonce of its own, and judged. */
export async function fetchRequest(world: TestVerifier, qr: string): Promise<VerifiedRequest> {
  const policy = { allowHttpOrigins: [world.url] };
  const link = parseRequestLink(qr, policy);
  const walletNonce = 'wallet-nonce-0123456789';
  const answer = await post(link.requestUri, { wallet_nonce: walletNonce });
  if (answer.status !== 200) throw new Error(`request_uri: ${answer.status} ${answer.text}`);
  return verifyRequestObject(answer.text, {
    crypto,
    now: world.clock.now(),
    link,
    walletNonce,
    anchors: [world.accessRoot],
    policy,
  });
}

export interface Shown {
  /** Paths instead of what the first claim set asks for. */
  readonly paths?: readonly (readonly string[])[];
  readonly aud?: string;
  readonly nonce?: string;
  readonly iat?: number;
}

/** A bound SD-JWT presentation for a request. */
export function presentSd(
  credential: string,
  holder: Signer,
  request: VerifiedRequest,
  now: number,
  shown: Shown = {},
): Promise<string> {
  return createKeyBinding({
    presentation: presentSdJwt(credential, shown.paths ?? wantedPaths(credential, request), crypto),
    aud: shown.aud ?? request.clientId,
    nonce: shown.nonce ?? request.nonce,
    iat: shown.iat ?? now,
    signer: holder,
    crypto,
  });
}

function wantedPaths(credential: string, request: VerifiedRequest) {
  const { payload } = disclosedView(credential, crypto);
  const held = {
    id: 'c',
    format: 'dc+sd-jwt',
    types: [String(payload.vct)],
    claims: payload,
    holderBound: true,
  } as const;
  const match = matchQuery(request.query, [held]);
  return match.satisfiable ? (match.credentials[0]?.candidates[0].options[0].paths ?? []) : [];
}

export function presentVc(
  vcJwt: string,
  holder: Signer,
  request: VerifiedRequest,
  now: number,
  shown: Shown = {},
): Promise<string> {
  const did = didJwkOf(holder.publicJwk);
  return createVpJwt({
    vcJwt,
    holder: { did, kid: `${did}#0`, signer: holder },
    aud: shown.aud ?? request.clientId,
    nonce: shown.nonce ?? request.nonce,
    now: shown.iat ?? now,
  });
}

/** Seals an answer and posts it. */
export async function answer(
  request: VerifiedRequest,
  token: VpToken,
  changed: { readonly matchNumber?: string | undefined; readonly state?: string | undefined } = {},
): Promise<Answer> {
  return post(request.responseUri, { response: await seal(request, token, changed) });
}

export function seal(
  request: VerifiedRequest,
  token: VpToken,
  changed: { readonly matchNumber?: string | undefined; readonly state?: string | undefined } = {},
): Promise<string> {
  const number = 'matchNumber' in changed ? changed.matchNumber : matchNumber;
  return sealResponse(
    {
      vpToken: token,
      state: 'state' in changed ? changed.state : request.state,
      ...(number === undefined ? {} : { matchNumber: number }),
    },
    request.encryption,
  );
}

/** Ask, fetch, show, answer: the honest way through with an SD-JWT credential. */
export async function showHonestly(world: TestVerifier, credential: string, holder: Signer, opened?: Opened) {
  const request = opened ?? (await ask(world));
  const verified = await fetchRequest(world, request.qr);
  const presentation = await presentSd(credential, holder, verified, world.clock.now());
  const reply = await answer(verified, { resident_sd: [presentation] });
  return { ...request, request: verified, presentation, reply };
}

/** The request as its asker reads it. */
export async function read(world: TestVerifier, id: string, headers?: Record<string, string>): Promise<Answer['json']> {
  const reply = await world.api('GET', `/api/requests/${id}`, undefined, headers);
  return reply.json;
}

export function payloadOf(jwt: string): JsonObject {
  return parseJwt(jwt).payload;
}

export { call, post };
