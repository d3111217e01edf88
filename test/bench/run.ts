/**
 * `npm run bench`: what operations cost, in V (measure.ts), as a table for docs/performance.md. Prints, never judges: a
 * target that is missed is marked, and the exit code stays 0. Takes about two minutes; a quiet machine is better.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptionAndListFigures } from './encryption-and-lists.ts';
import { machineFigures } from './machine.ts';
import type { Figure } from './measure.ts';
import { overHttpFigures } from './over-http.ts';
import { sdJwtFigures } from './sd-jwt.ts';
import { rebuildFigures } from './status-list.ts';
import { vcJwtFigures } from './vc-jwt.ts';
import { worldLines } from './world.ts';

const folder = await mkdtemp(join(tmpdir(), 'hufu-bench-'));
const parts: readonly (readonly [string, () => Promise<Figure[]>])[] = [
  ['This machine', machineFigures],
  ['SD-JWT VC, in process', sdJwtFigures],
  ['VC-JWT, in process', vcJwtFigures],
  ['Encryption and status lists, in process', encryptionAndListFigures],
  ['A status list in its room, on SQLite', () => rebuildFigures(folder)],
  ['Over HTTP: processor time of the service alone, durable SQLite', () => overHttpFigures(folder)],
];

function line({ name, micros, v, target, detail = '' }: Figure): string {
  const cost = Number.isNaN(v) ? '-' : v.toFixed(v < 0.1 ? 4 : v < 20 ? 2 : 1);
  const perSecond = Math.round(1_000_000 / micros).toLocaleString('en');
  const goal = target === undefined ? '' : `${target.toFixed(target < 20 ? 1 : 0)}${v <= target ? '' : ' **missed**'}`;
  return `| ${name.padEnd(66)} | ${cost.padStart(7)} | ${perSecond.padStart(11)} | ${goal} | ${detail} |`;
}

const wanted = process.argv.slice(2);
const began = performance.now();
const [cpu] = cpus();
const load = loadavg().map((value) => value.toFixed(1));
console.log(
  `node ${process.version}, ${process.arch}, ${cpus().length} x ${cpu?.model ?? '?'}, load ${load.join(' ')}`,
);
console.log('V = processor time of one ES256 verification with a ready key in the same run');
try {
  for (const [title, figures] of parts) {
    if (wanted.length > 0 && !wanted.some((word) => title.includes(word))) continue;
    console.log(`\n### ${title}\n| | V | per processor second | target V | |\n|---|--:|--:|---|---|`);
    for (const figure of await figures()) console.log(line(figure));
  }
  if (wanted.length === 0 || wanted.includes('world')) {
    console.log('\n### The whole world at rest');
    for (const text of await worldLines(folder)) console.log(`- ${text}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
