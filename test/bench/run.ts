/**
 * `npm run bench`: what operations cost, in V (measure.ts). Prints, never judges: a target that is missed is marked,
 * and the exit code stays 0. One core is enough; a quiet machine is better.
 */
import { encryptionAndListFigures } from './encryption-and-lists.ts';
import { machineFigures } from './machine.ts';
import type { Figure } from './measure.ts';
import { sdJwtFigures } from './sd-jwt.ts';
import { vcJwtFigures } from './vc-jwt.ts';

const parts: readonly (readonly [string, () => Promise<Figure[]>])[] = [
  ['This machine', machineFigures],
  ['SD-JWT VC, in process', sdJwtFigures],
  ['VC-JWT, in process', vcJwtFigures],
  ['Encryption and status lists, in process', encryptionAndListFigures],
];

function line({ name, micros, v, target }: Figure): string {
  const judgement = target === undefined ? '' : `  target ${target}${v <= target ? '' : '  MISSED'}`;
  const perSecond = Math.round(1_000_000 / micros).toLocaleString('en');
  return `${name.padEnd(56)}${v.toFixed(v < 0.1 ? 4 : 2).padStart(10)} V${perSecond.padStart(14)}/s${judgement}`;
}

console.log(`node ${process.version}, ${process.arch}; V = processor time of one ES256 verification in the same run`);
for (const [title, figures] of parts) {
  console.log(`\n${title}`);
  for (const figure of await figures()) console.log(line(figure));
}
