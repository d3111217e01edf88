import type { AuditTables } from '../shared/server/audit.ts';
import type { AccountTables } from './accounts/index.ts';
import type { AdminTables } from './admin/index.ts';
import type { AuthorizationTables } from './authorization/index.ts';
import type { EnrolmentTables } from './enrolment/index.ts';
import type { IssuanceTables } from './issuance/index.ts';
import type { LifecycleTables } from './lifecycle/index.ts';
import type { PasskeyTables } from './passkeys/index.ts';
import type { RegisterTables } from './register/index.ts';
import type { ReviewTables } from './review/index.ts';

/** Every table of the issuer's one database. A room names only its own; what crosses rooms in one transaction names this. */
export type IssuerTables = AccountTables &
  AdminTables &
  AuditTables &
  AuthorizationTables &
  EnrolmentTables &
  IssuanceTables &
  LifecycleTables &
  PasskeyTables &
  RegisterTables &
  ReviewTables;
