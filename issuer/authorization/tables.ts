export interface AuthorizationTables {
  /** What the OAuth server keeps: tokens, later codes and sessions. Never under its own name: SHA-256 of the token. */
  oauth_record: {
    kind: string;
    id_hash: string;
    grant_id: string | null;
    payload: string;
    consumed_at: number | null;
    expires_at: number;
  };
  /** What was used and must not be used again: `jti` of DPoP proofs, credential nonces. */
  used_once: { use_hash: string; expires_at: number };
}
