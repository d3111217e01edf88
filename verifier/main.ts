/** `npm run verifier`: the verifier alone, configured by the environment or by the file that CONFIG_FILE names. */
import { codeOf } from '../shared/errors.ts';
import { ConfigError, processEnvironment } from '../shared/server/config.ts';
import { createLog } from '../shared/server/log.ts';
import { readVerifierConfig } from './config.ts';
import { startVerifier } from './start.ts';

const log = createLog({ service: 'verifier' });
try {
  const env = processEnvironment();
  const { config, place } = readVerifierConfig(env, env.CONFIG_FILE);
  const running = await startVerifier(config, place, { log });
  log.event('service.started', { url: running.listening.url, ms: Math.round(performance.now()) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void running.close().then(() => log.event('service.stopped', {}));
    });
  }
} catch (error) {
  if (error instanceof ConfigError) for (const fault of error.faults) console.error(fault);
  log.event('service.failed', { code: codeOf(error) });
  process.exitCode = 1;
}
