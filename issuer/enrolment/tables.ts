/**
 * draft: the applicant is at it. sent: waiting for the examination (the register may be down). review: waiting for a
 * person of ours. asked: back with the applicant, with a reason. approved, refused, withdrawn: final.
 */
export type ApplicationState = 'draft' | 'sent' | 'review' | 'asked' | 'approved' | 'refused' | 'withdrawn';

export type EvidenceKind = 'front' | 'back' | 'capture';
/** How the face is compared: by camera, by a person of ours without a capture, or at a counter. */
export type FaceWay = 'camera' | 'person' | 'counter';
export type CheckResult = 'pass' | 'fail' | 'doubt' | 'not-done';

/** Instants are epoch seconds. What is called sealed is an envelope's value, or null when it was never there or is forgotten. */
export interface EnrolmentTables {
  application: {
    id: string;
    account_id: string;
    state: ApplicationState;
    /** Grows by one with everything that happens to the application. */
    version: number;
    /** JSON list of what is applied for. */
    configuration_ids: string;
    created_at: number;
    /** Of the notice that the applicant read; null until then. */
    notice_version: string | null;
    notice_at: number | null;
    face_way: FaceWay | null;
    /** When the capture of the face was agreed to; null when it was not, or withdrawn. */
    face_consent_at: number | null;
    face_attempts: number;
    /** Sealed JSON: what the applicant says (fields.ts). */
    typed: string | null;
    /** Sealed JSON: what was read from the photos (reading.ts). */
    read_front: string | null;
    read_back: string | null;
    /** Blind index of the number that was typed. */
    number_index: string | null;
    /** The register's row, once the register was asked. */
    person_ref: string | null;
    sent_at: number | null;
    /** When the examination is due again; null when it is done. */
    examine_at: number | null;
    examine_tries: number;
    /** Why it is in review, was asked back, or how it ended: codes of reasons.ts. */
    reason: string | null;
    /** 1: to be looked at before others. */
    priority: 0 | 1;
    /** Sealed text of the reviewer to the applicant. */
    note: string | null;
    decided_at: number | null;
    decided_by: string | null;
    /** A later application of the same person was approved: this one gives nothing any more. */
    replaced_at: number | null;
    claimed_by: string | null;
    claimed_until: number | null;
    /** Of drafts and of what was asked back: after that it counts as withdrawn. */
    expires_at: number;
  };
  application_evidence: {
    id: string;
    application_id: string;
    kind: EvidenceKind;
    /** 0 for the sides of a card; the place in the challenge for a capture. */
    position: number;
    /** The re-encoded JPEG, sealed; null when the decision was final. */
    sealed: string | null;
    /** SHA-256 of the re-encoded JPEG, base64url: what remains of it. */
    sha256: string;
    bytes: number;
    width: number;
    height: number;
    created_at: number;
  };
  application_check: {
    application_id: string;
    name: string;
    result: CheckResult;
    reason: string;
    rule_version: string;
    at: number;
  };
  face_challenge: {
    id: string;
    application_id: string;
    session_id: string;
    /** JSON list of steps in the order that was asked for. */
    steps: string;
    created_at: number;
    expires_at: number;
    consumed_at: number | null;
    /** Null until something was sent in. */
    result: CheckResult | null;
    reason: string | null;
  };
  /** Given to a person at a counter after they were seen there. */
  counter_code: {
    id: string;
    /** Whose number was seen at the counter. */
    number_index: string;
    /** HMAC of the code with the row's id. */
    code_mac: string;
    created_by: string;
    created_at: number;
    expires_at: number;
    wrong: number;
    used_at: number | null;
    application_id: string | null;
  };
}
