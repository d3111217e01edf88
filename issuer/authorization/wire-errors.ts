import {
  coreCodes,
  credentialCodes,
  protocolCodes,
  registerCodes,
  serverCodes,
  walletCodes,
} from '../../shared/errors.ts';
import { each, type WireError, type WireErrors, type WireTable } from '../../shared/server/wire.ts';
import { dpopAlgs } from './dpop.ts';
import type { Nonces } from './nonces.ts';

const challenge = `DPoP algs="${dpopAlgs.join(' ')}"`;

export const serverError: WireError = {
  status: 500,
  error: 'server_error',
  description: 'Something failed on our side.',
};
export const unavailable: WireError = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'The service cannot answer just now.',
  headers: { 'Retry-After': '5' },
};
export const tooMany: WireError = {
  status: 429,
  error: 'temporarily_unavailable',
  description: 'Too many requests.',
  headers: { 'Retry-After': '60' },
};
const request: WireError = { status: 400, error: 'invalid_request', description: 'The request is not valid.' };

/** The header is read when the answer is written, so that each refusal carries a fresh nonce (RFC 9449 8). */
function withNonce(row: WireError, nonces: Nonces, headers: Readonly<Record<string, string>> = {}): WireError {
  return {
    ...row,
    get headers() {
      return { ...headers, 'DPoP-Nonce': nonces.create() };
    },
  };
}

/** Token endpoint: RFC 6749 5.2, RFC 9449 5 and 8, OpenID4VCI 1.0 6.3. All dead codes look the same. */
export function tokenWireErrors(nonces: Nonces): WireErrors {
  const proof: WireError = {
    status: 400,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof is missing or not valid.',
  };
  const grant: WireError = {
    status: 400,
    error: 'invalid_grant',
    description: 'The code or the transaction code is not valid.',
  };
  const table: WireTable = {
    ...each(coreCodes, request),
    ...each(credentialCodes, serverError),
    ...each(protocolCodes, request),
    ...each(serverCodes, serverError),
    ...each(registerCodes, serverError),
    ...each(walletCodes, serverError),
    grant_invalid: grant,
    tx_code_wrong: grant,
    tx_code_missing: { ...request, description: 'A transaction code is required.' },
    tx_code_unexpected: { ...request, description: 'No transaction code is expected.' },
    unknown_configuration: {
      status: 400,
      error: 'invalid_authorization_details',
      description: 'The offer does not contain what authorization_details ask for.',
    },
    grant_type: { status: 400, error: 'unsupported_grant_type', description: 'This grant type is not offered.' },
    client_unknown: { status: 401, error: 'invalid_client', description: 'This client is not known.' },
    dpop_invalid: proof,
    replay: proof,
    dpop_nonce: withNonce(
      { status: 400, error: 'use_dpop_nonce', description: 'Use the nonce of this answer.' },
      nonces,
    ),
    media_type: { ...request, status: 415 },
    body_missing: request,
    body_too_large: { ...request, status: 413, headers: { Connection: 'close' } },
    query_parameter: request,
    not_found: { ...request, status: 404 },
    method_not_allowed: { ...request, status: 405 },
    rate_limited: tooMany,
    unavailable,
  };
  return { style: 'oauth', table };
}

/** Rows for what is wrong with token or proof at a protected endpoint (RFC 6750 3.1, RFC 9449 7.1). */
export function accessWireRows(
  nonces: Nonces,
): Pick<WireTable, 'token_invalid' | 'query_parameter' | 'dpop_invalid' | 'replay' | 'dpop_nonce'> {
  const token: WireError = {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is missing or not valid.',
    headers: { 'WWW-Authenticate': `${challenge}, error="invalid_token"` },
  };
  const proof: WireError = {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof is missing or not valid.',
    headers: { 'WWW-Authenticate': `${challenge}, error="invalid_dpop_proof"` },
  };
  return {
    token_invalid: token,
    // Nothing is taken from the query of these endpoints, least of all a token (RFC 9449 7, RFC 6750 2.3).
    query_parameter: token,
    dpop_invalid: proof,
    replay: proof,
    dpop_nonce: withNonce(
      { status: 401, error: 'use_dpop_nonce', description: 'Use the nonce of this answer.' },
      nonces,
      {
        'WWW-Authenticate': `${challenge}, error="use_dpop_nonce"`,
      },
    ),
  };
}
