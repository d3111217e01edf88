/** `npm run wallet`: the wallet's server alone, configured by the environment or by the file that CONFIG_FILE names. */
import { codeOf } from '../shared/errors.ts';
import { ConfigError, processEnvironment } from '../shared/server/config.ts';
import { createLog } from '../shared/server/log.ts';
import { readWalletConfig } from './config.ts';
import { startWallet } from './server.ts';

const log = createLog({ service: 'wallet' });
try {
  const env = processEnvironment();
  const { config, place } = readWalletConfig(env, env.CONFIG_FILE);
  const running = await startWallet(config, place, { log });
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
