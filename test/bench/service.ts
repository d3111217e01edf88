/** A service as its own process, whose processor time is its own: whoever drives it pays elsewhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../support/free-port.ts';
import { unitNow } from './measure.ts';

export interface Spent {
  /** Microseconds of processor time since the start, all threads. */
  readonly micros: number;
  /** Bytes in memory. */
  readonly resident: number;
}

export interface Service {
  readonly url: string;
  readonly child: ChildProcess;
  /** Milliseconds from spawning to listening. */
  readonly startMs: number;
  spent(): Promise<Spent>;
  stop(): Promise<void>;
}

export type Settings = Readonly<Record<string, string>>;

const preload = new URL('./report-cpu.ts', import.meta.url).href;

/** Runs a main file on a free port, its public address `http://localhost:<port>`. */
export async function startService(main: string, settings: Settings): Promise<Service> {
  const port = settings.PORT ?? String(await freePort());
  const url = `http://localhost:${port}`;
  const began = performance.now();
  // BENCH_NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=/tmp/prof` shows where the time goes.
  const extra = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...extra, '--import', preload, main], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', BASE_URL: url, ...settings, PORT: port },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      if (output.includes('"service.started"')) return;
      output += chunk;
      if (output.includes('"service.started"')) resolve();
    });
    void ended.then(([code]) => reject(new Error(`${main} ended with ${code}: ${output}`)));
  });
  const startMs = performance.now() - began;
  return {
    url,
    child,
    startMs,
    async spent() {
      const answer = once(child, 'message');
      child.send('spent');
      const [spent] = (await answer) as [Spent];
      return spent;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface Cost {
  /** Microseconds of processor time for each operation, and the unit's in the same minute. */
  readonly micros: number;
  readonly unit: number;
}

/** What `act`, which did `count` operations, cost the service. */
export async function costOf(service: Service, count: number, act: () => Promise<unknown>): Promise<Cost> {
  const unitBefore = await unitNow();
  const before = await service.spent();
  await act();
  const after = await service.spent();
  return { micros: (after.micros - before.micros) / count, unit: (unitBefore + (await unitNow())) / 2 };
}
