import type { Code } from '../../shared/errors.ts';
import { type StringKey, t } from './strings/index.ts';

/** What a person is told about a refusal: what happened, and what they can do. Codes without a row are told generally. */
const rows: Partial<Record<Code, StringKey>> = {
  passkey_missing: 'error.passkeyMissing',
  passkey_prf: 'error.passkeyPrf',
  passkey_cancelled: 'error.passkeyCancelled',
  passkey_invalid: 'error.passkeyInvalid',
  passphrase_wrong: 'error.passphraseWrong',
  vault_storage: 'error.storage',
  integrity: 'error.integrity',
  link_invalid: 'error.link',
  offer_untrusted: 'error.issuerUnknown',
  verifier_untrusted: 'error.askerUnknown',
  key_untrusted: 'error.issuerUnknown',
  chain_invalid: 'error.askerUnknown',
  client_id_mismatch: 'error.askerUnknown',
  response_uri_host: 'error.askerUnknown',
  issuer_not_authorised: 'error.issuerUnknown',
  offer_invalid: 'error.offer',
  metadata_invalid: 'error.offer',
  unknown_configuration: 'error.offer',
  encryption_parameters: 'error.offer',
  grant_invalid: 'error.offerEnded',
  token_invalid: 'error.offerEnded',
  tx_code_wrong: 'error.txCodeWrong',
  tx_code_missing: 'error.txCodeMissing',
  tx_code_unexpected: 'error.txCodeWrong',
  issuance_denied: 'error.issuanceDenied',
  rate_limited: 'error.rateLimited',
  unavailable: 'error.unavailable',
  fetch_failed: 'error.network',
  fetch_status: 'error.gone',
  fetch_blocked: 'error.askerUnknown',
  request_expired: 'error.requestExpired',
  expired: 'error.credentialBad',
  not_yet_valid: 'error.credentialBad',
  revoked: 'error.credentialRevoked',
  suspended: 'error.credentialRevoked',
  status_unavailable: 'error.statusUnknown',
  holder_mismatch: 'error.credentialBad',
  credential_unexpected: 'error.credentialBad',
  vct_mismatch: 'error.credentialBad',
  sig_invalid: 'error.signature',
  wallet_nonce: 'error.signature',
  request_invalid: 'error.request',
  transaction_data: 'error.request',
  query_invalid: 'error.request',
  nothing_to_show: 'error.nothing',
  camera_unavailable: 'error.camera',
};

export function errorText(code: Code): string {
  const key = rows[code];
  return key === undefined ? t('error.general') : t(key);
}
