import * as z from 'zod/mini';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import {
  credentialOffer,
  credentialResponse,
  type IssuerMetadata,
  issuerMetadata,
  nonceResponse,
  oauthError,
} from '../../shared/oid4vci/index.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import type { GuessLimit, Nonces } from '../authorization/index.ts';
import type { CredentialAnswer, CredentialCall } from './issue-credential.ts';
import type { Offers } from './offers.ts';
import { credentialWireErrors, notificationWireErrors } from './wire-errors.ts';

const cached = { 'Cache-Control': 'public, max-age=300' };
const bodyText = z.string();
const maxRequestBytes = 65_536;

export interface IssuanceRoutesDeps {
  readonly metadata: IssuerMetadata;
  readonly signedMetadata: () => Promise<string>;
  readonly jwtVcIssuer: JsonObject;
  readonly didDocument: JsonObject;
  /** Whether the did:web document of this base URL stands at /.well-known/did.json or at <path>/did.json. */
  readonly didAtRoot: boolean;
  readonly offers: Offers;
  readonly nonces: Nonces;
  readonly dpopNonces: Nonces;
  /** Of offers by reference. */
  readonly guesses: GuessLimit;
  readonly issueCredential: (call: CredentialCall) => Promise<CredentialAnswer>;
  readonly notify: (call: Pick<CredentialCall, 'head' | 'body'>) => Promise<void>;
}

/** In the order of a credential's life. */
export function issuanceRoutes(deps: IssuanceRoutesDeps): readonly Route[] {
  const freshNonce = () => ({ 'DPoP-Nonce': deps.dpopNonces.create() });
  const tag = 'issuance';
  return [
    route({
      method: 'GET',
      path: '/.well-known/openid-credential-issuer',
      place: 'well-known',
      summary: 'Credential issuer metadata (OpenID4VCI 1.0 12.2), as JSON or, by Accept, as a signed JWT',
      tag,
      cors: 'public',
      replies: { 200: { description: 'The metadata', schema: issuerMetadata } },
      async handle({ header }) {
        const headers = { ...cached, Vary: 'Accept' };
        if (!prefersJwt(header('accept'))) return { json: deps.metadata, headers };
        return { text: await deps.signedMetadata(), type: 'application/jwt', headers };
      },
    }),
    route({
      method: 'GET',
      path: '/.well-known/jwt-vc-issuer',
      place: 'well-known',
      summary: 'JWT VC issuer metadata: the signing key by URL (SD-JWT VC)',
      tag,
      cors: 'public',
      replies: { 200: { description: 'The document' } },
      handle: async () => ({ json: deps.jwtVcIssuer, headers: cached }),
    }),
    route({
      method: 'GET',
      path: deps.didAtRoot ? '/.well-known/did.json' : '/did.json',
      summary: 'did:web document of the issuer',
      tag,
      cors: 'public',
      replies: { 200: { description: 'The document', type: 'application/did+json' } },
      handle: async () => ({ text: JSON.stringify(deps.didDocument), type: 'application/did+json', headers: cached }),
    }),
    route({
      method: 'GET',
      path: '/offers/:reference',
      summary: 'A credential offer by reference (OpenID4VCI 1.0 4.1.3), while it can be redeemed',
      tag,
      cors: 'public',
      params: z.object({ reference: z.string().check(z.maxLength(128)) }),
      replies: { 200: { description: 'The offer', schema: credentialOffer }, 404: { description: 'No such offer' } },
      async handle({ params, ip }) {
        await deps.guesses.check(ip);
        const offer = await deps.offers.findReference(params.reference);
        if (offer === undefined) {
          await deps.guesses.count(ip);
          throw new HufuError('not_found');
        }
        return { json: offer, headers: freshNonce() };
      },
    }),
    route({
      method: 'POST',
      path: '/nonce',
      summary: 'A nonce for key proofs (OpenID4VCI 1.0 7)',
      tag,
      cors: 'public',
      rate: { points: 12_000, seconds: 60, key: 'ip' },
      replies: { 200: { description: 'The nonce', schema: nonceResponse } },
      handle: async () => ({ json: { c_nonce: deps.nonces.create() }, headers: freshNonce() }),
    }),
    route({
      method: 'POST',
      path: '/credential',
      summary: 'Credentials for proven keys (OpenID4VCI 1.0 8): one kind, one copy per key, all or nothing',
      tag,
      cors: 'public',
      body: {
        type: 'text',
        media: ['application/json', 'application/jwt'],
        schema: bodyText,
        maxBytes: maxRequestBytes,
      },
      replies: {
        200: { description: 'The credentials, encrypted where that was asked for', schema: credentialResponse },
        400: { description: 'Refused (8.3.1)', schema: oauthError },
        401: { description: 'Access token or DPoP proof refused (RFC 6750, RFC 9449)', schema: oauthError },
      },
      wireErrors: credentialWireErrors(deps.dpopNonces),
      async handle(call) {
        const type = call.header('content-type')?.split(';')[0]?.trim().toLowerCase();
        const answer = await deps.issueCredential({ head: call, body: call.body, isJwe: type === 'application/jwt' });
        return { ...answer, headers: freshNonce() };
      },
    }),
    route({
      method: 'POST',
      path: '/notification',
      summary: 'What became of the credentials (OpenID4VCI 1.0 11)',
      tag,
      cors: 'public',
      body: { type: 'text', media: ['application/json'], schema: bodyText },
      replies: {
        204: { description: 'Noted' },
        400: { description: 'Refused (11.3)', schema: oauthError },
        401: { description: 'Access token or DPoP proof refused (RFC 6750, RFC 9449)', schema: oauthError },
      },
      wireErrors: notificationWireErrors(deps.dpopNonces),
      async handle(call) {
        await deps.notify({ head: call, body: call.body });
        return { status: 204, headers: freshNonce() };
      },
    }),
  ];
}

/** Content negotiation for two types (RFC 9110 12.5.1): the JWT only for those who name it and rate it higher. */
function prefersJwt(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  if (accept.length > 1024) throw new HufuError('shape', { at: 'accept' });
  const quality = (type: string) => {
    const range = accept.split(',').map((part) => part.split(';').map((word) => word.trim().toLowerCase()));
    const found = range.find(([name]) => name === type);
    if (found === undefined) return undefined;
    const q = found.find((word) => word.startsWith('q='));
    return q === undefined ? 1 : Number(q.slice(2)) || 0;
  };
  const jwt = quality('application/jwt') ?? 0;
  return jwt > 0 && jwt > (quality('application/json') ?? 0);
}
