/** The life of a service that is started alone: its settings, a line when it listens, a clean end at a signal. */
import { codeOf } from '../errors.ts';
import { ConfigError, type Environment, processEnvironment } from './config.ts';
import { createLog, type Log } from './log.ts';

export interface RunningService {
  readonly listening: { readonly url: string };
  close(): Promise<void>;
}

/**
 * Settings come from the environment, or from the file that CONFIG_FILE names. What is wrong with them is printed by
 * name, one per line, and the exit code is 1. SIGINT and SIGTERM finish what is in flight.
 */
export async function runService(
  service: string,
  start: (env: Environment, file: string | undefined, log: Log) => Promise<RunningService>,
): Promise<void> {
  const log = createLog({ service });
  try {
    const env = processEnvironment();
    const running = await start(env, env.CONFIG_FILE, log);
    log.event('service.started', { url: running.listening.url, ms: Math.round(performance.now()) });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        void running.close().then(() => log.event('service.stopped', {}));
      });
    }
  } catch (error) {
    if (error instanceof ConfigError) for (const fault of error.faults) process.stderr.write(`${fault}\n`);
    log.event('service.failed', { code: codeOf(error) });
    process.exitCode = 1;
  }
}
