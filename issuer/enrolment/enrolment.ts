/** Enrolment, put together. */
import { codeOf, HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { type Applicant, type ApplicantActs, createApplicantActs, endApplication } from './applicant-acts.ts';
import { type CounterCode, createCounterCode, sweepCounterCodes } from './counter-codes.ts';
import { type DecisionRequest, decideApplication } from './decide.ts';
import { type Actor, type EnrolmentDeps, systemActor, type Trx } from './deps.ts';
import { openEvidence } from './evidence-store.ts';
import { examineNext } from './examine.ts';
import { createFaceActs, type FaceActs } from './face-acts.ts';
import { createImageIntake } from './images.ts';
import { sendApplication } from './send.ts';
import { findApplication, findExpired, findOfAccount, unlink } from './store.ts';
import type { EvidenceKind } from './tables.ts';
import {
  type ApplicantView,
  type ApplicationView,
  listForAccount,
  type ReviewView,
  type Standing,
  standingOf,
  viewForApplicant,
  viewForReview,
} from './views.ts';

export interface Enrolment {
  readonly applicant: ApplicantActs;
  readonly face: FaceActs;
  /** The application under way or a new draft: its id. Refused: `unknown_configuration`. */
  openApplication(trx: Trx, accountId: string, configurationIds: readonly string[]): Promise<string>;
  /** Sends it, once, and begins to examine it; nobody waits for that. Refused: as `sendApplication`. */
  send(by: Applicant): Promise<string>;
  /** The applicant's own, the one under way else the latest. */
  findForApplicant(accountId: string): Promise<ApplicantView | undefined>;
  /** A side of the card as it is kept, to its applicant. */
  readOwnEvidence(accountId: string, kind: EvidenceKind): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Newest first. */
  list(accountId: string): Promise<readonly ApplicationView[]>;
  /** With personal data: whoever calls this for a person of ours records the look. */
  findForReview(id: string, db?: Trx): Promise<ReviewView | undefined>;
  readEvidence(
    at: { readonly applicationId: string; readonly evidenceId: string },
    db?: Trx,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** What a person of ours decides on an application in review. Refused: as `decideApplication`. */
  decide(trx: Trx, request: DecisionRequest): Promise<void>;
  /** For issuance; give the transaction in which something follows from it. Refused: `application_unknown`. */
  stateOf(applicationId: string, db?: Trx): Promise<Standing>;
  /** Refused: the codes of the number. */
  createCounterCode(trx: Trx, request: { readonly number: string; readonly by: Actor }): Promise<CounterCode>;
  /** Ends what is under way and shreds everything sealed; what is left says that there were applications. */
  erase(trx: Trx, accountId: string): Promise<void>;
  /** Examines what is due, at most `limit`; how many. */
  examineDue(limit: number): Promise<number>;
  /** Ends drafts and counter codes whose time is over, and wipes forgotten keys from the journal; how many ended. */
  sweep(limit: number): Promise<number>;
  /** Resolves when no examination that `send` began is going on. */
  settled(): Promise<void>;
}

const decodersAtOnce = 2;

export function createEnrolment(deps: EnrolmentDeps): Enrolment {
  const { db, clock, envelope } = deps;
  const intake = createImageIntake({ atOnce: decodersAtOnce });
  const applicant = createApplicantActs(deps, intake);
  const running = new Set<Promise<void>>();

  /** What fails here is due again, and the sweeper comes by. */
  function begin(id: string): void {
    const work = examineNext(deps, id)
      .then(() => undefined)
      .catch((error: unknown) => deps.log.event('sweep.failed', { task: 'examination', code: codeOf(error) }))
      .finally(() => running.delete(work));
    running.add(work);
  }

  return {
    applicant,
    face: createFaceActs(deps, intake),
    openApplication: applicant.open,
    async send(by) {
      const id = await sendApplication(by, deps);
      begin(id);
      return id;
    },
    findForApplicant: (accountId) => viewForApplicant(db.kysely, { accountId, now: clock.now() }, deps),
    async readOwnEvidence(accountId, kind) {
      const current = await viewForApplicant(db.kysely, { accountId, now: clock.now() }, deps);
      return current && openEvidence(db.kysely, envelope, { applicationId: current.id, kind });
    },
    list: (accountId) => listForAccount(db.kysely, accountId),
    findForReview: (id, handle = db.kysely) => viewForReview(handle, id, deps),
    async readEvidence({ applicationId, evidenceId }, handle = db.kysely) {
      const found = await openEvidence(handle, envelope, { applicationId, id: evidenceId });
      if (found === undefined) throw new HufuError('not_found');
      return found;
    },
    decide: (trx, request) => decideApplication(trx, request, { deps, from: 'review' }),
    async stateOf(applicationId, handle = db.kysely) {
      const row = await findApplication(handle, applicationId);
      if (row === undefined) throw new HufuError('application_unknown');
      return standingOf(row);
    },
    createCounterCode: (trx, request) => createCounterCode(trx, request, deps),
    async erase(trx, accountId) {
      for (const row of await findOfAccount(trx, accountId)) {
        await endApplication(trx, row, deps);
        await envelope.forget(trx, { table: 'application', row: row.id });
        await unlink(trx, row.id, clock.now());
      }
    },
    async examineDue(limit) {
      let count = 0;
      while (count < limit && (await examineNext(deps)) !== undefined) count += 1;
      return count;
    },
    async sweep(limit) {
      const count = await db.transaction(async (trx) => {
        const now = clock.now();
        const expired = await findExpired(trx, now, limit);
        for (const row of expired) {
          await endApplication(trx, row, deps);
          await recordAudit(trx, {
            at: now,
            actor: systemActor.id,
            role: systemActor.role,
            action: 'application.expire',
            object: row.id,
            outcome: 'done',
          });
        }
        return expired.length + (await sweepCounterCodes(trx, now));
      });
      // Keys that were forgotten since the last round leave the journal as well; who is in the way now is not next time.
      await db.emptyJournal();
      return count;
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
