/**
 * One error class and one closed union of codes. The message is the code; `at` is a position and never a value;
 * `cause` is for the operator alone. Programmer mistakes are TypeErrors.
 * Groups exist so that an edge can map many codes to one wire answer and still be exhaustive by type.
 */
export const coreCodes = [
  // encoding and JSON (RFC 4648 5, RFC 8259)
  'encoding',
  'json_syntax',
  'json_dup_key',
  'json_reserved_key',
  'json_number',
  'json_limit',
  'shape',
  // JOSE (RFC 7515, 7516, 7519, 8725)
  'alg_not_allowed',
  'sig_invalid',
  'key_untrusted',
  'key_invalid',
  'typ_mismatch',
  'crit_unsupported',
  'claim_type',
  'expired',
  'not_yet_valid',
  'claim_missing',
  'aud_mismatch',
  'iss_mismatch',
  'jwe_invalid',
  'replay',
] as const;

export const credentialCodes = [
  // SD-JWT (RFC 9901 7) and SD-JWT VC
  'sd_format',
  'sd_alg',
  'sd_dup_digest',
  'sd_unreferenced',
  'sd_collision',
  'sd_reserved',
  'sd_hash',
  'kb_missing',
  'kb_unexpected',
  'kb_aud',
  'kb_nonce',
  'kb_key',
  'kb_typ',
  'kb_stale',
  'vct_mismatch',
  'meta_limit',
  'meta_integrity',
  'meta_invalid',
  // VC-JWT (VCDM 1.1 6.3.1)
  'holder_mismatch',
  'claim_conflict',
  'vc_invalid',
  // DID Core, did:web, did:key, did:jwk
  'key_purpose',
  'did_invalid',
  'did_blocked',
  'did_unsupported',
  // trust
  'trust_unavailable',
  'issuer_not_authorised',
  'chain_invalid',
  // Token Status List 8.3
  'status_range',
  'status_unavailable',
  'status_invalid',
  'status_missing',
  'list_limit',
  'revoked',
  'suspended',
  'status_stale',
] as const;

export const protocolCodes = [
  // OpenID4VP 1.0, DCQL
  'query_invalid',
  'query_unmet',
  'request_invalid',
  'request_expired',
  'response_invalid',
  'state_unknown',
  'transaction_data',
  'match_number',
  'response_code',
  'session_required',
  'client_id_mismatch',
  'nonce_missing',
  'wallet_nonce',
  'redirect_uri_unexpected',
  'response_uri_host',
  'portrait_mismatch',
  // OpenID4VCI 1.0
  'offer_invalid',
  'metadata_invalid',
  'proof_missing',
  'proof_invalid',
  'nonce_invalid',
  'credential_request_invalid',
  'unknown_configuration',
  'unknown_identifier',
  'encryption_parameters',
  'notification_id',
  'notification_request',
  'grant_invalid',
  'grant_type',
  'client_unknown',
  'tx_code_missing',
  'tx_code_unexpected',
  'tx_code_wrong',
  'token_invalid',
  'dpop_invalid',
  'dpop_nonce',
  'issuance_denied',
  'credential_unexpected',
] as const;

export const serverCodes = [
  // HTTP
  'not_found',
  'method_not_allowed',
  'body_too_large',
  'media_type',
  'body_missing',
  'query_parameter',
  'rate_limited',
  'unauthenticated',
  'forbidden',
  'conflict',
  'idempotency_mismatch',
  'origin_refused',
  'unavailable',
  'internal',
  // passkeys, sessions and accounts of people
  'challenge_unknown',
  'sign_in_again',
  'account_frozen',
  'alert_unknown',
  // outbound calls
  'fetch_blocked',
  'fetch_limit',
  'fetch_failed',
  'fetch_status',
  'fetch_type',
  // storage, keys, configuration
  'integrity',
  'key_file',
  'config_invalid',
] as const;

export const registerCodes = [
  // GB 11643 resident identity number
  'id_format',
  'id_check_digit',
  'id_date',
  'id_region',
  'id_kind',
  // register import and catalogue
  'row_invalid',
  'person_unknown',
  'person_ineligible',
  'picture_invalid',
  // lifecycle
  'credential_unknown',
  'credential_revoked',
  'credential_state',
  'list_full',
  'offer_unknown',
  'offer_ended',
  // enrolment
  'image_invalid',
  'image_limit',
  'application_unknown',
  'application_incomplete',
  'application_state',
  'attempts_exhausted',
  'consent_missing',
  'counter_code',
] as const;

export const walletCodes = [
  'passkey_missing',
  'passkey_prf',
  'passkey_cancelled',
  'passkey_invalid',
  'vault_locked',
  'vault_storage',
  'passphrase_wrong',
  'link_invalid',
  'offer_untrusted',
  'verifier_untrusted',
  'nothing_to_show',
  'consent_required',
  'offline',
  'answer_refused',
  'camera_unavailable',
] as const;

export type CoreCode = (typeof coreCodes)[number];
export type CredentialCode = (typeof credentialCodes)[number];
export type ProtocolCode = (typeof protocolCodes)[number];
export type ServerCode = (typeof serverCodes)[number];
export type RegisterCode = (typeof registerCodes)[number];
export type WalletCode = (typeof walletCodes)[number];
export type Code = CoreCode | CredentialCode | ProtocolCode | ServerCode | RegisterCode | WalletCode;

export class HufuError extends Error {
  override readonly name = 'HufuError';
  readonly code: Code;
  /** Where in the input: a path or a check, never a value. */
  readonly at: string | undefined;

  constructor(code: Code, options: { readonly at?: string; readonly cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.at = options.at;
  }
}

/** The code of a HufuError, `internal` for anything else. */
export function codeOf(error: unknown): Code {
  return error instanceof HufuError ? error.code : 'internal';
}
