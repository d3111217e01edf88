import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPages } from '../../../shared/server/build-pages.ts';
import { silentLog } from '../../../shared/server/log.ts';

// Below the repository, because a build looks for its packages above its root.
const parent = join(import.meta.dirname, '..', '..', '..', 'data');
let folder: string;
let options: Parameters<typeof buildPages>[0];

beforeAll(() => {
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'test-pages-'));
  const root = join(folder, 'src');
  mkdirSync(root);
  writeFileSync(
    join(root, 'index.html'),
    '<!doctype html><title>x</title><script type="module" src="./page.ts"></script>',
  );
  writeFileSync(join(root, 'page.ts'), "const greeting: string = 'first words'; document.title = greeting;");
  options = { root, sources: [root], outDir: join(folder, 'out', 'pages'), log: silentLog };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function built(): string {
  const assets = join(options.outDir, 'assets');
  return readdirSync(assets)
    .map((name) => readFileSync(join(assets, name), 'utf8'))
    .join('');
}

it('builds once, again only when a source has changed, and again when the result is gone', {
  timeout: 60_000,
}, async () => {
  expect(await buildPages(options)).toBe(true);
  expect(built()).toContain('first words');
  expect(await buildPages(options)).toBe(false);
  writeFileSync(join(options.root, 'page.ts'), "document.title = 'second words';");
  expect(await buildPages(options)).toBe(true);
  expect(built()).toContain('second words');
  expect(built()).not.toContain('first words');
  rmSync(options.outDir, { recursive: true });
  expect(await buildPages(options)).toBe(true);
});

it('a build that fails leaves the former pages and no draft', { timeout: 60_000 }, async () => {
  writeFileSync(join(options.root, 'page.ts'), "import './none.ts';");
  await expect(buildPages(options)).rejects.toThrow();
  expect(built()).toContain('second words');
  expect(readdirSync(join(folder, 'out'))).toEqual(['pages']);
});

it('two starts at once both end with whole pages', { timeout: 60_000 }, async () => {
  writeFileSync(join(options.root, 'page.ts'), "document.title = 'third words';");
  await Promise.all([buildPages(options), buildPages(options)]);
  expect(built()).toContain('third words');
  expect(existsSync(join(options.outDir, 'index.html'))).toBe(true);
});

it('a relative folder is one of the working directory, as in `npm start`', { timeout: 60_000 }, async () => {
  const outDir = join(folder, 'aside', 'pages');
  await buildPages({ ...options, outDir: relative(process.cwd(), outDir) });
  expect(existsSync(join(outDir, 'index.html'))).toBe(true);
});
