import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import * as z from 'zod';
import { ConfigError, readConfig } from '../../../shared/server/config.ts';

const schema = z.object({
  BASE_URL: z.url(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  DATA_DIR: z.string().min(1),
  TOKEN: z.string().min(10).optional(),
});

const folder = mkdtempSync(join(tmpdir(), 'hufu-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: string): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, content);
  return path;
}

function faultsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

it('reads the environment over the file, with defaults, and takes an empty variable as absent', () => {
  const path = file('{"BASE_URL":"http://localhost:1","DATA_DIR":"data","PORT":1}');
  expect(readConfig(schema, { env: { PORT: '2', DATA_DIR: '', OTHER: 'x' }, file: path })).toEqual({
    BASE_URL: 'http://localhost:1',
    DATA_DIR: 'data',
    PORT: 2,
  });
});

it('reports all faults at once by name and never by value', () => {
  const env = { BASE_URL: 'not-a-url-secret', PORT: '70000', TOKEN: 'short' };
  const faults = faultsOf(() => readConfig(schema, { env }));
  expect([...faults].sort()).toEqual([
    'BASE_URL: not valid',
    'DATA_DIR: missing',
    'PORT: not valid',
    'TOKEN: not valid',
  ]);
  expect(JSON.stringify(faults)).not.toMatch(/secret|70000|short/);
});

it('refuses a name the schema does not know, a broken file and a missing one', () => {
  const good = { BASE_URL: 'http://localhost:1', DATA_DIR: 'data' };
  expect(faultsOf(() => readConfig(schema, { env: good, file: file('{"PROT":1}') }))).toEqual(['PROT: unknown']);
  expect(faultsOf(() => readConfig(schema, { env: good, file: file('{"a b":1}') }))).toEqual(['?: unknown']);
  expect(faultsOf(() => readConfig(schema, { env: good, file: file('{"PORT":1,"PORT":2}') }))).toEqual([
    'config file: json_dup_key',
  ]);
  expect(faultsOf(() => readConfig(schema, { env: good, file: join(folder, 'none.json') }))).toEqual([
    'config file: unreadable',
  ]);
  expect(faultsOf(() => readConfig(schema, { env: good }))).toEqual([]);
});
