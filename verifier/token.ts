/**
 * `npm run verifier:token -- --name x [--desk] [--return https://shop.example]`: a token for a program, or with --desk
 * for a clerk's page. It is shown once and kept as a hash. With --revoke, every token of that name ends.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../shared/clock.ts';
import { codeOf } from '../shared/errors.ts';
import { createBearerToken } from '../shared/server/bearer.ts';
import { processEnvironment } from '../shared/server/config.ts';
import { openDatabase } from '../shared/server/database.ts';
import { putToken, revokeTokens, tokenPrefixes } from './access/index.ts';
import { migrations } from './migrations/index.ts';
import type { VerifierTables } from './tables.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    desk: { type: 'boolean', default: false },
    revoke: { type: 'boolean', default: false },
    return: { type: 'string', multiple: true, default: [] },
  },
});

async function main(): Promise<void> {
  const { name, desk } = values;
  const origins = values.return.filter((origin) => URL.parse(origin)?.origin === origin);
  if (
    name === undefined ||
    !/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(name) ||
    origins.length < values.return.length
  ) {
    console.error('usage: npm run verifier:token -- --name <name> [--desk] [--return <origin>]... | --revoke');
    process.exitCode = 2;
    return;
  }
  const env = processEnvironment();
  const dataDir = env.DATA_DIR ?? 'data/verifier';
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = await openDatabase<VerifierTables>({
    url: env.DATABASE_URL ?? join(dataDir, 'verifier.sqlite'),
    migrations,
  });
  if (values.revoke) {
    const count = await revokeTokens(db.kysely, name, systemClock.now());
    await db.close();
    console.log(`${count} withdrawn`);
    return;
  }
  const kind = desk ? 'desk' : 'relying-party';
  const { token, tokenHash } = createBearerToken(tokenPrefixes[kind]);
  const id = randomBytes(16).toString('base64url');
  await putToken(db.kysely, { id, kind, name, returnOrigins: origins }, tokenHash, systemClock.now());
  await db.close();
  console.log(token);
}

main().catch((error: unknown) => {
  console.error(codeOf(error));
  process.exitCode = 1;
});
