/** At rest: how soon the world is up, and how much memory it keeps while nobody asks anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './load.ts';

const main = 'main.ts';
const doors = ['http://localhost:4010/openapi.json', 'http://localhost:4020/openapi.json', 'http://localhost:4030/'];

/** `npm start` twice in a folder of its own: the first builds the pages, the second is what is measured. */
export async function worldLines(folder: string): Promise<string[]> {
  if (!existsSync(main)) return ['not measured: there is no main.ts'];
  if (await isTaken()) return ['not measured: somebody listens on its ports'];
  await runWorld(folder, 90_000);
  const { startMs, residentMb } = await runWorld(folder, 30_000);
  return [
    `up in ${(startMs / 1000).toFixed(1)} s once built, target 3 s`,
    `${residentMb.toFixed(0)} MB resident at rest, issuer, verifier and wallet server in one process, target 250 MB`,
  ];
}

async function isTaken(): Promise<boolean> {
  for (const door of doors) if (await isOpen(door)) return true;
  return false;
}

/** Whether anybody answers there, whatever the answer is. */
async function isOpen(door: string): Promise<boolean> {
  try {
    await send('GET', door);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error);
  }
}

async function runWorld(folder: string, patience: number) {
  const began = performance.now();
  const child = spawn(process.execPath, [`${process.cwd()}/${main}`], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    for (const door of doors) {
      while (!(await isOpen(door))) {
        if (performance.now() - began > patience || child.exitCode !== null) throw new Error('the world did not start');
        await sleep(20);
      }
    }
    const startMs = performance.now() - began;
    await sleep(3_000);
    return { startMs, residentMb: residentOf(child) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Linux tells it in pages of /proc; elsewhere it stays unknown. */
function residentOf({ pid }: ChildProcess): number {
  const file = `/proc/${pid}/status`;
  const kilobytes = existsSync(file) ? /VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return Number(kilobytes ?? Number.NaN) / 1024;
}
