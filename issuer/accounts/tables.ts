import type { EnvelopeTables } from '../../shared/server/envelope.ts';

export type AccountState = 'open' | 'frozen' | 'deleted';
export type FreezeReason = 'holder' | 'not_me' | 'card_lost';
export type AlertKind = 'new_device' | 'new_network' | 'many_failures' | 'passkey_added' | 'contact_changed';
export type AlertAnswer = 'mine' | 'not_me';

/** Instants are epoch seconds. */
export interface AccountTables extends EnvelopeTables {
  holder_account: {
    id: string;
    state: AccountState;
    /** The row of the register, once an application was approved. One account of a person at a time. */
    person_ref: string | null;
    /** E-mail address for alerts, sealed. */
    contact: string | null;
    created_at: number;
    frozen_at: number | null;
    freeze_reason: FreezeReason | null;
    deleted_at: number | null;
  };
  /** Sign-ins, good and refused. */
  sign_in: {
    id: string;
    account_id: string;
    outcome: 'done' | 'refused';
    passkey_id: string;
    place_hash: string;
    agent: string;
    at: number;
  };
  account_alert: {
    id: string;
    account_id: string;
    kind: AlertKind;
    passkey_id: string | null;
    agent: string;
    at: number;
    answer: AlertAnswer | null;
    answered_at: number | null;
    /** Where it goes instead of the account's address, sealed: the address that was just replaced. */
    former_contact: string | null;
    /** Of the word in the mail that freezes without a sign-in. */
    token_hash: string | null;
    mail_tries: number;
    /** Null while a mail is due. */
    mailed_at: number | null;
  };
  /** What a freeze suspended, so that unfreezing resumes that and nothing an official suspended. */
  account_hold: { account_id: string; issuance_id: string };
}
