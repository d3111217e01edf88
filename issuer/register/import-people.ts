/**
 * People from a CSV file into the embedded register, all or nothing. The file is read twice: first to the end without
 * touching the register, so that every bad row is known; then again, writing in one transaction. A row that is bad the
 * second time (the file changed) ends the transaction, and a killed process leaves the register as it was.
 * While the second pass runs, other writers of the same SQLite file wait; on PostgreSQL nobody does.
 */
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { HufuError } from '../../shared/errors.ts';
import type { IdCard } from '../../shared/id-card/index.ts';
import { type AuditTables, recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import { CsvError, type CsvFault, type CsvRecord, readCsv } from './csv.ts';
import type { Person } from './person.ts';
import {
  type Column,
  optionalColumns,
  type RowFault,
  type RowResult,
  readPersonRow,
  requiredColumns,
} from './person-row.ts';
import { findPictureFault, type PictureFault } from './picture.ts';
import type { EmbeddedRegister, RegisterTables } from './store.ts';

export type ImportFault =
  | RowFault
  | { readonly line: number; readonly column?: undefined; readonly reason: FileReason };
type FileReason = CsvFault | 'header' | 'column_count' | 'empty';

export type ImportResult =
  | { readonly added: number; readonly updated: number; readonly faults?: undefined }
  | { readonly faults: readonly ImportFault[] };

export interface ImportDeps {
  readonly db: Database<RegisterTables & AuditTables>;
  readonly register: EmbeddedRegister;
  readonly idCard: IdCard;
  readonly clock: Clock;
}

const maxPictureRead = 64 * 1024;

/** Imports `file`. Faults in the file are the result; what the register or the disk refuses is thrown. */
export async function importPeople(file: string, deps: ImportDeps): Promise<ImportResult> {
  const folder = await realpath(dirname(file));
  const rows = () => readRows(file, folder, deps.idCard);

  const faults = await findFaults(rows());
  if (faults.length > 0) return { faults };

  return deps.db.transaction(async (trx) => {
    const counts = { added: 0, updated: 0 };
    const now = deps.clock.now();
    const seen = new Set<string>();
    for await (const row of rows()) {
      if (row.person === undefined || seen.has(row.person.number))
        throw new HufuError('conflict', { at: 'the file changed while it was read' });
      seen.add(row.person.number);
      const { outcome } = await deps.register.putPerson(trx, row.person, now);
      counts[outcome] += 1;
    }
    await recordImport(trx, now);
    return counts;
  });
}

async function recordImport(trx: Kysely<AuditTables>, now: number): Promise<void> {
  await recordAudit(trx, {
    at: now,
    actor: 'system',
    role: 'operator',
    action: 'register.import',
    object: 'register',
    outcome: 'done',
  });
}

async function findFaults(rows: AsyncGenerator<RowOutcome>): Promise<readonly ImportFault[]> {
  const faults: ImportFault[] = [];
  const firstLine = new Map<string, number>();
  for await (const row of rows) {
    if (row.person === undefined) faults.push(...row.faults);
    else if (firstLine.has(row.person.number)) faults.push({ line: row.line, column: 'number', reason: 'duplicate' });
    else firstLine.set(row.person.number, row.line);
  }
  return faults;
}

type RowOutcome =
  | { readonly line: number; readonly person: Person }
  | { readonly line: number; readonly person?: undefined; readonly faults: readonly ImportFault[] };

async function* readRows(file: string, folder: string, idCard: IdCard): AsyncGenerator<RowOutcome> {
  let columns: readonly Column[] | undefined;
  let people = 0;
  try {
    for await (const record of readCsv(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
      if (columns === undefined) {
        columns = readHeader(record.fields);
        if (columns === undefined) return yield fileFault(record.line, 'header');
        continue;
      }
      people += 1;
      if (record.fields.length !== columns.length) yield fileFault(record.line, 'column_count');
      else yield { line: record.line, ...(await readRow(record, columns, folder, idCard)) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return yield fileFault(error.line, error.fault);
  }
  if (people === 0) yield fileFault(1, 'empty');
}

function fileFault(line: number, reason: FileReason): RowOutcome {
  return { line, faults: [{ line, reason }] };
}

/** Any order, no unknown names, none twice, none of the required missing. */
function readHeader(fields: readonly string[]): readonly Column[] | undefined {
  const known: readonly string[] = [...requiredColumns, ...optionalColumns];
  const columns = fields.filter((field): field is Column => known.includes(field));
  const complete = requiredColumns.every((column) => columns.includes(column));
  return complete && columns.length === fields.length && new Set(fields).size === fields.length ? columns : undefined;
}

async function readRow(
  record: CsvRecord,
  columns: readonly Column[],
  folder: string,
  idCard: IdCard,
): Promise<RowResult> {
  const cells = new Map(columns.map((column, index) => [column, record.fields[index] ?? '']));
  const path = cells.get('picture') ?? '';
  const picture = path === '' ? undefined : await readPicture(folder, path);
  return readPersonRow(cells, { line: record.line, idCard, picture });
}

/** Only a plain file below the folder of the CSV, links followed before that is judged. */
async function readPicture(folder: string, path: string): Promise<Uint8Array | PictureFault | 'picture_path'> {
  try {
    const file = await realpath(resolve(folder, path));
    const below = relative(folder, file);
    if (isAbsolute(path) || isAbsolute(below) || below.startsWith('..')) return 'picture_path';
    const { size } = await stat(file);
    if (size > maxPictureRead) return 'picture_size';
    const bytes = new Uint8Array(await readFile(file));
    return findPictureFault(bytes) ?? bytes;
  } catch {
    return 'picture_path';
  }
}
