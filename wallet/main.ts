/** `npm run wallet`: the wallet's server alone, configured by the environment or by the file that CONFIG_FILE names. */
import { runService } from '../shared/server/run-service.ts';
import { readWalletConfig } from './config.ts';
import { startWallet } from './server.ts';

await runService('wallet', async (env, file, log) => {
  const { config, place } = readWalletConfig(env, file);
  return startWallet(config, place, { log });
});
