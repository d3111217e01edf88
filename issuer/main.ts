/** `npm run issuer`: the issuer alone, configured by the environment or by the file that CONFIG_FILE names. */
import { runService } from '../shared/server/run-service.ts';
import { readIssuerConfig } from './config.ts';
import { startIssuer } from './start.ts';

await runService('issuer', async (env, file, log) => {
  const { config, place } = readIssuerConfig(env, file);
  return startIssuer(config, place, { log });
});
