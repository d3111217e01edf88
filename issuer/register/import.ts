/**
 * `npm run register:import people.csv`: people from a file into the embedded register, all or nothing. Configured as
 * the service is (BASE_URL, MODE, DATA_DIR, DATABASE_URL, or the file that CONFIG_FILE names). docs/register-import.md
 */
import { systemClock } from '../../shared/clock.ts';
import { codeOf } from '../../shared/errors.ts';
import { createIdCard } from '../../shared/id-card/index.ts';
import { ConfigError, processEnvironment } from '../../shared/server/config.ts';
import { readIssuerConfig } from '../config.ts';
import { createIssuerEnvelope } from '../issuer.ts';
import { openIssuerKeys } from '../keys/index.ts';
import { openIssuerDatabase } from '../start.ts';
import { importPeople } from './import-people.ts';
import { createEmbeddedRegister } from './store.ts';

async function main(file: string): Promise<void> {
  const env = processEnvironment();
  const { config, place } = readIssuerConfig(env, env.CONFIG_FILE);
  const clock = systemClock;
  const keys = await openIssuerKeys(config, place, clock);
  const db = await openIssuerDatabase(place);
  try {
    const register = createEmbeddedRegister({ db, envelope: createIssuerEnvelope({ config, clock, keys }) });
    const idCard = createIdCard({ clock, demoRegion: config.mode === 'demo' });
    const result = await importPeople(file, { db, register, idCard, clock });
    if (result.faults === undefined) {
      console.log(`imported: ${result.added} added, ${result.updated} updated`);
      return;
    }
    for (const { line, column, reason } of result.faults) console.error(`line ${line}: ${column ?? 'file'}: ${reason}`);
    console.error(`refused: ${result.faults.length} faults, nothing was imported`);
    process.exitCode = 1;
  } finally {
    await db.close();
  }
}

const [file, ...more] = process.argv.slice(2);
if (file === undefined || more.length > 0) {
  console.error('usage: npm run register:import <people.csv>');
  process.exitCode = 2;
} else {
  try {
    await main(file);
  } catch (error) {
    if (error instanceof ConfigError) for (const fault of error.faults) console.error(fault);
    else if (error instanceof Error && 'code' in error && error.code === 'ENOENT') console.error('no such file');
    else console.error(codeOf(error));
    process.exitCode = 1;
  }
}
