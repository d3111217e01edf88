/**
 * `npm run admin:token -- --role issuer-operator --name post-office-7 [--role ...] [--days 90]` makes a token and
 * shows it once; `-- --list` shows which there are; `-- --revoke <id>` withdraws one. The database is the one of the
 * service: DATABASE_URL, or the file in DATA_DIR (data/issuer).
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../shared/clock.ts';
import { codeOf, HufuError } from '../../shared/errors.ts';
import { processEnvironment } from '../../shared/server/config.ts';
import { openIssuerDatabase } from '../start.ts';
import { isRole, roles } from './roles.ts';
import { createToken, describeTokens, withdrawToken } from './tokens.ts';

const usage = `usage: npm run admin:token -- --role <${roles.join('|')}> --name <name> [--days <1-400>]
       npm run admin:token -- --list
       npm run admin:token -- --revoke <id>`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', multiple: true, default: [] },
      name: { type: 'string' },
      days: { type: 'string', default: '90' },
      list: { type: 'boolean', default: false },
      revoke: { type: 'string' },
    },
  });
  const env = processEnvironment();
  const db = await openIssuerDatabase({ dataDir: env.DATA_DIR ?? 'data/issuer', databaseUrl: env.DATABASE_URL });
  const deps = { db, clock: systemClock };
  try {
    if (values.list) return await list();
    if (values.revoke !== undefined) return await withdrawToken(values.revoke, deps);
    const { role, name } = values;
    if (name === undefined || role.length === 0 || !role.every(isRole))
      throw new HufuError('shape', { at: 'arguments' });
    const made = await createToken({ name, roles: role, days: Number(values.days) }, deps);
    console.error(`token ${made.id}, good until ${iso(made.expiresAt)}, shown this once:`);
    console.log(made.token);
  } finally {
    await db.close();
  }

  async function list(): Promise<void> {
    for (const token of await describeTokens(db.kysely)) {
      const end = token.revoked_at === null ? `until ${iso(token.expires_at)}` : `withdrawn ${iso(token.revoked_at)}`;
      console.log(`${token.id}  ${token.name}  ${token.roles}  ${end}`);
    }
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

try {
  await main();
} catch (error) {
  const code = codeOf(error);
  console.error(code === 'internal' || code === 'shape' ? usage : code);
  process.exitCode = 1;
}
