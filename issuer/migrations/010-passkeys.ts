import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const passkeysMigration: Migration = {
  async up(db) {
    await sql`create table passkey (
      id text primary key, owner_kind text not null, owner_id text not null, credential_id text not null unique,
      public_key text not null, counter bigint not null, transports text not null, synced integer not null,
      agent text not null, created_at bigint not null, used_at bigint, removed_at bigint)`.execute(db);
    await sql`create index passkey_owner on passkey (owner_kind, owner_id)`.execute(db);
    await sql`create table passkey_challenge (
      challenge_hash text primary key, owner_kind text not null, owner_id text, ceremony text not null,
      expires_at bigint not null)`.execute(db);
    await sql`create index passkey_challenge_expiry on passkey_challenge (expires_at)`.execute(db);
    await sql`create table session (
      token_hash text primary key, id text not null unique, owner_kind text not null, owner_id text not null,
      passkey_id text not null, created_at bigint not null, seen_at bigint not null, expires_at bigint not null,
      place_hash text not null, agent text not null)`.execute(db);
    await sql`create index session_owner on session (owner_kind, owner_id)`.execute(db);
    await sql`create index session_expiry on session (expires_at)`.execute(db);
  },
};
