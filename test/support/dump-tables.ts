/** Everything a thief of the database would hold: the raw files of SQLite, journal included; all rows of PostgreSQL. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import pg from 'pg';

export async function dumpTables(url: string): Promise<ReadonlyMap<string, Buffer>> {
  return url.startsWith('postgres') ? dumpPostgres(url) : dumpSqlite(url);
}

async function dumpSqlite(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(name)) found.set(name, await readFile(name));
  return found;
}

async function dumpPostgres(url: string): Promise<ReadonlyMap<string, Buffer>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = new Map<string, Buffer>();
    const { rows } = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    for (const { name } of rows) {
      const table = await client.query(`select * from ${client.escapeIdentifier(name)}`);
      found.set(`${url}/${name}`, Buffer.from(JSON.stringify(table.rows)));
    }
    return found;
  } finally {
    await client.end();
  }
}
