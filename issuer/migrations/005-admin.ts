import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const adminMigration: Migration = {
  async up(db) {
    await sql`create table admin_token (
      id text primary key, token_hash text not null unique, name text not null, roles text not null,
      created_at bigint not null, expires_at bigint not null, revoked_at bigint)`.execute(db);
    await sql`create table idempotent_answer (
      id text primary key, request_index text not null, sealed text not null, expires_at bigint not null)`.execute(db);
    await sql`create index idempotent_answer_expiry on idempotent_answer (expires_at)`.execute(db);
    await sql`create table official_act (
      issuance_id text not null, number integer not null, act text not null, reason text not null,
      actor text not null, at bigint not null, primary key (issuance_id, number))`.execute(db);
    await sql`create index issuance_recent on issuance (created_at, id)`.execute(db);
  },
};
