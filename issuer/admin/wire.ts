/** Words of the admin endpoint: requests, answers, refusals. snake_case, times in epoch seconds, no personal data in answers. */
import * as z from 'zod';
import { problemTable, type WireError, type WireErrors } from '../../shared/server/wire.ts';
import { issuanceStates } from './issuance-list-store.ts';
import { resumeReasons, revokeReasons, suspendReasons } from './reasons.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{16,40}$/);
const configurationId = z.string().regex(/^[a-z0-9-]{1,64}$/);
const time = z.int().min(0);
/** The register's rules judge it; here only its length, so that nothing long gets that far. */
const number = z.string().min(1).max(32).meta({ description: 'Resident identity number (GB 11643), 18 characters' });

export const idParams = z.object({ id });

export const offerRequest = z.strictObject({
  number,
  configuration_ids: z.array(configurationId).min(1).max(10),
  tx_code: z
    .boolean()
    .default(true)
    .meta({ description: 'Ask for a transaction code, to be sent to the person on another way' }),
  by_reference: z
    .boolean()
    .default(true)
    .meta({ description: 'Put the address of the offer into the link instead of the offer' }),
  lifetime_seconds: z.int().min(60).max(2_592_000).default(600),
});

export const createdOffer = z.object({
  offer_id: id,
  credential_offer: z.looseObject({}),
  link: z.string().meta({ description: 'openid-credential-offer://...' }),
  credential_offer_uri: z.string().optional(),
  tx_code: z.string().optional().meta({ description: 'Told this once; it is not stored' }),
  expires_at: time,
});

export const offerView = z.object({
  offer_id: id,
  person_ref: z.string(),
  configuration_ids: z.array(configurationId),
  state: z.enum(['open', 'redeemed', 'completed', 'expired', 'cancelled', 'blocked']),
  created_at: time,
  created_by: z.string(),
  expires_at: time,
  redeemed_at: time.optional(),
});

export const issuanceQuery = z.object({
  configuration_id: configurationId.optional(),
  state: z.enum(issuanceStates).optional(),
  cursor: z.string().max(256).optional(),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|100)$/)
    .optional(),
});

export const searchRequest = z.strictObject({
  number,
  cursor: z.string().max(256).optional(),
  limit: z.int().min(1).max(100).default(50),
});

export const issuanceEntry = z.object({
  issuance_id: id,
  offer_id: id,
  person_ref: z.string(),
  configuration_id: configurationId,
  state: z.enum(issuanceStates),
  issued_at: time,
  expires_at: time,
  accepted_at: time.optional(),
  ended_at: time.optional(),
  end_reason: z.string().optional(),
});

export const issuancePage = z.object({ issuances: z.array(issuanceEntry), cursor: z.string().optional() });

export const issuanceView = issuanceEntry.extend({
  acts: z.array(
    z.object({ act: z.enum(['suspend', 'resume', 'revoke']), reason: z.string(), actor: z.string(), at: time }),
  ),
});

export const actRequests = {
  suspend: z.strictObject({ reason: z.enum(suspendReasons) }),
  resume: z.strictObject({ reason: z.enum(resumeReasons) }),
  revoke: z.strictObject({ reason: z.enum(revokeReasons) }),
} as const;

function own(status: number, error: string, description: string): WireError {
  return { status, error, description };
}
function numberFault(error: string, description: string): WireError {
  return { status: 400, error, description, position: true };
}

export const adminWire: WireErrors = {
  style: 'problem',
  table: {
    ...problemTable,
    id_format: numberFault('id_format', 'Not the 18 characters of a resident identity number.'),
    id_check_digit: numberFault('id_check_digit', 'The check character does not fit the number.'),
    id_date: numberFault('id_date', 'The number does not contain a possible birth date.'),
    id_region: numberFault('id_region', 'The number does not begin with a region we know.'),
    id_kind: numberFault('id_kind', 'The number is not that of a resident identity card.'),
    unknown_configuration: own(400, 'unknown_configuration', 'No such credential configuration.'),
    person_ineligible: own(409, 'person_ineligible', 'The person does not have a valid document of this kind.'),
    credential_state: own(409, 'credential_state', 'The credential is not in the state this act starts from.'),
    idempotency_mismatch: own(409, 'idempotency_mismatch', 'The idempotency key belongs to another request.'),
  },
};
