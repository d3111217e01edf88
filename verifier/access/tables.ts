/** Instants are epoch seconds. */
export interface AccessTables {
  /** Whoever may use the API or open a desk. The token itself is not here. */
  access_token: {
    id: string;
    kind: 'relying-party' | 'desk';
    name: string;
    token_hash: string;
    /** JSON array of exact origins a same-device answer may return to. */
    return_origins: string;
    created_at: number;
    revoked_at: number | null;
  };
  desk_session: {
    session_hash: string;
    token_id: string;
    created_at: number;
    last_seen_at: number;
    expires_at: number;
  };
}
