/** Why an official acted: closed lists, so that reasons can be counted and never carry a person's story. */
export const suspendReasons = ['holder_request', 'device_lost', 'card_lost', 'under_review'] as const;
export const resumeReasons = ['holder_request', 'device_found', 'card_found', 'review_cleared'] as const;
export const revokeReasons = [
  'holder_request',
  'device_lost',
  'device_compromised',
  'card_lost',
  'card_replaced',
  'data_corrected',
  'issued_in_error',
  'fraud',
  'deceased',
] as const;

export type ActReason =
  | (typeof suspendReasons)[number]
  | (typeof resumeReasons)[number]
  | (typeof revokeReasons)[number];
