import { sql } from 'kysely';
import type { Migration } from '../../shared/server/database.ts';

const statements = [
  `create table access_token (
    id text primary key, kind text not null, name text not null, token_hash text not null unique,
    return_origins text not null, created_at bigint not null, revoked_at bigint)`,
  `create table desk_session (
    session_hash text primary key, token_id text not null, created_at bigint not null,
    last_seen_at bigint not null, expires_at bigint not null)`,
  'create index desk_session_expires on desk_session (expires_at)',
  `create table presentation_request (
    id text primary key, owner text not null, scene text not null, device text not null, context text not null,
    status text not null, reason text, result text, match_tries bigint not null, session_hash text, return_url text,
    code_hash text, code_used_at bigint, created_at bigint not null, answered_at bigint, expires_at bigint not null,
    delete_at bigint not null)`,
  'create index presentation_request_delete on presentation_request (delete_at)',
  `create table request_link (
    rid text primary key, request_id text not null, secrets text not null, created_at bigint not null,
    fetch_until bigint not null, answer_until bigint)`,
  'create index request_link_request on request_link (request_id)',
  `create table guest_record (
    id text primary key, request_id text not null unique, scene text not null, day text not null, entry text not null,
    completed_by text not null, created_at bigint not null, retain_until bigint not null)`,
  'create index guest_record_day on guest_record (day)',
  'create index guest_record_retain on guest_record (retain_until)',
];

export const initial: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
