/**
 * Why an application is where it is. Closed lists, told to the applicant as they are and counted in the figures: so
 * none of them says what the register holds.
 */
export const approveReasons = ['checks_passed', 'person_compared', 'counter_confirmed', 'override'] as const;

export const refuseReasons = [
  'number_invalid',
  'card_expired',
  'data_not_confirmed',
  'not_the_same_person',
  'photo_not_genuine',
  'not_eligible',
  'applicant_deceased',
] as const;

export const askReasons = [
  'photo_unreadable',
  'photo_wrong_side',
  'photos_of_two_cards',
  'fields_differ',
  'face_unclear',
  'visit_counter',
] as const;

/** Why a person has to look at it; for the queue. */
export const reviewReasons = [
  'person_decides',
  'deceased_or_lost',
  'data_differs',
  'card_doubtful',
  'number_doubtful',
  'duplicate',
  'face_doubtful',
  'other_kind_of_number',
  'other_doubt',
] as const;

export type ApproveReason = (typeof approveReasons)[number];
export type RefuseReason = (typeof refuseReasons)[number];
export type AskReason = (typeof askReasons)[number];
export type ReviewReason = (typeof reviewReasons)[number];
export type Decision = 'approve' | 'refuse' | 'ask';

const reasonsOf = { approve: approveReasons, refuse: refuseReasons, ask: askReasons } as const;

/** Whether a decision may be given with this reason. */
export function isReasonOf(decision: Decision, reason: string): boolean {
  const list: readonly string[] = reasonsOf[decision];
  return list.includes(reason);
}
