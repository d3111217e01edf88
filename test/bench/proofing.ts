/**
 * `npm run bench:proofing`: how well and how fast card photos are read. Synthetic people nobody tuned for (seeds from
 * 1001; the limits were set on seeds below 100), ten conditions in turn: 50 fronts and 50 backs; `-- 10` makes it 10 of
 * each.
 * Prints, never judges: a goal that is missed is marked, and the exit code stays 0.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCardReader } from '../../issuer/reading/index.ts';
import { cardFonts, drawBack, drawFront } from '../support/cards/draw.ts';
import { createCardPerson } from '../support/cards/people.ts';
import { conditions, photograph } from '../support/cards/photograph.ts';
import { compareBack, compareFront, type Outcome } from './card-outcomes.ts';

const goals: Readonly<Record<string, number>> = {
  number: 99,
  birthdate: 97,
  sex: 100,
  ethnicity: 96,
  address: 92,
  name: 73,
  validFrom: 100,
  validUntil: 100,
};

const count = Number(process.argv[2] ?? 50);
const firstSeed = Number(process.argv[3] ?? 1001);

interface Timed {
  readonly condition: string;
  readonly wall: number;
  readonly cpu: number;
  readonly outcome: Outcome;
}

async function timed(condition: string, read: () => Promise<Outcome>): Promise<Timed> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const outcome = await read();
  const used = process.cpuUsage(cpu);
  return { condition, wall: performance.now() - wall, cpu: (used.user + used.system) / 1000, outcome };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function report(side: string, all: readonly Timed[]): void {
  console.log(`\n${side}: ${all.length} photos`);
  for (const field of Object.keys(all[0]?.outcome.right ?? {})) {
    const right = all.filter(({ outcome }) => outcome.right[field]).length;
    const sureAndWrong = all.filter(({ outcome }) => !outcome.right[field] && outcome.sure[field]).length;
    const goal = goals[field];
    const missed = goal !== undefined && (100 * right) / all.length < goal ? '  MISSED' : '';
    const words = [percent(right, all.length).padStart(8), `wrong and not marked doubtful: ${sureAndWrong}`];
    console.log(`  ${field.padEnd(12)}${words.join('   ')}${goal === undefined ? '' : `   goal ${goal} %${missed}`}`);
  }
  const wrongButValid = all.filter(({ outcome }) => outcome.wrongButValid).length;
  console.log(`  wrong but valid numbers: ${wrongButValid}`);
  console.log(`  every item right or marked doubtful: ${percent(all.filter(isHonest).length, all.length)}`);
  const [wall, cpu] = [median(all.map((t) => t.wall)), median(all.map((t) => t.cpu))];
  console.log(`  median ${Math.round(wall)} ms by the clock, ${Math.round(cpu)} ms of processor time (all threads)`);
  for (const { name } of conditions) {
    const these = all.filter(({ condition }) => condition === name);
    const wrong = these.flatMap(({ outcome }) => Object.keys(outcome.right).filter((field) => !outcome.right[field]));
    if (wrong.length > 0) console.log(`  ${name.padEnd(12)} of ${these.length}, wrong: ${wrong.join(' ')}`);
  }
}

const isHonest = ({ outcome: { right, sure } }: Timed): boolean =>
  Object.keys(right).every((field) => right[field] || !sure[field]);

const modelDir = mkdtempSync(join(tmpdir(), 'hufu-models-'));
const reader = createCardReader({ modelDir, workers: 1 });
console.log(`node ${process.version}; text in ${cardFonts.text}, number in ${cardFonts.number}`);
const [fronts, backs]: [Timed[], Timed[]] = [[], []];
for (let at = 0; at < count; at += 1) {
  const seed = firstSeed + at;
  const person = createCardPerson(seed);
  const condition = conditions[at % conditions.length];
  if (condition === undefined) break;
  const front = await photograph(drawFront(person, seed), condition, seed);
  const back = await photograph(drawBack(person, seed), condition, seed + 1_000_000);
  // The first photo also starts the threads and builds the models.
  if (at === 0) await reader.readFront(front);
  fronts.push(await timed(condition.name, async () => compareFront(person, await reader.readFront(front))));
  if (at % 10 === 9) console.error(`${at + 1} of ${count} people`);
  backs.push(await timed(condition.name, async () => compareBack(person, await reader.readBack(back))));
}
report('Fronts', fronts);
report('Backs', backs);
const clear = fronts.filter((front, at) => isClear(front) && backs[at] !== undefined && isClear(backs[at])).length;
console.log(
  `\nBoth sides read whole and sure, nothing wrong with the photos: ${percent(clear, fronts.length)} of applications`,
);
console.log(`Memory of the process: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
await reader.close();
rmSync(modelDir, { recursive: true });

function isClear({ outcome }: Timed): boolean {
  return outcome.photoIsGood && Object.values(outcome.sure).every(Boolean);
}
