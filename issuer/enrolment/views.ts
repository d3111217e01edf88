/** What others see of applications: the applicant, the account page, the people who review, and issuance. */
import type { Selectable } from 'kysely';
import * as z from 'zod';
import { parseJson, parseShape } from '../../shared/encoding/index.ts';
import type { EnrolmentDeps, Trx } from './deps.ts';
import { type EvidenceFacts, findEvidence } from './evidence-store.ts';
import { findAnswered } from './face-store.ts';
import type { TypedFields } from './fields.ts';
import { type OpenedFields, openFields, openNote } from './sealed-fields.ts';
import { findMissing } from './send.ts';
import { type ApplicationRow, findApplication, findCurrent, findFindings, findOfAccount } from './store.ts';
import type { KeptBack, KeptFront } from './stored-reading.ts';
import type { ApplicationState, EnrolmentTables, FaceWay } from './tables.ts';

/** Undecided, decided for a person of the register, or against: a refusal, a withdrawal, a later application in its place. */
export type Standing = 'pending' | { readonly approved: string } | { readonly refused: string };

export interface ApplicationView {
  readonly id: string;
  readonly state: ApplicationState;
  readonly version: number;
  readonly configurationIds: readonly string[];
  readonly createdAt: number;
  readonly sentAt: number | undefined;
  readonly decidedAt: number | undefined;
  readonly expiresAt: number;
  /** Of reasons.ts; undefined while only we are concerned. */
  readonly reason: string | undefined;
}

export interface ApplicantView extends ApplicationView, OpenedFields {
  readonly noticeVersion: string | undefined;
  readonly face: {
    readonly way: FaceWay | undefined;
    readonly consentAt: number | undefined;
    readonly attempts: number;
    readonly result: string | undefined;
  };
  readonly evidence: readonly EvidenceFacts[];
  readonly missing: readonly string[];
  readonly note: string | undefined;
  readonly replaced: boolean;
}

export type CheckView = Readonly<Selectable<EnrolmentTables['application_check']>>;

/** Whoever is shown this is recorded first. */
export interface ReviewView extends ApplicationView {
  readonly accountId: string;
  readonly personRef: string | undefined;
  /** Blind index (`cn-id`) of the number that was typed: to tell a reviewer's own application. */
  readonly numberIndex: string | undefined;
  readonly priority: boolean;
  readonly typed: TypedFields;
  readonly readFront: KeptFront | undefined;
  readonly readBack: KeptBack | undefined;
  readonly evidence: readonly EvidenceFacts[];
  readonly checks: readonly CheckView[];
  readonly face: ApplicantView['face'];
  readonly claimedBy: string | undefined;
  readonly claimedUntil: number | undefined;
  readonly note: string | undefined;
}

type Deps = Pick<EnrolmentDeps, 'envelope' | 'idCard'>;

export function standingOf(row: ApplicationRow): Standing {
  if (row.state === 'withdrawn') return { refused: 'withdrawn' };
  if (row.state === 'refused') return { refused: row.reason ?? 'refused' };
  if (row.state !== 'approved') return 'pending';
  return row.replaced_at === null && row.person_ref !== null ? { approved: row.person_ref } : { refused: 'replaced' };
}

/** The one under way, else the latest. */
export async function viewForApplicant(
  db: Trx,
  by: { readonly accountId: string; readonly now: number },
  deps: Deps,
): Promise<ApplicantView | undefined> {
  const row = await findCurrent(db, by.accountId, by.now);
  if (row === undefined) return undefined;
  const isOpen = row.state === 'draft' || row.state === 'asked';
  return {
    ...viewOf(row),
    ...(await openFields(db, deps.envelope, row)),
    // Why a person has to look at it is between us; what a person wants to know of the applicant is not.
    reason: row.state === 'review' || row.state === 'sent' ? undefined : (row.reason ?? undefined),
    noticeVersion: row.notice_version ?? undefined,
    face: await faceOf(db, row),
    evidence: await findEvidence(db, row.id),
    missing: isOpen ? await findMissing(db, row, deps) : [],
    note: await openNote(db, deps.envelope, row),
    replaced: row.replaced_at !== null,
  };
}

export async function viewForReview(db: Trx, id: string, deps: Deps): Promise<ReviewView | undefined> {
  const row = await findApplication(db, id);
  if (row === undefined) return undefined;
  return {
    ...viewOf(row),
    ...(await openFields(db, deps.envelope, row)),
    accountId: row.account_id,
    personRef: row.person_ref ?? undefined,
    numberIndex: row.number_index ?? undefined,
    priority: row.priority === 1,
    evidence: await findEvidence(db, row.id),
    checks: await findFindings(db, row.id),
    face: await faceOf(db, row),
    claimedBy: row.claimed_by ?? undefined,
    claimedUntil: row.claimed_until ?? undefined,
    note: await openNote(db, deps.envelope, row),
  };
}

/** Newest first; nothing that was typed, read or found. */
export async function listForAccount(db: Trx, accountId: string): Promise<readonly ApplicationView[]> {
  return (await findOfAccount(db, accountId)).map((row) => {
    const view = viewOf(row);
    return row.state === 'review' || row.state === 'sent' ? { ...view, reason: undefined } : view;
  });
}

async function faceOf(db: Trx, row: ApplicationRow): Promise<ApplicantView['face']> {
  return {
    way: row.face_way ?? undefined,
    consentAt: row.face_consent_at ?? undefined,
    attempts: row.face_attempts,
    result: (await findAnswered(db, row.id))?.reason ?? undefined,
  };
}

function viewOf(row: ApplicationRow): ApplicationView {
  return {
    id: row.id,
    state: row.state,
    version: row.version,
    configurationIds: parseShape(z.array(z.string()), parseJson(row.configuration_ids)),
    createdAt: row.created_at,
    sentAt: row.sent_at ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    expiresAt: row.expires_at,
    reason: row.reason ?? undefined,
  };
}
