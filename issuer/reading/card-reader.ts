/**
 * The readers' pool. Decoding, straightening and recognising happen in worker threads, so that a photo never holds up
 * the service; threads start with the first photo and are let go with the process. A thread that dies or takes too
 * long loses its photo, not the pool.
 */
import { Worker } from 'node:worker_threads';
import { HufuError } from '../../shared/errors.ts';
import type { BackReading, CardReader, FrontReading } from './types.ts';

type Side = 'front' | 'back';

interface Job {
  readonly side: Side;
  readonly photo: Uint8Array;
  readonly settle: (answer: Answer) => void;
}

/** What a thread sends back: a reading of the side it was asked for, or that it could not. */
export type Answer =
  | { readonly side: 'front'; readonly reading: FrontReading }
  | { readonly side: 'back'; readonly reading: BackReading }
  | { readonly side: 'none' };

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
  timer: NodeJS.Timeout | undefined;
}

export interface CardReaderOptions {
  /** Where the recognition models are kept once built: the service's data folder. */
  readonly modelDir: string;
  /** Photos read at the same time; each thread takes about 300 MB once it has read. */
  readonly workers: number;
  /** Photos that may wait; more are refused. */
  readonly maxWaiting?: number;
  /** Seconds one photo may take, the start of its thread included. */
  readonly maxSeconds?: number;
}

export function createCardReader(options: CardReaderOptions): CardReader {
  const { modelDir, workers, maxWaiting = 32, maxSeconds = 60 } = options;
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let closed = false;

  function start(): Thread {
    const worker = new Worker(new URL('./card-thread.ts', import.meta.url), { workerData: { modelDir } });
    const thread: Thread = { worker, job: undefined, timer: undefined };
    threads.add(thread);
    worker.unref();
    worker.on('message', (answer: Answer) => {
      finish(thread, answer);
      next();
    });
    worker.on('error', () => drop(thread));
    worker.on('exit', () => drop(thread));
    return thread;
  }

  function drop(thread: Thread): void {
    if (!threads.delete(thread)) return;
    finish(thread, { side: 'none' });
    void thread.worker.terminate();
    next();
  }

  function finish(thread: Thread, answer: Answer): void {
    clearTimeout(thread.timer);
    thread.job?.settle(answer);
    thread.job = undefined;
    thread.worker.unref();
  }

  function next(): void {
    if (closed || waiting.length === 0) return;
    const idle = [...threads].find(({ job }) => job === undefined) ?? (threads.size < workers ? start() : undefined);
    const job = idle && waiting.shift();
    if (idle === undefined || job === undefined) return;
    idle.job = job;
    idle.timer = setTimeout(() => drop(idle), maxSeconds * 1000);
    idle.worker.ref();
    idle.worker.postMessage({ side: job.side, photo: job.photo });
  }

  function ask(side: Side, photo: Uint8Array): Promise<Answer> {
    if (closed || waiting.length >= maxWaiting) return Promise.resolve({ side: 'none' });
    return new Promise((settle) => {
      waiting.push({ side, photo, settle });
      next();
    });
  }

  return {
    async readFront(photo) {
      const answer = await ask('front', photo);
      if (answer.side !== 'front') throw new HufuError('unavailable', { at: 'reading' });
      return answer.reading;
    },
    async readBack(photo) {
      const answer = await ask('back', photo);
      if (answer.side !== 'back') throw new HufuError('unavailable', { at: 'reading' });
      return answer.reading;
    },
    async close() {
      closed = true;
      for (const { settle } of waiting.splice(0)) settle({ side: 'none' });
      const ending = [...threads];
      threads.clear();
      for (const thread of ending) finish(thread, { side: 'none' });
      await Promise.all(ending.map(({ worker }) => worker.terminate()));
    },
  };
}
