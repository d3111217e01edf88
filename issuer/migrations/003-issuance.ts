import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const issuanceMigration: Migration = {
  async up(db) {
    await sql`create table offer (
      id text primary key, person_ref text not null, configuration_ids text not null,
      configuration_count integer not null, code_hash text not null unique,
      reference_hash text unique, tx_code_mac text, tx_code_wrong integer not null, created_by text not null,
      created_at bigint not null, expires_at bigint not null, bound_jkt text, redeemed_at bigint,
      cancelled_at bigint, completed_at bigint)`.execute(db);
    await sql`create index offer_person on offer (person_ref)`.execute(db);
    await sql`create table issuance (
      id text primary key, offer_id text not null references offer (id), person_ref text not null,
      configuration_id text not null, notification_hash text not null unique, created_at bigint not null,
      expires_at bigint not null, accepted_at bigint, ended_at bigint, end_reason text)`.execute(db);
    await sql`create index issuance_person on issuance (person_ref)`.execute(db);
    // Whatever the program does wrong, there is never more than one live set of a kind per offer.
    await sql`create unique index issuance_live on issuance (offer_id, configuration_id) where ended_at is null`.execute(
      db,
    );
    await sql`create table issued_copy (
      issuance_id text not null references issuance (id), position integer not null, status_uri text not null,
      status_idx integer not null, primary key (issuance_id, position))`.execute(db);
  },
};
