/** An application in the words of the wire. */
import type * as z from 'zod';
import { noticeVersion } from './applicant-acts.ts';
import { maxFaceAttempts } from './face-challenge.ts';
import { readValues } from './read-values.ts';
import type { KeptQuality } from './stored-reading.ts';
import type { EvidenceKind } from './tables.ts';
import type { ApplicantView } from './views.ts';
import type { applicationReply, progressReply } from './wire.ts';

type ApplicationJson = z.input<typeof applicationReply>['application'];
type ProgressJson = z.input<typeof progressReply>;

export function applicationJson(view: ApplicantView): NonNullable<ApplicationJson> {
  const isOpen = view.state === 'draft' || view.state === 'asked';
  return {
    id: view.id,
    state: view.state,
    configuration_ids: [...view.configurationIds],
    created_at: view.createdAt,
    expires_at: isOpen ? view.expiresAt : null,
    sent_at: view.sentAt ?? null,
    decided_at: view.decidedAt ?? null,
    waiting_for: waitingFor(view),
    reason: view.reason ?? null,
    note: view.note ?? null,
    replaced: view.replaced,
    notice: { current: noticeVersion, accepted: view.noticeVersion === noticeVersion },
    face: {
      way: view.face.way ?? null,
      consent_at: view.face.consentAt ?? null,
      attempts_left: attemptsLeft(view),
      result: view.face.result ?? null,
    },
    front: sideJson(view, 'front', view.readFront?.quality),
    back: sideJson(view, 'back', view.readBack?.quality),
    read: { ...readValues(view.readFront, view.readBack) },
    fields: view.typed,
    missing: [...view.missing],
  };
}

export function progressJson(view: ApplicantView | undefined): ProgressJson {
  if (view === undefined) return { state: 'none', waiting_for: null, since: null, reason: null };
  return {
    state: view.state,
    waiting_for: waitingFor(view),
    since: view.decidedAt ?? view.sentAt ?? view.createdAt,
    reason: view.reason ?? null,
  };
}

export function attemptsLeft(view: Pick<ApplicantView, 'face'>): number {
  return Math.max(0, maxFaceAttempts - view.face.attempts);
}

function waitingFor({ state }: ApplicantView): ProgressJson['waiting_for'] {
  if (state === 'draft' || state === 'asked') return 'applicant';
  if (state === 'sent') return 'official_check';
  return state === 'review' ? 'person' : null;
}

function sideJson(view: ApplicantView, kind: EvidenceKind, quality: KeptQuality | undefined) {
  const photo = view.evidence.find((one) => one.kind === kind);
  if (photo === undefined) return null;
  return { at: photo.created_at, width: photo.width, height: photo.height, problems: problemsOf(quality) };
}

type Problem = NonNullable<NonNullable<ApplicationJson>['front']>['problems'][number];

function problemsOf(quality: KeptQuality | undefined): Problem[] {
  if (quality === undefined) return ['not_read'];
  const all: readonly (readonly [boolean, Problem])[] = [
    [quality.notACard, 'not_a_card'],
    [quality.wrongSide, 'wrong_side'],
    [quality.tooSmall, 'too_small'],
    [quality.blur, 'blur'],
    [quality.glare, 'glare'],
  ];
  return all.filter(([found]) => found).map(([, name]) => name);
}
