import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const lifecycleMigration: Migration = {
  async up(db) {
    await sql`create table status_list (
      id text primary key, ordinal integer not null unique, size integer not null, version integer not null,
      is_open integer not null, created_at bigint not null)`.execute(db);
    await sql`create table status_entry (
      list_id text not null references status_list (id), idx integer not null, status integer not null,
      version integer not null, primary key (list_id, idx))`.execute(db);
    await sql`create index status_entry_changed on status_entry (list_id, version) where version > 0`.execute(db);
  },
};
