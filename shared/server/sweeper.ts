/** One sweeper for everything that expires: each task removes what is past its time and says how much it was. */
import { codeOf } from '../errors.ts';
import type { Log } from './log.ts';

export interface SweeperOptions {
  /** Name of the task and what it does; returns the number of rows removed. */
  readonly tasks: Readonly<Record<string, () => Promise<number>>>;
  readonly everySeconds: number;
  readonly log: Log;
}

export interface Sweeper {
  /** One round now. A task that fails is logged and does not keep the others from running. */
  sweep(): Promise<void>;
  /** Waits for a round under way. */
  stop(): Promise<void>;
}

export function startSweeper(options: SweeperOptions): Sweeper {
  let running: Promise<void> | undefined;

  async function round(): Promise<void> {
    for (const [task, run] of Object.entries(options.tasks)) {
      const started = performance.now();
      try {
        const removed = await run();
        if (removed > 0)
          options.log.event('sweep.done', { task, removed, ms: Math.round(performance.now() - started) });
      } catch (error) {
        options.log.event('sweep.failed', { task, code: codeOf(error) });
      }
    }
  }

  /** Rounds never overlap: who asks during one gets the one under way. */
  function sweep(): Promise<void> {
    running ??= round().finally(() => {
      running = undefined;
    });
    return running;
  }

  const timer = setInterval(() => void sweep(), options.everySeconds * 1000);
  timer.unref();
  return {
    sweep,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
