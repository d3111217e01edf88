/** What an installation changes about enrolment: its own outcome table, its certified face service. Read once, at start. */
import { readFileSync } from 'node:fs';
import { decodeUtf8 } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { findSecretFile } from '../../shared/server/key-files.ts';
import { safeFetch } from '../../shared/server/safe-fetch.ts';
import { createFaceService } from './face-service.ts';
import { defaultOutcomeTable } from './outcome-rows.ts';
import { type OutcomeTable, parseOutcomeTable } from './outcome-table.ts';
import type { FaceMatcher, LivenessChecker } from './ports.ts';

export interface EnrolmentPlace {
  /** JSON; without it the table of this program holds. */
  readonly outcomeTableFile?: string | undefined;
  /** The token stands in a file of its own. */
  readonly faceService?: { readonly url: string; readonly tokenFile: string } | undefined;
}

export interface EnrolmentSettings {
  readonly table: OutcomeTable;
  readonly faceMatcher?: FaceMatcher;
  readonly livenessChecker?: LivenessChecker;
}

/** Refused: `config_invalid` (a file that is missing or does not hold what it should). */
export function openEnrolmentSettings(place: EnrolmentPlace): EnrolmentSettings {
  const { outcomeTableFile, faceService } = place;
  const table =
    outcomeTableFile === undefined
      ? defaultOutcomeTable
      : readSetting('OUTCOME_TABLE_FILE', () => parseOutcomeTable(readFileSync(outcomeTableFile, 'utf8')));
  if (faceService === undefined) return { table };
  const { url, tokenFile } = faceService;
  const token = readSetting('FACE_SERVICE_TOKEN_FILE', () => readToken(findSecretFile(tokenFile)));
  const fetchText = safeFetch({ allowOrigins: [new URL(url).origin] });
  return { table, ...createFaceService({ url, token, fetchText }) };
}

/** Refused, beside what is no token: a file that others may read (`key_file`). */
function readToken(bytes: Uint8Array | undefined): string {
  const token = decodeUtf8(bytes ?? new Uint8Array()).trim();
  if (!/^[\x21-\x7e]{16,4096}$/.test(token)) throw new TypeError('token');
  return token;
}

function readSetting<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new HufuError('config_invalid', { at: name, cause });
  }
}
