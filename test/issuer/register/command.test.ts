import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuerMigrations } from '../../../issuer/migrations/index.ts';
import type { IssuerTables } from '../../../issuer/tables.ts';
import { checkCharacter } from '../../../shared/id-card/index.ts';
import { openDatabase } from '../../../shared/server/database.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      MODE: 'demo',
      BASE_URL: 'http://localhost:4010',
      DATA_DIR: join(folder, 'issuer'),
      ...env,
    },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}
const run = (script: string, args: readonly string[], env?: Readonly<Record<string, string>>) =>
  start(script, args, env).ended;

const header =
  'number,name,sex,ethnicity,birthdate,region_code,region,street,card_authority,card_valid_from,card_valid_until';
function row(serial: number, day = 0): string {
  const birthdate = new Date(Date.UTC(1980, 0, 1 + day)).toISOString().slice(0, 10);
  const digits = `330199${birthdate.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
  return `${digits}${checkCharacter(digits)},测试人,1,01,${birthdate},330199,浙江省示例县,望江路 1 号,示例县公安局,2020-01-01,2040-01-01`;
}
function file(lines: readonly string[]): string {
  const path = join(folder, 'people.csv');
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
  return path;
}
async function countPeople(): Promise<number> {
  const db = await openDatabase<IssuerTables>({
    url: join(folder, 'issuer', 'issuer.sqlite'),
    migrations: issuerMigrations,
  });
  const rows = await db.kysely.selectFrom('person').select('id').execute();
  await db.close();
  return rows.length;
}

describe('npm run register:import', () => {
  it('imports a file, and the service’s own keys open what it wrote', { timeout: 60_000 }, async () => {
    const result = await run('issuer/register/import.ts', [file([row(1), row(3)])]);
    expect(result).toMatchObject({ code: 0, out: 'imported: 2 added, 0 updated\n' });
    expect(await run('issuer/register/import.ts', [file([row(3), row(5)])])).toMatchObject({
      code: 0,
      out: 'imported: 1 added, 1 updated\n',
    });
    expect(await countPeople()).toBe(3);
    const stored = readFileSync(join(folder, 'issuer', 'issuer.sqlite'));
    expect(stored.includes('测试人')).toBe(false);
    expect(stored.includes('19800101')).toBe(false);
  });

  it('names what is wrong by line and reason, without the values, and imports nothing', {
    timeout: 60_000,
  }, async () => {
    const bad = row(5).replace('望江路 1 号', '秘密路');
    const result = await run('issuer/register/import.ts', [file([row(1), bad.replace(',1,01,', ',2,01,'), row(1)])]);
    expect(result.code).toBe(1);
    expect(result.err).toBe(
      'line 3: sex: sex_differs\nline 4: number: duplicate\nrefused: 2 faults, nothing was imported\n',
    );
    expect(await countPeople()).toBe(0);
  });

  it.each([
    ['no file', [], 2, 'usage'],
    ['two files', ['a.csv', 'b.csv'], 2, 'usage'],
    ['a file that is not there', ['none.csv'], 1, 'no such file'],
  ])('%s', { timeout: 60_000 }, async (_name, args, code, word) => {
    const result = await run('issuer/register/import.ts', args);
    expect(result.code).toBe(code);
    expect(result.err).toContain(word);
  });

  it('a service that is not configured imports nothing and says what is missing', { timeout: 60_000 }, async () => {
    const result = await run('issuer/register/import.ts', [file([row(1)])], { BASE_URL: '' });
    expect(result.code).toBe(1);
    expect(result.err).toContain('BASE_URL: missing');
  });

  it('killed while it writes, it leaves nothing', { timeout: 120_000 }, async () => {
    const days = Array.from({ length: 40 }, (_, day) => day);
    const path = file(days.flatMap((day) => Array.from({ length: 500 }, (_, serial) => row(serial * 2 + 1, day))));
    const { child, ended } = start('issuer/register/import.ts', [path]);
    const log = join(folder, 'issuer', 'issuer.sqlite-wal');
    while (child.exitCode === null && !(existsSync(log) && statSync(log).size > 2_000_000))
      await new Promise((go) => setTimeout(go, 5));
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    await ended;
    expect(await countPeople()).toBe(0);
  });
});

describe('npm run admin:token', () => {
  it('makes a token, shows it once, lists it, withdraws it', { timeout: 60_000 }, async () => {
    const made = await run('issuer/admin/token.ts', [
      '--role',
      'issuer-operator',
      '--role',
      'auditor',
      '--name',
      'post-office',
      '--days',
      '7',
    ]);
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^hufu_adm_[A-Za-z0-9_-]{43}\n$/);
    const listed = await run('issuer/admin/token.ts', ['--list']);
    expect(listed.out).toMatch(/^\S+ {2}post-office {2}issuer-operator auditor {2}until /);
    expect(listed.out).not.toContain('hufu_adm_');
    const id = listed.out.split(' ')[0] ?? '';
    expect((await run('issuer/admin/token.ts', ['--revoke', id])).code).toBe(0);
    expect(await run('issuer/admin/token.ts', ['--revoke', id])).toMatchObject({ code: 1, err: 'not_found\n' });
    expect((await run('issuer/admin/token.ts', ['--list'])).out).toContain('withdrawn');
  });

  it.each([
    [['--name', 'x']],
    [['--role', 'boss', '--name', 'x']],
    [['--role', 'auditor']],
    [['--role', 'auditor', '--name', 'x', '--days', '0']],
    [['--role', 'auditor', '--name', 'x', '--forever']],
  ])('says how it is used: %j', { timeout: 60_000 }, async (args) => {
    const result = await run('issuer/admin/token.ts', args);
    expect(result.code).toBe(1);
    expect(result.err).toContain('usage: npm run admin:token');
    expect(result.out).toBe('');
  });
});
