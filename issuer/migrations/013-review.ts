import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const reviewMigration: Migration = {
  async up(db) {
    await sql`create table staff (
      id text primary key, name text not null, roles text not null, number_index text not null,
      created_at bigint not null, left_at bigint)`.execute(db);
    await sql`create table staff_invite (
      token_hash text primary key, staff_id text not null references staff (id), created_at bigint not null,
      expires_at bigint not null, used_at bigint)`.execute(db);
    await sql`create table review_proposal (
      application_id text primary key references application (id), version integer not null, decision text not null,
      reason text not null, note text, proposed_by text not null, proposed_at bigint not null)`.execute(db);
    await sql`create index application_decided on application (decided_at) where decided_at is not null`.execute(db);
  },
};
