import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { codeOf } from '../../../shared/errors.ts';
import { fileKeks, keksOf } from '../../../shared/server/kek.ts';
import { findSecretFile, loadOrCreateSecret, loadOrCreateText } from '../../../shared/server/key-files.ts';

const base = mkdtempSync(join(tmpdir(), 'hufu-keys-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'k-'));
});

function tried(act: () => unknown): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return codeOf(error);
  }
}

it('makes a secret once, for its owner only, in a folder for its owner only', () => {
  const file = join(folder, 'sub', 'a.key');
  const secret = loadOrCreateSecret(file, 32);
  expect(secret).toHaveLength(32);
  expect(loadOrCreateSecret(file, 32)).toEqual(secret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(lstatSync(join(folder, 'sub')).mode & 0o077).toBe(0);
  expect(readdirSync(join(folder, 'sub'))).toEqual(['a.key']);
});

it('calls the maker of a text only when there is none', () => {
  const file = join(folder, 'key.pem');
  expect(loadOrCreateText(file, () => 'first')).toBe('first');
  expect(loadOrCreateText(file, () => 'second')).toBe('first');
});

it('refuses a file that others may read, a link, a folder and a wrong length; 0400 is fine', () => {
  const file = join(folder, 'a.key');
  loadOrCreateSecret(file, 32);
  for (const mode of [0o640, 0o604, 0o644, 0o666, 0o660]) {
    chmodSync(file, mode);
    expect(tried(() => loadOrCreateSecret(file, 32))).toBe('key_file');
  }
  chmodSync(file, 0o400);
  expect(tried(() => loadOrCreateSecret(file, 32))).toBe('done');
  expect(tried(() => loadOrCreateSecret(file, 16))).toBe('key_file');
  symlinkSync(file, join(folder, 'link.key'));
  expect(tried(() => loadOrCreateSecret(join(folder, 'link.key'), 32))).toBe('key_file');
  expect(tried(() => loadOrCreateSecret(folder, 32))).toBe('key_file');
  expect(findSecretFile(join(folder, 'none.key'))).toBeUndefined();
});

it.skipIf(process.getuid?.() !== 0)('refuses a file of somebody else (needs root to make one)', async () => {
  const { chownSync } = await import('node:fs');
  const file = join(folder, 'a.key');
  loadOrCreateSecret(file, 32);
  chownSync(file, 12_345, 12_345);
  expect(tried(() => loadOrCreateSecret(file, 32))).toBe('key_file');
});

it('key-encryption keys: the highest number is current, a short or open file is refused', () => {
  expect(fileKeks(folder).current).toBe('kek-1');
  expect(fileKeks(folder).current).toBe('kek-1');
  loadOrCreateSecret(join(folder, 'kek-10.key'), 32);
  loadOrCreateSecret(join(folder, 'kek-9.key'), 32);
  const keks = fileKeks(folder);
  expect(keks.current).toBe('kek-10');
  const aad = new Uint8Array(1);
  const wrapped = keks.wrap('kek-9', new Uint8Array(32), aad);
  expect(keks.unwrap('kek-9', wrapped, aad)).toEqual(new Uint8Array(32));
  expect(tried(() => keks.unwrap('kek-10', wrapped, aad))).toBe('integrity');
  expect(tried(() => keks.unwrap('kek-7', wrapped, aad))).toBe('integrity');
  expect(tried(() => keks.wrap('kek-7', new Uint8Array(32), aad))).toBe('integrity');
  expect(tried(() => keksOf(new Map(), 'kek-1'))).toBe('integrity');
  writeFileSync(join(folder, 'kek-11.key'), new Uint8Array(16), { mode: 0o600 });
  expect(tried(() => fileKeks(folder))).toBe('key_file');
  rmSync(join(folder, 'kek-11.key'));
  chmodSync(join(folder, 'kek-9.key'), 0o644);
  expect(tried(() => fileKeks(folder))).toBe('key_file');
});
