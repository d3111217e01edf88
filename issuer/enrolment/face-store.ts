/** Face challenges: each answered once, by one statement, in the session that asked for it, before it ends. */
import type { Kysely, Selectable } from 'kysely';
import type { EnrolmentTables } from './tables.ts';

type Db = Kysely<EnrolmentTables>;
export type ChallengeRow = Readonly<Selectable<EnrolmentTables['face_challenge']>>;

export async function putChallenge(
  trx: Db,
  row: Omit<ChallengeRow, 'consumed_at' | 'result' | 'reason'>,
): Promise<void> {
  await trx
    .insertInto('face_challenge')
    .values({ ...row, consumed_at: null, result: null, reason: null })
    .execute();
}

/** Whether this call was the one that answered it. */
export async function takeChallenge(
  trx: Db,
  answer: Pick<ChallengeRow, 'id' | 'application_id' | 'session_id'> & {
    readonly now: number;
    readonly result: 'pass' | 'doubt' | 'fail';
    readonly reason: string;
  },
): Promise<boolean> {
  const row = await trx
    .updateTable('face_challenge')
    .set({ consumed_at: answer.now, result: answer.result, reason: answer.reason })
    .where('id', '=', answer.id)
    .where('application_id', '=', answer.application_id)
    .where('session_id', '=', answer.session_id)
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', answer.now)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export function findChallenge(db: Db, id: string): Promise<ChallengeRow | undefined> {
  return db.selectFrom('face_challenge').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The last one that was answered. */
export function findAnswered(db: Db, applicationId: string): Promise<ChallengeRow | undefined> {
  return db
    .selectFrom('face_challenge')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('consumed_at', 'is not', null)
    .orderBy('consumed_at', 'desc')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
