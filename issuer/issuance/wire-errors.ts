import {
  coreCodes,
  credentialCodes,
  protocolCodes,
  registerCodes,
  serverCodes,
  walletCodes,
} from '../../shared/errors.ts';
import { each, type WireError, type WireErrors, type WireTable } from '../../shared/server/wire.ts';
import { accessWireRows, type Nonces, serverError, tooMany, unavailable } from '../authorization/index.ts';

const bad = (error: string, description: string): WireError => ({ status: 400, error, description });

/** What every protected endpoint answers to faults of the HTTP message itself. */
function commonRows(request: WireError, nonces: Nonces): WireTable {
  return {
    ...each(coreCodes, request),
    ...each(credentialCodes, serverError),
    ...each(protocolCodes, request),
    ...each(serverCodes, serverError),
    ...each(registerCodes, serverError),
    ...each(walletCodes, serverError),
    media_type: { ...request, status: 415 },
    body_missing: request,
    body_too_large: { ...request, status: 413, headers: { Connection: 'close' } },
    not_found: { ...request, status: 404 },
    method_not_allowed: { ...request, status: 405 },
    rate_limited: tooMany,
    list_full: unavailable,
    unavailable,
    ...accessWireRows(nonces),
  };
}

/** Credential endpoint: OpenID4VCI 1.0 8.3.1. Never encrypted. */
export function credentialWireErrors(nonces: Nonces): WireErrors {
  const request = bad('invalid_credential_request', 'The credential request is not valid.');
  const proof = bad('invalid_proof', 'A key proof is missing or not valid.');
  const denied = bad('credential_request_denied', 'This credential is not issued.');
  const table: WireTable = {
    ...commonRows(request, nonces),
    unknown_configuration: bad('unknown_credential_configuration', 'This credential configuration was not granted.'),
    unknown_identifier: bad('unknown_credential_identifier', 'This credential identifier was not granted.'),
    proof_missing: proof,
    proof_invalid: proof,
    nonce_invalid: bad('invalid_nonce', 'Fetch a new nonce and make new proofs.'),
    encryption_parameters: bad('invalid_encryption_parameters', 'These encryption parameters are not supported.'),
    issuance_denied: denied,
  };
  return { style: 'oauth', table };
}

/** Notification endpoint: 11.3. */
export function notificationWireErrors(nonces: Nonces): WireErrors {
  const request = bad('invalid_notification_request', 'The notification is not valid.');
  const table: WireTable = {
    ...commonRows(request, nonces),
    notification_id: bad('invalid_notification_id', 'This notification identifier is not known.'),
  };
  return { style: 'oauth', table };
}
