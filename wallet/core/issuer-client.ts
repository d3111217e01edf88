import { type Json, parseJson, parseShape } from '../../shared/encoding/index.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import type { FetchedBody } from '../../shared/fetch.ts';
import { createDpop } from '../../shared/jwt/index.ts';
import type { Signer } from '../../shared/keys/index.ts';
import {
  type CredentialRequest,
  type CredentialResponse,
  credentialResponse,
  type NotificationEvent,
  nonceResponse,
  oauthError,
  preAuthorizedGrantType,
  type TokenResponse,
  tokenResponse,
} from '../../shared/oid4vci/index.ts';
import type { WalletPorts } from './ports.ts';

export interface IssuerEndpoints {
  readonly token: string;
  readonly nonce: string;
  readonly credential: string;
  readonly notification: string | undefined;
}

export interface Grant {
  readonly code: string;
  readonly txCode: string | undefined;
}

/** The wallet's side of the issuer's endpoints, every call bound to one DPoP key (RFC 9449). */
export interface IssuerClient {
  /** `tx_code_wrong`, `tx_code_missing`, `grant_invalid`, `rate_limited`, `unavailable`, `token_invalid`. */
  token(grant: Grant): Promise<TokenResponse>;
  nonce(): Promise<string>;
  /** `nonce_invalid`, `proof_invalid`, `issuance_denied`, `token_invalid`, `credential_request_invalid`, ... */
  credential(accessToken: string, request: CredentialRequest): Promise<CredentialResponse>;
  notify(accessToken: string, notificationId: string, event: NotificationEvent): Promise<void>;
}

type Role = 'authorization' | 'resource';

const maxCredentialBytes = 1_048_576;
const patience = 15_000;

export function issuerClient(
  endpoints: IssuerEndpoints,
  signer: Signer,
  ports: Pick<WalletPorts, 'fetchText' | 'crypto' | 'clock'>,
): IssuerClient {
  const nonces = new Map<Role, string>();

  async function post(role: Role, url: string, message: Message): Promise<FetchedBody> {
    const { accessToken } = message;
    for (let attempt = 0; ; attempt++) {
      const nonce = nonces.get(role);
      const proof = await createDpop(
        {
          htm: 'POST',
          htu: url,
          ...(accessToken === undefined ? {} : { ath: ports.crypto.sha256Base64url(accessToken) }),
          ...(nonce === undefined ? {} : { nonce }),
          now: ports.clock.now(),
          crypto: ports.crypto,
        },
        signer,
      );
      const answer = await ports.fetchText(url, {
        method: 'POST',
        headers: {
          'content-type': message.type,
          dpop: proof,
          ...(accessToken === undefined ? {} : { authorization: `DPoP ${accessToken}` }),
        },
        body: message.body,
        accept: 'application/json',
        okStatuses: 'any',
        maxBytes: maxCredentialBytes,
        timeoutMs: patience,
      });
      const fresh = answer.headers.get('dpop-nonce');
      if (fresh !== null) nonces.set(role, fresh);
      // RFC 9449 8: asked for a nonce, once; a server that asks again is not going to be content.
      if (attempt === 0 && fresh !== null && wantsNonce(answer)) continue;
      return answer;
    }
  }

  return {
    async token({ code, txCode }) {
      const form = new URLSearchParams({ grant_type: preAuthorizedGrantType, 'pre-authorized_code': code });
      if (txCode !== undefined) form.set('tx_code', txCode);
      const message = { type: 'application/x-www-form-urlencoded', body: form.toString() };
      const answer = await post('authorization', endpoints.token, message);
      if (answer.status !== 200) throw tokenFault(answer, txCode !== undefined);
      const token = parseAnswer(tokenResponse, answer, 'token_invalid');
      if (token.token_type.toLowerCase() !== 'dpop') throw new HufuError('token_invalid', { at: 'token_type' });
      return token;
    },

    async nonce() {
      const answer = await ports.fetchText(endpoints.nonce, {
        method: 'POST',
        accept: 'application/json',
        expectedTypes: ['application/json'],
      });
      const fresh = answer.headers.get('dpop-nonce');
      if (fresh !== null) nonces.set('resource', fresh);
      return parseAnswer(nonceResponse, answer, 'nonce_invalid').c_nonce;
    },

    async credential(accessToken, request) {
      const message = { type: 'application/json', body: JSON.stringify(request), accessToken };
      const answer = await post('resource', endpoints.credential, message);
      if (answer.status !== 200) throw credentialFault(answer);
      return parseAnswer(credentialResponse, answer, 'credential_unexpected');
    },

    async notify(accessToken, notificationId, event) {
      if (endpoints.notification === undefined) return;
      const body = JSON.stringify({ notification_id: notificationId, event });
      const answer = await post('resource', endpoints.notification, { type: 'application/json', body, accessToken });
      if (answer.status >= 500 || answer.status === 429) throw new HufuError('unavailable', { at: 'notification' });
      if (answer.status >= 400) throw new HufuError('notification_id', { at: 'notification' });
    },
  };
}

interface Message {
  readonly type: string;
  readonly body: string;
  readonly accessToken?: string;
}

function wantsNonce(answer: FetchedBody): boolean {
  if (answer.status !== 400 && answer.status !== 401) return false;
  const challenge = answer.headers.get('www-authenticate') ?? '';
  return challenge.includes('use_dpop_nonce') || errorWord(answer) === 'use_dpop_nonce';
}

function errorWord(answer: FetchedBody): string | undefined {
  try {
    return parseShape(oauthError, parseJson(answer.text)).error;
  } catch {
    return undefined;
  }
}

function parseAnswer<S extends Parameters<typeof parseShape>[0]>(
  schema: S,
  answer: FetchedBody,
  code: 'token_invalid' | 'nonce_invalid' | 'credential_unexpected',
): ReturnType<typeof parseShape<S>> {
  try {
    const value: Json = parseJson(answer.text, { maxBytes: maxCredentialBytes });
    return parseShape(schema, value);
  } catch (cause) {
    throw new HufuError(code, { at: 'answer', cause });
  }
}

/** OpenID4VCI 1.0 6.3. A wrong code and a dead offer answer alike: where a code was typed, it is the likelier fault. */
function tokenFault(answer: FetchedBody, hasTxCode: boolean): HufuError {
  const common = commonFault(answer);
  if (common !== undefined) return common;
  const word = errorWord(answer);
  if (word === 'invalid_grant') return new HufuError(hasTxCode ? 'tx_code_wrong' : 'grant_invalid', { at: 'token' });
  if (word === 'invalid_request')
    return new HufuError(hasTxCode ? 'tx_code_unexpected' : 'tx_code_missing', { at: 'token' });
  return new HufuError('token_invalid', { at: 'token' });
}

/** OpenID4VCI 1.0 8.3.1. */
function credentialFault(answer: FetchedBody): HufuError {
  const common = commonFault(answer);
  if (common !== undefined) return common;
  const at = 'credential';
  if (answer.status === 401) return new HufuError('token_invalid', { at });
  switch (errorWord(answer)) {
    case 'invalid_nonce':
      return new HufuError('nonce_invalid', { at });
    case 'invalid_proof':
      return new HufuError('proof_invalid', { at });
    case 'credential_request_denied':
      return new HufuError('issuance_denied', { at });
    default:
      return new HufuError('credential_request_invalid', { at });
  }
}

function commonFault(answer: FetchedBody): HufuError | undefined {
  if (answer.status === 429) return new HufuError('rate_limited');
  if (answer.status >= 500) return new HufuError('unavailable');
  return undefined;
}

/** Faults after which the same wallet may simply try again with the same key. */
export function isPassing(error: unknown): boolean {
  return ['fetch_failed', 'unavailable', 'rate_limited', 'nonce_invalid', 'status_unavailable'].includes(codeOf(error));
}
