/** At rest: how soon the world is up, and how much memory it keeps while nobody asks anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';

const restMs = 3_000;

/** `npm start` twice on data of its own: the first time builds the pages, the second is what is measured. */
export async function worldLines(folder: string): Promise<string[]> {
  const settings = {
    DATA_DIR: join(folder, 'world'),
    ISSUER_PORT: String(await freePort()),
    VERIFIER_PORT: String(await freePort()),
    WALLET_PORT: String(await freePort()),
  };
  const first = await runWorld(settings);
  const { startMs, residentMb } = await runWorld(settings);
  return [
    `up in ${seconds(startMs)} once built, target 3 s; the first time ${seconds(first.startMs)}, target 15 s`,
    `${residentMb.toFixed(0)} MB resident, issuer, verifier and wallet server in one process, target 250 MB`,
    `${first.residentMb.toFixed(0)} MB in the process that has just built the pages`,
  ];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

async function runWorld(settings: Readonly<Record<string, string>>) {
  const began = performance.now();
  const child = spawn(process.execPath, ['main.ts'], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    // It prints where to go once all three listen.
    await Promise.race([once(child.stdout, 'data'), ended]);
    if (child.exitCode !== null) throw new Error(`main.ts ended with ${child.exitCode}`);
    const startMs = performance.now() - began;
    await sleep(restMs);
    return { startMs, residentMb: residentOf(child) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Linux tells it in /proc; elsewhere it stays unknown. */
function residentOf({ pid }: ChildProcess): number {
  const file = `/proc/${pid}/status`;
  const kilobytes = existsSync(file) ? /VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return Number(kilobytes ?? Number.NaN) / 1024;
}
