import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const accountsMigration: Migration = {
  async up(db) {
    await sql`create table holder_account (
      id text primary key, state text not null, person_ref text unique, contact text, created_at bigint not null,
      frozen_at bigint, freeze_reason text, deleted_at bigint)`.execute(db);
    await sql`create table sign_in (
      id text primary key, account_id text not null, outcome text not null, passkey_id text not null,
      place_hash text not null, agent text not null, at bigint not null)`.execute(db);
    await sql`create index sign_in_account on sign_in (account_id, at)`.execute(db);
    await sql`create index sign_in_at on sign_in (at)`.execute(db);
    await sql`create table account_alert (
      id text primary key, account_id text not null, kind text not null, passkey_id text, agent text not null,
      at bigint not null, answer text, answered_at bigint, former_contact text, token_hash text unique, mail_tries integer not null,
      mailed_at bigint)`.execute(db);
    await sql`create index account_alert_account on account_alert (account_id, at)`.execute(db);
    await sql`create index account_alert_mail on account_alert (mailed_at)`.execute(db);
    await sql`create table account_hold (
      account_id text not null, issuance_id text not null, primary key (account_id, issuance_id))`.execute(db);
  },
};
