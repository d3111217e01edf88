import { auditMigration } from '../../shared/server/audit.ts';
import type { Migration } from '../../shared/server/database.ts';
import { envelopeMigration } from '../../shared/server/envelope.ts';
import { initial } from './001-initial.ts';

/** In order; each runs once. */
export const migrations: Readonly<Record<string, Migration>> = {
  '000-envelope': envelopeMigration,
  '000-audit': auditMigration,
  '001-initial': initial,
};
