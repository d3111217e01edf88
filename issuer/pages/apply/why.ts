import { text } from './state.ts';

const known = [
  'number_invalid',
  'card_expired',
  'data_not_confirmed',
  'not_the_same_person',
  'photo_not_genuine',
  'not_eligible',
  'applicant_deceased',
  'photo_unreadable',
  'photo_wrong_side',
  'photos_of_two_cards',
  'fields_differ',
  'face_unclear',
  'visit_counter',
] as const;

/** A reason as words, with what to do. */
export function whyText(reason: string | null): string {
  return text.value(`why_${known.find((name) => name === reason) ?? 'other'}`);
}
