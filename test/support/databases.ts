/** The contract suites run on both engines: SQLite in memory, and PostgreSQL in a database of the test file's own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, inject } from 'vitest';
import { type Database, type Migration, openDatabase } from '../../shared/server/database.ts';

export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  /** A fresh, empty database with these migrations; closed and removed when the file is done. */
  open<T>(migrations: Readonly<Record<string, Migration>>): Promise<Database<T>>;
  /** The URL of a fresh database that several connections or processes can open. */
  freshUrl(): Promise<string>;
}

type Cleanup = () => Promise<void>;

/** Runs `suite` once per engine, as `describe('... (sqlite)')` and `describe('... (postgres)')`. */
export function eachDatabase(title: string, suite: (engine: Engine) => void): void {
  for (const name of ['sqlite', 'postgres'] as const) {
    describe(`${title} (${name})`, () => {
      const cleanups: Cleanup[] = [];
      afterAll(async () => {
        for (const cleanup of cleanups.reverse()) await cleanup();
      });
      const freshUrl = () => (name === 'sqlite' ? sqliteFile(cleanups) : postgresDatabase(cleanups));
      suite({
        name,
        freshUrl,
        async open<T>(migrations: Readonly<Record<string, Migration>>) {
          const url = name === 'sqlite' ? ':memory:' : await freshUrl();
          const database = await openDatabase<T>({ url, migrations });
          cleanups.push(() => database.close());
          return database;
        },
      });
    });
  }
}

async function sqliteFile(cleanups: Cleanup[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-sqlite-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'test.sqlite');
}

/** A database on the run's server, dropped afterwards whoever may still hold it. */
export async function postgresDatabase(cleanups: Cleanup[]): Promise<string> {
  const answer = await fetch(inject('postgresBroker'));
  const serverUrl = await answer.text();
  if (!answer.ok) throw new Error(`PostgreSQL did not start: ${serverUrl}`);
  const name = `hufu_test_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, `create database ${name}`);
  cleanups.push(() => administer(serverUrl, `drop database if exists ${name} with (force)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
