import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

export const enrolmentMigration: Migration = {
  async up(db) {
    await sql`create table application (
      id text primary key, account_id text not null, state text not null, version integer not null,
      configuration_ids text not null, created_at bigint not null, notice_version text, notice_at bigint,
      face_way text, face_consent_at bigint, face_attempts integer not null, typed text, read_front text,
      read_back text, number_index text, person_ref text, sent_at bigint, examine_at bigint,
      examine_tries integer not null, reason text, priority integer not null, note text, decided_at bigint,
      decided_by text, replaced_at bigint, claimed_by text, claimed_until bigint, expires_at bigint not null)`.execute(
      db,
    );
    // Whatever the program does wrong: an account has one application under way.
    await sql`create unique index application_open on application (account_id)
      where state in ('draft', 'sent', 'review', 'asked')`.execute(db);
    // One person, one digital ID: of all approved applications of a person, one gives something.
    await sql`create unique index application_active on application (person_ref)
      where state = 'approved' and replaced_at is null`.execute(db);
    await sql`create index application_account on application (account_id, created_at)`.execute(db);
    await sql`create index application_number on application (number_index)`.execute(db);
    await sql`create index application_queue on application (state, priority, sent_at)`.execute(db);
    await sql`create index application_due on application (examine_at) where examine_at is not null`.execute(db);
    await sql`create table application_evidence (
      id text primary key, application_id text not null references application (id), kind text not null,
      position integer not null, sealed text, sha256 text not null, bytes integer not null, width integer not null,
      height integer not null, created_at bigint not null, unique (application_id, kind, position))`.execute(db);
    await sql`create table application_check (
      application_id text not null references application (id), name text not null, result text not null,
      reason text not null, rule_version text not null, at bigint not null,
      primary key (application_id, name))`.execute(db);
    await sql`create table face_challenge (
      id text primary key, application_id text not null references application (id), session_id text not null,
      steps text not null, created_at bigint not null, expires_at bigint not null, consumed_at bigint, result text,
      reason text)`.execute(db);
    await sql`create index face_challenge_application on face_challenge (application_id, created_at)`.execute(db);
    await sql`create table counter_code (
      id text primary key, number_index text not null, code_mac text not null, created_by text not null,
      created_at bigint not null, expires_at bigint not null, wrong integer not null, used_at bigint,
      application_id text)`.execute(db);
    await sql`create index counter_code_number on counter_code (number_index)`.execute(db);
  },
};
