import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');
let folder: string;

beforeAll(() => {
  mkdirSync(join(repository, 'data'), { recursive: true });
  folder = mkdtempSync(join(repository, 'data', 'test-run-'));
  const setup = JSON.stringify(join(repository, 'test', 'support', 'global-setup.ts'));
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { globalSetup: [${setup}], include: ['*.case.mjs'] } };`,
  );
  writeFileSync(
    join(folder, 'one.case.mjs'),
    `
    import { expect, inject, it } from 'vitest';
    it('asks for the database and then passes or fails', async () => {
      expect((await fetch(inject('postgresBroker'))).status).toBe(200);
      expect(process.env.VERDICT).toBe('pass');
    });`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function exitCode(verdict: string): Promise<number> {
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [vitest, 'run', '--root', folder], {
      env: { ...process.env, VERDICT: verdict },
    });
    child.on('exit', (code) => resolve(code ?? -1));
  });
}

it('a failed test makes the run fail, also after the database was started', { timeout: 60_000 }, async () => {
  expect(await exitCode('fail')).toBe(1);
  expect(await exitCode('pass')).toBe(0);
});
