/** What accounts need of others: named here, so that a test can stand in for a mail server and nothing else. */
import type { Kysely } from 'kysely';
import type { IssuerTables } from '../tables.ts';

/** Sends one mail of fixed words. Throws when the post did not take it. */
export interface Mailer {
  send(mail: { readonly to: string; readonly subject: string; readonly text: string }): Promise<void>;
}

/** An application as its applicant sees it: no evidence, nothing that was typed or read. */
export interface ApplicationView {
  readonly id: string;
  readonly state: string;
  readonly configurationIds: readonly string[];
  readonly createdAt: number;
  readonly sentAt: number | undefined;
  readonly decidedAt: number | undefined;
  /** Code of the outcome. */
  readonly reason: string | undefined;
}

/** The applications of an account; the room that keeps them is elsewhere. */
export interface AccountApplications {
  list(accountId: string): Promise<readonly ApplicationView[]>;
  /** A new application, or the open one: changed data is applied for like first data, with new evidence. */
  open(trx: Kysely<IssuerTables>, accountId: string, configurationIds: readonly string[]): Promise<string>;
  /** Ends what is open and shreds everything sealed of all of them. */
  erase(trx: Kysely<IssuerTables>, accountId: string): Promise<void>;
}
