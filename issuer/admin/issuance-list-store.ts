/**
 * The list of issuances as officials see it, newest first, with the state worked out in the query: what the issuance
 * room recorded, and what the status list says of the first copy (all copies of a set share their fate).
 */
import { type Kysely, sql } from 'kysely';
import * as z from 'zod';
import { decodeBase64url, decodeUtf8, encodeBase64url, parseJson, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { statusValues } from '../../shared/status-list/index.ts';
import type { IssuerTables } from '../tables.ts';

/**
 * pending: signed and handed out, not yet acknowledged. active: acknowledged. suspended, revoked: by an official.
 * ended: replaced by a retry, or given back by the wallet; its copies are revoked. expired: past its end.
 */
export const issuanceStates = ['pending', 'active', 'suspended', 'revoked', 'ended', 'expired'] as const;
export type IssuanceState = (typeof issuanceStates)[number];

export interface IssuanceEntry {
  readonly id: string;
  readonly offerId: string;
  readonly personRef: string;
  readonly configurationId: string;
  readonly state: IssuanceState;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly acceptedAt: number | null;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

export interface IssuanceFilter {
  readonly id?: string;
  readonly personRef?: string;
  readonly configurationId?: string;
  readonly state?: IssuanceState;
  /** From an earlier answer. */
  readonly cursor?: string;
  readonly limit: number;
}

/** One page; `cursor` leads to the next one and is absent on the last. Refused: `shape` (a cursor that is not ours). */
export async function findIssuances(
  db: Kysely<IssuerTables>,
  filter: IssuanceFilter,
  options: { readonly now: number },
): Promise<{ readonly entries: readonly IssuanceEntry[]; readonly cursor: string | undefined }> {
  const state = stateAt(options.now);
  const after = filter.cursor === undefined ? undefined : parseCursor(filter.cursor);
  const rows = await db
    .selectFrom('issuance as i')
    .leftJoin('issued_copy as c', (join) => join.onRef('c.issuance_id', '=', 'i.id').on('c.position', '=', 0))
    .leftJoin('status_entry as e', (join) =>
      // The list's id is the last part of its address: 16 characters.
      join
        .on('e.list_id', '=', sql<string>`substr(c.status_uri, length(c.status_uri) - 15)`)
        .onRef('e.idx', '=', 'c.status_idx'),
    )
    .select([
      'i.id',
      'i.offer_id',
      'i.person_ref',
      'i.configuration_id',
      'i.created_at',
      'i.expires_at',
      'i.accepted_at',
      'i.ended_at',
      'i.end_reason',
      state.as('state'),
    ])
    .$if(filter.id !== undefined, (query) => query.where('i.id', '=', filter.id ?? ''))
    .$if(filter.personRef !== undefined, (query) => query.where('i.person_ref', '=', filter.personRef ?? ''))
    .$if(filter.configurationId !== undefined, (query) =>
      query.where('i.configuration_id', '=', filter.configurationId ?? ''),
    )
    .$if(filter.state !== undefined, (query) => query.where(state, '=', filter.state ?? 'active'))
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('i.created_at', '<', after?.at ?? 0),
          eb.and([eb('i.created_at', '=', after?.at ?? 0), eb('i.id', '<', after?.id ?? '')]),
        ]),
      ),
    )
    .orderBy('i.created_at', 'desc')
    .orderBy('i.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const entries = rows.slice(0, filter.limit).map((row) => ({
    id: row.id,
    offerId: row.offer_id,
    personRef: row.person_ref,
    configurationId: row.configuration_id,
    state: row.state,
    issuedAt: row.created_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    endedAt: row.ended_at,
    endReason: row.end_reason,
  }));
  const last = entries.at(-1);
  return { entries, cursor: rows.length > filter.limit && last !== undefined ? createCursor(last) : undefined };
}

function stateAt(now: number) {
  return sql<IssuanceState>`case
    when i.end_reason = 'revoked' then 'revoked'
    when i.ended_at is not null then 'ended'
    when i.expires_at <= ${now} then 'expired'
    when e.status = ${statusValues.suspended} then 'suspended'
    when e.status = ${statusValues.revoked} then 'revoked'
    when i.accepted_at is null then 'pending'
    else 'active' end`;
}

const cursorShape = z.tuple([z.int().min(0), z.string().max(64)]);

function createCursor(entry: IssuanceEntry): string {
  return encodeBase64url(JSON.stringify([entry.issuedAt, entry.id]));
}

function parseCursor(cursor: string): { readonly at: number; readonly id: string } {
  try {
    const [at, id] = parseShape(cursorShape, parseJson(decodeUtf8(decodeBase64url(cursor)), { maxBytes: 256 }));
    return { at, id };
  } catch (cause) {
    throw new HufuError('shape', { at: 'cursor', cause });
  }
}
