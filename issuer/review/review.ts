/**
 * What reviewers do. An application is looked at and decided only by whoever has claimed it; nobody touches their own;
 * refusals, overrides and changes of a person who is known already need a second person. Every act and every look is
 * on record in its own transaction.
 */
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { decodeUtf8 } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import type { Database } from '../../shared/server/database.ts';
import type { Envelope } from '../../shared/server/envelope.ts';
import { approveReasons, type Decision, type Enrolment, type ReviewView, refuseReasons } from '../enrolment/index.ts';
import type { IssuerTables } from '../tables.ts';
import * as store from './queue-store.ts';
import { findStaff, holdStaff, type StaffRow } from './staff-store.ts';

type Trx = Kysely<IssuerTables>;

export interface ReviewDeps {
  readonly db: Database<IssuerTables>;
  readonly clock: Clock;
  readonly envelope: Envelope;
  readonly enrolment: Enrolment;
  readonly markAudited: (requestId: string) => void;
}

/** The colleague of a request. */
export interface Reviewer {
  readonly id: string;
  readonly role: string;
  readonly requestId: string;
}

export interface Verdict {
  /** As it was seen. */
  readonly version: number;
  readonly decision: Decision;
  readonly reason: string;
  readonly note?: string;
}

export interface Proposal extends Omit<Verdict, 'note'> {
  readonly note: string | undefined;
  readonly by: string;
  readonly byName: string;
  readonly at: number;
}

export interface OpenedCase {
  readonly view: ReviewView;
  readonly proposal: Proposal | undefined;
  /** Decisions that a second person has to confirm. */
  readonly needsSecond: readonly Decision[];
}

export interface Review {
  queue(by: Reviewer): Promise<readonly store.QueueRow[]>;
  /** For 15 minutes, one at a time. Refused: `not_found`, `forbidden` (one's own), `conflict` (not free, or one is in hand). */
  claim(by: Reviewer, id: string): Promise<void>;
  /** Refused: `not_found`. */
  release(by: Reviewer, id: string): Promise<void>;
  /** Out of somebody's hands. Refused: `not_found`. */
  handOver(by: Reviewer, id: string): Promise<void>;
  /** The claimed one. `unmasked`: with names and numbers, which is recorded as a look. Refused: `not_found`, `forbidden`, `conflict`. */
  open(by: Reviewer, id: string, unmasked: boolean): Promise<OpenedCase>;
  /** A picture of the claimed one; recorded. Refused as `open`, and when there is no such picture `not_found`. */
  readEvidence(by: Reviewer, at: { readonly id: string; readonly evidenceId: string }): Promise<Uint8Array>;
  /**
   * Decides, or puts it before a second person. Refused: as `open`, `application_state` (not as it was seen), `shape`,
   * `conflict` (a proposal waits), `person_unknown`.
   */
  decide(by: Reviewer, id: string, verdict: Verdict): Promise<'decided' | 'proposed'>;
  /** What another person proposed. Refused: as `open`, `forbidden` (one's own proposal), `not_found` (none). */
  confirm(by: Reviewer, id: string, version: number): Promise<void>;
  decline(by: Reviewer, id: string, version: number): Promise<void>;
}

const claimSeconds = 900;
/** Sealed as one of the application's own: whatever ends the application or its account forgets this key as well. */
const notePlace = (row: string) => ({ table: 'application', column: 'proposal_note', row }) as const;

export function createReview(deps: ReviewDeps): Review {
  const { db, clock, envelope, enrolment } = deps;

  const audit = (trx: Trx, by: Reviewer, action: string, object: string) =>
    recordAudit(trx, {
      at: clock.now(),
      actor: by.id,
      role: by.role,
      action,
      object,
      outcome: 'done',
      requestId: by.requestId,
    });

  async function staffOf(handle: Trx, by: Reviewer): Promise<StaffRow> {
    const staff = await findStaff(handle, by.id);
    if (staff === undefined) throw new HufuError('unauthenticated');
    return staff;
  }

  /** Runs an act; what is not theirs to see or to do is on record, with the refusal as it was. */
  async function guarded<R>(by: Reviewer, id: string, act: (trx: Trx) => Promise<R>): Promise<R> {
    try {
      return await db.transaction(act);
    } catch (error) {
      if (!(error instanceof HufuError) || (error.code !== 'forbidden' && error.code !== 'not_found')) throw error;
      const reason = error.code;
      // What was guessed is not an id we minted.
      const object = reason === 'forbidden' ? id : 'application';
      const entry = { at: clock.now(), actor: by.id, role: by.role, requestId: by.requestId, reason } as const;
      await db.transaction((trx) => recordAudit(trx, { ...entry, action: 'authz.deny', object, outcome: 'refused' }));
      deps.markAudited(by.requestId);
      throw error;
    }
  }

  async function waiting(trx: Trx, by: Reviewer, id: string): Promise<{ view: ReviewView; staff: StaffRow }> {
    const staff = await staffOf(trx, by);
    const view = await enrolment.findForReview(id, trx);
    if (view?.state !== 'review') throw new HufuError('not_found');
    if (view.numberIndex === staff.number_index) throw new HufuError('forbidden');
    return { view, staff };
  }

  async function claimed(trx: Trx, by: Reviewer, id: string): Promise<ReviewView> {
    const { view } = await waiting(trx, by, id);
    if (view.claimedBy !== by.id || (view.claimedUntil ?? 0) <= clock.now()) throw new HufuError('conflict');
    return view;
  }

  async function proposalOf(trx: Trx, { id, version }: ReviewView): Promise<Proposal | undefined> {
    const row = await store.findProposal(trx, id, version);
    if (row === undefined) return undefined;
    const { decision, reason, proposed_by: by, proposed_at: at } = row;
    const note = row.note === null ? undefined : decodeUtf8(await envelope.open(trx, notePlace(id), row.note));
    return { version, decision, reason, note, by, at, byName: (await findStaff(trx, by))?.name ?? by };
  }

  async function endProposal(trx: Trx, view: ReviewView): Promise<void> {
    if (!(await store.takeProposal(trx, view.id, view.version))) throw new HufuError('not_found');
    await envelope.forget(trx, notePlace(view.id));
  }

  async function secondFor(trx: Trx, view: ReviewView): Promise<readonly Decision[]> {
    const approvalToo = isAgainstRegister(view) || (await store.hasPerson(trx, view.accountId));
    return approvalToo ? ['approve', 'refuse'] : ['refuse'];
  }

  async function propose(trx: Trx, by: Reviewer, view: ReviewView, verdict: Verdict): Promise<void> {
    const { decision, reason, note } = verdict;
    if (decision === 'ask') throw new TypeError('a question needs nobody else');
    const known: readonly string[] = decision === 'approve' ? approveReasons : refuseReasons;
    if (!known.includes(reason)) throw new HufuError('shape', { at: 'reason' });
    // First of all the row is ours: it may have been decided since it was read, and then there is nothing to propose.
    const from = { id: view.id, staffId: by.id, version: view.version };
    if (!(await store.releaseRow(trx, from))) throw new HufuError('application_state');
    await envelope.forget(trx, notePlace(view.id));
    const put = await store.putProposal(trx, {
      application_id: view.id,
      version: view.version,
      decision,
      reason,
      note: note === undefined ? null : await envelope.seal(trx, notePlace(view.id), note),
      proposed_by: by.id,
      proposed_at: clock.now(),
    });
    if (!put) throw new HufuError('conflict');
    await audit(trx, by, `application.propose-${decision}`, view.id);
  }

  return {
    queue: async (by) => store.findQueue(db.kysely, { exceptNumber: (await staffOf(db.kysely, by)).number_index }),

    claim: (by, id) =>
      guarded(by, id, async (trx) => {
        if ((await holdStaff(trx, by.id)) === undefined) throw new HufuError('unauthenticated');
        const { staff } = await waiting(trx, by, id);
        const now = clock.now();
        const claim = { id, staffId: by.id, numberIndex: staff.number_index, now, until: now + claimSeconds };
        if (!(await store.claimRow(trx, claim))) throw new HufuError('conflict');
        await audit(trx, by, 'application.claim', id);
      }),

    release: (by, id) =>
      guarded(by, id, async (trx) => {
        if (!(await store.releaseRow(trx, { id, staffId: by.id }))) throw new HufuError('not_found');
        await audit(trx, by, 'application.release', id);
      }),

    handOver: (by, id) =>
      guarded(by, id, async (trx) => {
        await waiting(trx, by, id);
        if (!(await store.releaseRow(trx, { id }))) throw new HufuError('not_found');
        await audit(trx, by, 'application.hand-over', id);
      }),

    open: (by, id, unmasked) =>
      guarded(by, id, async (trx) => {
        const view = await claimed(trx, by, id);
        await audit(trx, by, unmasked ? 'application.look' : 'application.view', id);
        return { view, proposal: await proposalOf(trx, view), needsSecond: await secondFor(trx, view) };
      }),

    readEvidence: (by, { id, evidenceId }) =>
      guarded(by, id, async (trx) => {
        const view = await claimed(trx, by, id);
        if (!view.evidence.some((one) => one.id === evidenceId)) throw new HufuError('not_found');
        await audit(trx, by, 'application.look', id);
        return enrolment.readEvidence({ applicationId: id, evidenceId }, trx);
      }),

    decide: (by, id, verdict) =>
      guarded(by, id, async (trx) => {
        const view = await claimed(trx, by, id);
        const { version, decision, reason } = verdict;
        if (view.version !== version) throw new HufuError('application_state');
        if ((await store.findProposal(trx, id, version)) !== undefined) throw new HufuError('conflict');
        if (decision === 'approve' && (reason === 'override') !== isAgainstRegister(view))
          throw new HufuError('shape', { at: 'reason' });
        if ((await secondFor(trx, view)).includes(decision)) {
          await propose(trx, by, view, verdict);
          return 'proposed';
        }
        await enrolment.decide(trx, { applicationId: id, ...verdict, by });
        return 'decided';
      }),

    confirm: (by, id, version) =>
      guarded(by, id, async (trx) => {
        const view = await claimed(trx, by, id);
        if (view.version !== version) throw new HufuError('application_state');
        const proposal = await proposalOf(trx, view);
        if (proposal === undefined) throw new HufuError('not_found');
        if (proposal.by === by.id) throw new HufuError('forbidden');
        await endProposal(trx, view);
        const { decision, reason, note } = proposal;
        const request = { applicationId: id, version, decision, reason, by, ...(note !== undefined && { note }) };
        await enrolment.decide(trx, request);
      }),

    decline: (by, id, version) =>
      guarded(by, id, async (trx) => {
        const view = await claimed(trx, by, id);
        if (view.version !== version) throw new HufuError('application_state');
        await endProposal(trx, view);
        await audit(trx, by, 'application.decline', id);
      }),
  };
}

/** To approve this is to override the register. */
export function isAgainstRegister({ checks }: Pick<ReviewView, 'checks'>): boolean {
  return checks.some(({ name, result }) => name.startsWith('register.') && result === 'fail');
}
