import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const registerMigration: Migration = {
  async up(db) {
    await sql`create table person (
      id text primary key, number_index text not null unique, sealed text not null, updated_at bigint not null)`.execute(
      db,
    );
  },
};
