export type EndReason = 'superseded' | 'revoked' | 'credential_failure' | 'credential_deleted';

export interface IssuanceTables {
  /** An invitation to one person. Its code, reference and transaction code are kept as hashes only. */
  offer: {
    id: string;
    person_ref: string;
    /** JSON list of configuration ids. */
    configuration_ids: string;
    configuration_count: number;
    code_hash: string;
    reference_hash: string | null;
    /** HMAC of the transaction code; null when none is asked for. */
    tx_code_mac: string | null;
    tx_code_wrong: number;
    created_by: string;
    created_at: number;
    expires_at: number;
    /** Thumbprint of the DPoP key that redeemed it first. */
    bound_jkt: string | null;
    redeemed_at: number | null;
    cancelled_at: number | null;
    /** No further set may be issued: everything was accepted, or an official acted on it. */
    completed_at: number | null;
  };
  /** One set of copies, recorded before anything of it is signed. */
  issuance: {
    id: string;
    offer_id: string;
    person_ref: string;
    configuration_id: string;
    notification_hash: string;
    created_at: number;
    expires_at: number;
    accepted_at: number | null;
    ended_at: number | null;
    end_reason: EndReason | null;
  };
  issued_copy: { issuance_id: string; position: number; status_uri: string; status_idx: number };
}
