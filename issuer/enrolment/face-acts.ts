/** The face step: a challenge drawn here, bound to application and session; what was captured, kept sealed for a person to see. */
import type * as z from 'zod';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Applicant } from './applicant-acts.ts';
import type { EnrolmentDeps } from './deps.ts';
import { putEvidence } from './evidence-store.ts';
import {
  type CapturedStep,
  type ChallengeReason,
  challengeSeconds,
  drawSteps,
  type FaceStep,
  judgeCapture,
  maxFaceAttempts,
  type measurement,
  parseSteps,
} from './face-challenge.ts';
import { findChallenge, putChallenge, takeChallenge } from './face-store.ts';
import type { CleanImage, ImageIntake } from './images.ts';
import { editRow, findCurrent } from './store.ts';

const frameLongSide = 960;

export interface Frame {
  readonly step: FaceStep;
  readonly at: number;
  readonly jpeg: Uint8Array;
  readonly measured: z.output<typeof measurement> | undefined;
}

export interface FaceActs {
  /** Refused: `consent_missing`, `attempts_exhausted` (five were drawn; a person will look), `application_state`. */
  createChallenge(
    by: Applicant,
    sessionId: string,
  ): Promise<{ readonly id: string; readonly steps: readonly FaceStep[]; readonly expiresAt: number }>;
  /**
   * What became of the challenge; only a completed or an unmeasured one leaves pictures. Refused: `challenge_unknown` (none, answered,
   * over, of another session), `image_invalid`, `image_limit`, `application_state`.
   */
  answerChallenge(
    by: Applicant,
    sessionId: string,
    answer: { readonly challengeId: string; readonly frames: readonly Frame[] },
  ): Promise<ChallengeReason>;
}

export function createFaceActs(deps: EnrolmentDeps, intake: ImageIntake): FaceActs {
  const { db, clock, crypto, envelope } = deps;
  const entryOf = (by: Applicant, object: string) => ({
    at: clock.now(),
    actor: by.accountId,
    role: 'holder',
    object,
    requestId: by.requestId,
  });

  return {
    createChallenge: (by, sessionId) =>
      db.transaction(async (trx) => {
        const now = clock.now();
        const row = await editRow(trx, { accountId: by.accountId, now }, {});
        if (row === undefined) throw new HufuError('application_state');
        if (row.face_way !== 'camera' || row.face_consent_at === null) {
          throw new HufuError('consent_missing', { at: 'face' });
        }
        if (row.face_attempts >= maxFaceAttempts) throw new HufuError('attempts_exhausted');
        await editRow(trx, { accountId: by.accountId, now }, { face_attempts: row.face_attempts + 1 });
        const id = encodeBase64url(crypto.randomBytes(16));
        const steps = drawSteps(crypto);
        const expiresAt = now + challengeSeconds;
        await putChallenge(trx, {
          id,
          application_id: row.id,
          session_id: sessionId,
          steps: JSON.stringify(steps),
          created_at: now,
          expires_at: expiresAt,
        });
        await recordAudit(trx, { ...entryOf(by, row.id), action: 'face.challenge', outcome: 'done' });
        return { id, steps, expiresAt };
      }),

    async answerChallenge(by, sessionId, { challengeId, frames }) {
      const current = await findCurrent(db.kysely, by.accountId, clock.now());
      const challenge = await findChallenge(db.kysely, challengeId);
      const isOurs = challenge?.application_id === current?.id && challenge?.session_id === sessionId;
      if (challenge === undefined || current === undefined || !isOurs) throw new HufuError('challenge_unknown');
      const images: CleanImage[] = [];
      for (const { jpeg } of frames) {
        images.push(await intake.clean(jpeg, { mediaType: 'image/jpeg', longSide: frameLongSide }));
      }
      const hashes = images.map(({ jpeg }) => crypto.sha256Base64url(jpeg));
      const captured: CapturedStep[] = frames.map(({ step, at, measured }, n) => ({
        step,
        at,
        measured,
        sha256: hashes[n] ?? '',
      }));
      const reason = judgeCapture(parseSteps(challenge.steps), captured);
      const result = resultOf(reason);
      const isKept = result !== 'fail';
      await db.transaction(async (trx) => {
        const now = clock.now();
        const row = await editRow(trx, { accountId: by.accountId, now }, {});
        if (row === undefined) throw new HufuError('application_state');
        if (row.face_consent_at === null) throw new HufuError('consent_missing', { at: 'face' });
        const answer = { id: challengeId, application_id: row.id, session_id: sessionId, now, result, reason } as const;
        if (!(await takeChallenge(trx, answer))) throw new HufuError('challenge_unknown');
        if (isKept) {
          for (const [position, image] of images.entries()) {
            const id = encodeBase64url(crypto.randomBytes(16));
            const sha256 = hashes[position] ?? '';
            await putEvidence(trx, envelope, {
              id,
              applicationId: row.id,
              kind: 'capture',
              position,
              image,
              sha256,
              now,
            });
          }
        }
        const action = actions[result];
        await recordAudit(trx, { ...entryOf(by, row.id), action, outcome: isKept ? 'done' : 'refused' });
      });
      return reason;
    },
  };
}

const actions = { pass: 'proof.pass', doubt: 'face.capture', fail: 'proof.fail' } as const;

/** Pictures that nobody measured are for a person to look at. */
function resultOf(reason: ChallengeReason): 'pass' | 'doubt' | 'fail' {
  if (reason === 'challenge_completed') return 'pass';
  return reason === 'not_measured' ? 'doubt' : 'fail';
}
