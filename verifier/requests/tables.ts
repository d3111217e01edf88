import type { Code } from '../../shared/errors.ts';

/**
 * `open` waits for an answer, `match` for the two digits, `accepted` for the clerk or for nobody; the rest is final.
 * An open request that is past its time has expired: time decides, no row has to be written for it.
 */
export type StoredStatus =
  | 'open'
  | 'match'
  | 'accepted'
  | 'refused'
  | 'declined'
  | 'cancelled'
  | 'completed'
  | 'rejected';

/** Instants are epoch seconds. */
export interface RequestTables {
  presentation_request: {
    /** The transaction id: known to who asked, never to the wallet. */
    id: string;
    /** Access token that asked. */
    owner: string;
    scene: string;
    device: 'cross' | 'same';
    /** JSON of RequestContext: room and guest, no personal data. */
    context: string;
    status: StoredStatus;
    /** Why refused; on an open request, why the last answer could not be checked. */
    reason: Code | null;
    /** Sealed StoredResult. */
    result: string | null;
    match_tries: number;
    /** Same device: hash of the cookie of the browser that started. */
    session_hash: string | null;
    return_url: string | null;
    code_hash: string | null;
    code_used_at: number | null;
    created_at: number;
    answered_at: number | null;
    expires_at: number;
    /** When the sweeper takes the row and what is sealed for it. */
    delete_at: number;
  };
  /** One QR code: an address for the wallet with a nonce, a state and a key of its own. */
  request_link: {
    /** The id in request_uri and response_uri: public. */
    rid: string;
    request_id: string;
    /** Sealed LinkSecrets. */
    secrets: string;
    created_at: number;
    /** Until when a wallet may fetch it. */
    fetch_until: number;
    /** Until when it may be answered; null until it was fetched. */
    answer_until: number | null;
  };
}
