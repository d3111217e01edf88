import type { EnvelopeTables } from '../../shared/server/envelope.ts';

/** Instants are epoch seconds. */
export interface ReviewTables extends EnvelopeTables {
  staff: {
    id: string;
    /** As colleagues see it. */
    name: string;
    /** Separated by blanks. */
    roles: string;
    /** Blind index (`cn-id`) of the person's own number: nobody decides their own application. */
    number_index: string;
    created_at: number;
    /** Null while they work here. */
    left_at: number | null;
  };
  /** One-time links for a first passkey. */
  staff_invite: {
    token_hash: string;
    staff_id: string;
    created_at: number;
    expires_at: number;
    used_at: number | null;
  };
  /** A decision that waits for a second person. One per application. */
  review_proposal: {
    application_id: string;
    /** Of the application as the first person saw it; at another version the proposal counts for nothing. */
    version: number;
    decision: 'approve' | 'refuse';
    reason: string;
    /** Text to the applicant, sealed under the application's row. */
    note: string | null;
    proposed_by: string;
    proposed_at: number;
  };
}
