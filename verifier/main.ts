/** `npm run verifier`: the verifier alone, configured by the environment or by the file that CONFIG_FILE names. */
import { runService } from '../shared/server/run-service.ts';
import { readVerifierConfig } from './config.ts';
import { startVerifier } from './start.ts';

await runService('verifier', async (env, file, log) => {
  const { config, place } = readVerifierConfig(env, file);
  return startVerifier(config, place, { log });
});
