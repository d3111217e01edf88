/**
 * `npm run staff:invite -- --name <name> --role reviewer [--role supervisor]` makes a colleague and shows, once, the
 * word for their first passkey (POST /console/api/invite, docs/review.md). Their own resident number is read from standard input, so that no list of processes
 * and no shell history has it. `-- --list` shows who there is, `-- --leave <id>` ends somebody's access. Configured as
 * the service is.
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../shared/clock.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import { createIdCard } from '../../shared/id-card/index.ts';
import { ConfigError, processEnvironment } from '../../shared/server/config.ts';
import { readIssuerConfig } from '../config.ts';
import { createIssuerEnvelope } from '../issuer.ts';
import { openIssuerKeys } from '../keys/index.ts';
import { openIssuerDatabase } from '../start.ts';
import { isStaffRole, staffRoles } from './roles.ts';
import { endStaff, inviteStaff } from './staff.ts';
import { listStaff } from './staff-store.ts';

const usage = `usage: npm run staff:invite -- --name <name> --role <${staffRoles.join('|')}> [--role ...]
       npm run staff:invite -- --list
       npm run staff:invite -- --leave <id>`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', multiple: true, default: [] },
      name: { type: 'string' },
      list: { type: 'boolean', default: false },
      leave: { type: 'string' },
    },
  });
  const env = processEnvironment();
  const { config, place } = readIssuerConfig(env, env.CONFIG_FILE);
  const clock = systemClock;
  const keys = await openIssuerKeys(config, place, clock);
  const db = await openIssuerDatabase(place);
  try {
    if (values.leave !== undefined) return await endStaff(values.leave, { db, clock });
    if (values.list) {
      for (const { id, name, roles, left_at } of await listStaff(db.kysely))
        console.log(`${id}  ${name}  ${roles}  ${left_at === null ? 'works here' : `left ${iso(left_at)}`}`);
      return;
    }
    const { role: roles, name } = values;
    if (name === undefined || roles.length === 0 || !roles.every(isStaffRole))
      throw new HufuError('shape', { at: 'arguments' });
    const idCard = createIdCard({ clock, demoRegion: config.mode === 'demo' });
    const envelope = createIssuerEnvelope({ config, clock, keys });
    const number = await askNumber();
    const made = await inviteStaff({ name, roles, number }, { db, clock, envelope, idCard });
    console.error(`${made.staffId}, a word for one passkey, good until ${iso(made.expiresAt)}, shown this once:`);
    console.log(made.token);
  } finally {
    await db.close();
  }
}

async function askNumber(): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question('their own resident number: ')).trim();
  } finally {
    lines.close();
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

try {
  await main();
} catch (error) {
  if (error instanceof ConfigError) for (const fault of error.faults) console.error(fault);
  const code = codeOf(error);
  console.error(code === 'internal' || code === 'shape' ? usage : code);
  process.exitCode = 1;
}
