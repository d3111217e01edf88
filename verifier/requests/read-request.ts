import type { JsonObject } from '../../shared/encoding/index.ts';
import { type Code, codeOf, HufuError } from '../../shared/errors.ts';
import { ageOn, civilDateAt, maskNumber } from '../../shared/id-card/index.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Principal } from '../../shared/server/routes.ts';
import { parseContext, type RequestContext } from './context.ts';
import type { RequestDeps } from './deps.ts';
import { wasFetched } from './link-store.ts';
import { type Evidence, parseResult, type StoredResult } from './result.ts';
import { findRequest, openResult, type RequestRow } from './store.ts';

export const requestStatuses = [
  'waiting',
  'scanned',
  'undetermined',
  'match',
  'accepted',
  'refused',
  'declined',
  'expired',
  'cancelled',
  'completed',
  'rejected',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export type Verdict = 'accepted' | 'refused' | 'undetermined';

/** A request as its asker sees it. */
export interface RequestView {
  readonly id: string;
  readonly scene: string;
  readonly device: 'cross' | 'same';
  readonly context: RequestContext;
  readonly status: RequestStatus;
  /** Undefined while nobody can know. */
  readonly verdict: Verdict | undefined;
  readonly reason: Code | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly matchTries: number;
  readonly result: ResultView | undefined;
}

export interface ResultView {
  readonly claims: JsonObject;
  readonly evidence: Evidence;
  readonly hasPicture: boolean;
  /** Whole years today (UTC+8), where the birth date was asked for. */
  readonly age: number | undefined;
}

export interface Reader {
  readonly principal: Principal;
  /** A desk sees the number masked and the picture on its own. */
  readonly isDesk: boolean;
  /** Same device: the cookie that came along. */
  readonly session: string | undefined;
}

/** Refused: `forbidden` (unknown and somebody else's are one answer), `session_required` (another browser, NC-081). */
export async function readRequest(deps: RequestDeps, reader: Reader, id: string): Promise<RequestView> {
  const row = await getOwnRequest(deps, reader, id);
  const now = deps.clock.now();
  const status = await statusOf(deps, row, now);
  const result = status === 'accepted' ? await findResult(deps, row) : undefined;
  if (status === 'accepted' && result === undefined) return readRequest(deps, reader, id);
  return {
    id: row.id,
    scene: row.scene,
    device: row.device,
    context: parseContext(row.context),
    status,
    verdict: verdictOf(status),
    reason: row.reason ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    matchTries: row.match_tries,
    result: result && resultView(result, reader, now),
  };
}

/** The status alone, for a stream of events; undefined when the request is gone. */
export async function readStatus(deps: RequestDeps, owner: string, id: string): Promise<RequestStatus | undefined> {
  const row = await findRequest(deps.db.kysely, id, owner);
  return row && statusOf(deps, row, deps.clock.now());
}

export async function getOwnRequest(deps: RequestDeps, reader: Reader, id: string): Promise<RequestRow> {
  const row = await findRequest(deps.db.kysely, id, reader.principal.id);
  if (row === undefined) throw new HufuError('forbidden', { at: 'request' });
  if (row.session_hash !== null && row.session_hash !== bearerHash(reader.session ?? '')) {
    throw new HufuError('session_required', { at: 'request' });
  }
  return row;
}

/** The result of an accepted request; undefined when it was given up since the row was read. */
async function findResult(deps: RequestDeps, row: RequestRow): Promise<StoredResult | undefined> {
  try {
    return parseResult(await openResult(deps.db.kysely, deps.envelope, row));
  } catch (error) {
    const now = codeOf(error) === 'integrity' ? await findRequest(deps.db.kysely, row.id, row.owner) : undefined;
    if (now !== undefined && now.result === null) return undefined;
    throw error;
  }
}

async function statusOf(deps: RequestDeps, row: RequestRow, now: number): Promise<RequestStatus> {
  if (row.status === 'match' || row.status === 'accepted') {
    if (row.expires_at <= now) return 'expired';
    // Same device: until the code came back with the right browser, not even the outcome is known (NC-081).
    return row.device === 'same' && row.code_used_at === null ? 'scanned' : row.status;
  }
  if (row.status !== 'open') return row.status;
  if (row.reason !== null) return 'undetermined';
  if (row.expires_at <= now) return 'expired';
  return (await wasFetched(deps.db.kysely, row.id, now)) ? 'scanned' : 'waiting';
}

function verdictOf(status: RequestStatus): Verdict | undefined {
  if (status === 'accepted' || status === 'completed') return 'accepted';
  if (status === 'refused' || status === 'rejected') return 'refused';
  return status === 'undetermined' ? 'undetermined' : undefined;
}

function resultView(result: StoredResult, reader: Reader, now: number): ResultView {
  const { claims, evidence } = result;
  const hasPicture = typeof claims.picture === 'string';
  const age = typeof claims.birthdate === 'string' ? ageOn(claims.birthdate, civilDateAt(now)) : undefined;
  if (!reader.isDesk) return { claims, evidence, hasPicture, age };
  const { picture: _picture, personal_administrative_number: number, ...shown } = claims;
  const masked = typeof number === 'string' ? { personal_administrative_number: maskNumber(number) } : {};
  return { claims: { ...shown, ...masked }, evidence, hasPicture, age };
}
