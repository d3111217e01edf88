/** Instants are epoch seconds. */
export interface RecordTables {
  guest_record: {
    id: string;
    /** The presentation it came from: one record each. */
    request_id: string;
    scene: string;
    /** Civil date (UTC+8) of the check-in: the day list. */
    day: string;
    /** Sealed GuestEntry. */
    entry: string;
    completed_by: string;
    created_at: number;
    retain_until: number;
  };
}
