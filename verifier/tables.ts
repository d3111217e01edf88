import type { Kysely } from 'kysely';
import type { AuditTables } from '../shared/server/audit.ts';
import type { EnvelopeTables } from '../shared/server/envelope.ts';
import type { AccessTables } from './access/tables.ts';
import type { RecordTables } from './records/tables.ts';
import type { RequestTables } from './requests/tables.ts';

/** Every table of the verifier's database. */
export interface VerifierTables extends EnvelopeTables, AuditTables, AccessTables, RequestTables, RecordTables {}

/** The database itself or a transaction of it: stores take either and do not know which. */
export type Handle = Kysely<VerifierTables>;
