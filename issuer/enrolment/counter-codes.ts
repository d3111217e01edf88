/**
 * Counter codes: whoever was seen at a counter with the card in hand is given eight characters that are worth an
 * examination by a person, once, for that number, for a week. Only a keyed hash is kept; five wrong tries end a code,
 * and a new code for a number ends the one before.
 */
import type { Kysely } from 'kysely';
import { constantTimeEqual, encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { IssuerTables } from '../tables.ts';
import { type Actor, days, type EnrolmentDeps } from './deps.ts';

type Trx = Kysely<IssuerTables>;
type Deps = Pick<EnrolmentDeps, 'clock' | 'crypto' | 'envelope' | 'idCard'>;

const lifetime = 7 * days;
const maxWrong = 5;
/** No characters that are taken for another: 32 of them, so eight are 40 bits. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const length = 8;
const shape = new RegExp(`^[${alphabet}]{${length}}$`);
const numberLabel = 'cn-id';

export interface CounterCode {
  /** Shown once. */
  readonly code: string;
  readonly expiresAt: number;
}

/** For the person whose number this is, who stands before `by`. Refused: the codes of the number. */
export async function createCounterCode(
  trx: Trx,
  request: { readonly number: string; readonly by: Actor },
  deps: Deps,
): Promise<CounterCode> {
  const { number } = deps.idCard.parseIdNumber(request.number);
  const numberIndex = deps.envelope.blindIndex(numberLabel, number);
  const now = deps.clock.now();
  await trx
    .updateTable('counter_code')
    .set({ expires_at: now })
    .where('number_index', '=', numberIndex)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  const id = encodeBase64url(deps.crypto.randomBytes(16));
  // 256 is a multiple of 32: every character is as likely as every other.
  const code = Array.from(deps.crypto.randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
  await trx
    .insertInto('counter_code')
    .values({
      id,
      number_index: numberIndex,
      code_mac: macOf(id, code, deps),
      created_by: request.by.id,
      created_at: now,
      expires_at: now + lifetime,
      wrong: 0,
      used_at: null,
      application_id: null,
    })
    .execute();
  await recordAudit(trx, {
    at: now,
    actor: request.by.id,
    role: request.by.role,
    action: 'counter_code.create',
    object: id,
    outcome: 'done',
    ...(request.by.requestId !== undefined && { requestId: request.by.requestId }),
  });
  return { code, expiresAt: now + lifetime };
}

/**
 * Whether this call used it up for the application. A wrong code is counted against the one that is open for the
 * number, in this transaction, which therefore has to be committed by whoever refuses.
 */
export async function takeCounterCode(
  trx: Trx,
  attempt: { readonly code: string; readonly numberIndex: string; readonly applicationId: string },
  deps: Deps,
): Promise<boolean> {
  const now = deps.clock.now();
  // The row is held from here on, so that tries of many at once are counted one by one.
  const open = await trx
    .updateTable('counter_code')
    .set((eb) => ({ wrong: eb('wrong', '+', 1) }))
    .where('number_index', '=', attempt.numberIndex)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where('wrong', '<', maxWrong)
    .returning(['id', 'code_mac'])
    .executeTakeFirst();
  if (open === undefined || !constantTimeEqual(open.code_mac, macOf(open.id, attempt.code, deps))) return false;
  await trx
    .updateTable('counter_code')
    .set((eb) => ({ used_at: now, application_id: attempt.applicationId, wrong: eb('wrong', '-', 1) }))
    .where('id', '=', open.id)
    .execute();
  return true;
}

/** Whether a code was used on this application, and for the number it has now. */
export async function findUse(
  db: Trx,
  applicationId: string,
  numberIndex: string,
): Promise<'used' | 'other-number' | 'none'> {
  const rows = await db
    .selectFrom('counter_code')
    .select('number_index')
    .where('application_id', '=', applicationId)
    .execute();
  if (rows.length === 0) return 'none';
  return rows.some((row) => row.number_index === numberIndex) ? 'used' : 'other-number';
}

/** Forgets codes that nobody used in time; how many. */
export async function sweepCounterCodes(trx: Trx, now: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('counter_code')
    .where('used_at', 'is', null)
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** As a person types it: dashes, blanks and small letters are no fault. Refused: `counter_code`. */
export function parseCounterCode(text: string): string {
  const code = text.replaceAll(/[\s-]/g, '').toUpperCase();
  if (!shape.test(code)) throw new HufuError('counter_code');
  return code;
}

function macOf(id: string, code: string, { envelope }: Deps): string {
  return envelope.blindIndex('counter-code', `${id} ${code}`);
}
