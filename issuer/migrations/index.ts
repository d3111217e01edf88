import { auditMigration } from '../../shared/server/audit.ts';
import type { Migration } from '../../shared/server/database.ts';
import { envelopeMigration } from '../../shared/server/envelope.ts';
import { registerMigration } from './001-register.ts';
import { authorizationMigration } from './002-authorization.ts';
import { issuanceMigration } from './003-issuance.ts';
import { lifecycleMigration } from './004-lifecycle.ts';
import { adminMigration } from './005-admin.ts';
import { passkeysMigration } from './010-passkeys.ts';
import { accountsMigration } from './011-accounts.ts';
import { enrolmentMigration } from './012-enrolment.ts';
import { reviewMigration } from './013-review.ts';

/** In this order, each once. A name is never used again and a migration never changed. */
export const issuerMigrations: Readonly<Record<string, Migration>> = {
  '000-envelope': envelopeMigration,
  '000-audit': auditMigration,
  '001-register': registerMigration,
  '002-authorization': authorizationMigration,
  '003-issuance': issuanceMigration,
  '004-lifecycle': lifecycleMigration,
  '005-admin': adminMigration,
  '010-passkeys': passkeysMigration,
  '011-accounts': accountsMigration,
  '012-enrolment': enrolmentMigration,
  '013-review': reviewMigration,
};
