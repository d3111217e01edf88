import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const authorizationMigration: Migration = {
  async up(db) {
    await sql`create table oauth_record (
      kind text not null, id_hash text not null, grant_id text, payload text not null, consumed_at bigint,
      expires_at bigint not null, primary key (kind, id_hash))`.execute(db);
    await sql`create index oauth_record_grant on oauth_record (grant_id)`.execute(db);
    await sql`create index oauth_record_expiry on oauth_record (expires_at)`.execute(db);
    await sql`create table used_once (use_hash text primary key, expires_at bigint not null)`.execute(db);
    await sql`create index used_once_expiry on used_once (expires_at)`.execute(db);
  },
};
