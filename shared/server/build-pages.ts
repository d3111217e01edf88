/**
 * Builds a Vite root into a folder when its sources have changed since: a hash over all of them is kept beside the
 * result. Built aside and moved into place, so that neither a crash nor a second process leaves half a page.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Log } from './log.ts';

export interface BuildPagesOptions {
  /** Folder with index.html. */
  readonly root: string;
  readonly configFile?: string;
  /** Files and folders whose change means a new build: the root, shared/, package-lock.json. */
  readonly sources: readonly string[];
  /** Relative to the working directory, as every other setting is. */
  readonly outDir: string;
  readonly log: Log;
}

const stampFile = '.sources';

/** Returns whether a build was needed. */
export async function buildPages(options: BuildPagesOptions): Promise<boolean> {
  // Vite would read a relative folder as one below its root.
  const outDir = resolve(options.outDir);
  const stamp = sourceHash(options.sources);
  if (readStamp(outDir) === stamp) return false;
  const started = performance.now();
  const { build } = await import('vite');
  mkdirSync(dirname(outDir), { recursive: true });
  const draft = mkdtempSync(`${outDir}.`);
  try {
    await build({
      root: options.root,
      ...(options.configFile !== undefined && { configFile: options.configFile }),
      logLevel: 'silent',
      build: { outDir: draft, emptyOutDir: true },
    });
    writeFileSync(join(draft, stampFile), stamp);
    replaceFolder(draft, outDir);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  options.log.event('pages.built', { files: countFiles(outDir), ms: Math.round(performance.now() - started) });
  return true;
}

/** Another process may do the same at this moment: whoever comes last leaves its pages, built from the same sources. */
function replaceFolder(draft: string, target: string): void {
  for (let attempt = 1; ; attempt += 1) {
    rmSync(target, { recursive: true, force: true });
    try {
      renameSync(draft, target);
      return;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

function readStamp(outDir: string): string | undefined {
  const file = join(outDir, stampFile);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function sourceHash(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesBelow(source)) {
      const content = readFileSync(file);
      hash.update(`${relative(dirname(source), file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('base64url');
}

function filesBelow(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules' && !name.startsWith('.'))
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

function countFiles(folder: string): number {
  return filesBelow(folder).length;
}
