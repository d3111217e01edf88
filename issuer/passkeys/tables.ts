/** Whose passkeys and sessions: people who hold a digital ID, or staff of the issuer. Never one for the other. */
export type OwnerKind = 'holder' | 'staff';
/** What a challenge may be answered with: the first passkey of a new owner, one more of a known one, or a sign-in. */
export type Ceremony = 'new' | 'add' | 'sign-in';

/** Instants are epoch seconds. */
export interface PasskeyTables {
  passkey: {
    id: string;
    owner_kind: OwnerKind;
    owner_id: string;
    /** As the authenticator named it, base64url. */
    credential_id: string;
    /** COSE key, base64url. */
    public_key: string;
    counter: number;
    /** JSON list. */
    transports: string;
    /** 1: the authenticator's maker copies it between devices. */
    synced: 0 | 1;
    /** System and browser it was made with, coarse: `windows-edge`. */
    agent: string;
    created_at: number;
    used_at: number | null;
    removed_at: number | null;
  };
  passkey_challenge: {
    challenge_hash: string;
    owner_kind: OwnerKind;
    /** Null for a sign-in, where the passkey says who comes. */
    owner_id: string | null;
    ceremony: Ceremony;
    expires_at: number;
  };
  session: {
    token_hash: string;
    /** What the owner and the audit trail call it. */
    id: string;
    owner_kind: OwnerKind;
    owner_id: string;
    passkey_id: string;
    created_at: number;
    seen_at: number;
    expires_at: number;
    place_hash: string;
    agent: string;
  };
}
