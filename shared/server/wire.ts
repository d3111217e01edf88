/**
 * How a code leaves the house: one table per edge, exhaustive by type. Descriptions are constants; nothing an input
 * or a foreign error said is ever sent. RFC 9457 problem details, or the OAuth error object of RFC 6749 5.2.
 */
import {
  type Code,
  coreCodes,
  credentialCodes,
  protocolCodes,
  registerCodes,
  serverCodes,
  walletCodes,
} from '../errors.ts';

export interface WireError {
  readonly status: number;
  /** The word the other side may branch on. */
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the position (`at`, never a value) may be told. Off where every refusal has to look the same. */
  readonly position?: boolean;
}

export type WireTable = Readonly<Record<Code, WireError>>;

/** `problem` writes application/problem+json, `oauth` writes { error, error_description }. */
export interface WireErrors {
  readonly style: 'problem' | 'oauth';
  readonly table: WireTable;
}

/** The same row for each of the codes, so that a table stays exhaustive and short. */
export function each<C extends Code>(codes: readonly C[], row: WireError): Record<C, WireError> {
  return Object.fromEntries(codes.map((code) => [code, row])) as Record<C, WireError>;
}

const invalid: WireError = {
  status: 400,
  error: 'invalid_request',
  description: 'The request is not valid.',
  position: true,
};
const internal: WireError = { status: 500, error: 'internal', description: 'Something failed on our side.' };
const unavailable: WireError = {
  status: 503,
  error: 'unavailable',
  description: 'The service cannot answer just now.',
  headers: { 'Retry-After': '5' },
};

function row(status: number, error: Code, description: string): WireError {
  return { status, error, description };
}

/** Codes that concern the request itself keep their own name; a fault we did not expect at this edge is `internal`. */
export const problemTable: WireTable = {
  ...each(credentialCodes, invalid),
  ...each(protocolCodes, invalid),
  ...each(registerCodes, invalid),
  ...each(walletCodes, internal),
  ...each(coreCodes, invalid),
  ...each(serverCodes, internal),
  encoding: { ...invalid, error: 'encoding', description: 'The body is not strict UTF-8 or base64url.' },
  json_syntax: { ...invalid, error: 'json_syntax', description: 'The body is not JSON.' },
  json_dup_key: { ...invalid, error: 'json_dup_key', description: 'A JSON member occurs twice.' },
  json_reserved_key: { ...invalid, error: 'json_reserved_key', description: 'A JSON member has a reserved name.' },
  json_number: { ...invalid, error: 'json_number', description: 'A number is out of range.' },
  json_limit: { ...invalid, error: 'json_limit', description: 'The JSON is too deep or too large.' },
  shape: { ...invalid, error: 'shape', description: 'The request does not have the expected shape.' },
  query_parameter: {
    ...invalid,
    error: 'query_parameter',
    description: 'A query or form parameter is unknown or repeated.',
  },
  not_found: row(404, 'not_found', 'There is nothing here.'),
  method_not_allowed: row(405, 'method_not_allowed', 'This method is not offered here.'),
  body_too_large: { ...row(413, 'body_too_large', 'The body is too large.'), headers: { Connection: 'close' } },
  media_type: { ...row(415, 'media_type', 'The content type or encoding is not accepted.') },
  body_missing: row(400, 'body_missing', 'A body is required.'),
  rate_limited: { ...row(429, 'rate_limited', 'Too many requests.'), headers: { 'Retry-After': '60' } },
  unauthenticated: {
    ...row(401, 'unauthenticated', 'Credentials are missing or not valid.'),
    headers: { 'WWW-Authenticate': 'Bearer' },
  },
  forbidden: row(403, 'forbidden', 'This is not allowed for you.'),
  origin_refused: row(403, 'origin_refused', 'This request must come from our own page.'),
  conflict: row(409, 'conflict', 'This does not fit the present state.'),
  idempotency_mismatch: row(422, 'idempotency_mismatch', 'The idempotency key belongs to another request.'),
  credential_unknown: row(404, 'credential_unknown', 'No such credential.'),
  person_unknown: row(404, 'person_unknown', 'No such person.'),
  offer_unknown: row(404, 'offer_unknown', 'No such offer.'),
  state_unknown: row(404, 'state_unknown', 'No such request.'),
  credential_revoked: row(409, 'credential_revoked', 'A revocation is final.'),
  offer_ended: row(409, 'offer_ended', 'The offer has ended.'),
  image_invalid: row(415, 'image_invalid', 'This is not a photo of a kind that is accepted.'),
  image_limit: row(413, 'image_limit', 'The photo is too large or too small.'),
  application_unknown: row(404, 'application_unknown', 'No such application.'),
  application_incomplete: { ...row(409, 'application_incomplete', 'Something is still missing.'), position: true },
  application_state: row(409, 'application_state', 'The application is past this step.'),
  attempts_exhausted: row(409, 'attempts_exhausted', 'There were too many attempts; a person will look at it.'),
  consent_missing: row(409, 'consent_missing', 'This needs a consent that was not given.'),
  counter_code: row(400, 'counter_code', 'This code is not valid.'),
  trust_unavailable: unavailable,
  status_unavailable: unavailable,
  list_full: unavailable,
  fetch_failed: unavailable,
  unavailable,
  internal,
};

export const problemErrors: WireErrors = { style: 'problem', table: problemTable };
