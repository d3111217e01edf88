/** Words of /apply/api: snake_case, times in epoch seconds, dates 'YYYY-MM-DD'. */
import * as z from 'zod';
import { decodeBase64 } from '../../shared/encoding/index.ts';
import { faceSteps, measurement } from './face-challenge.ts';
import { typedFields } from './fields.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const time = z.int().min(0);
const code = z.string();

export const openRequest = z.strictObject({
  /** Of the OAuth flow that led here: what the wallet asks for is what is applied for. */
  flow: id.optional(),
  /** A new application although there is an approved one: its digital ID ends when the new one is approved. */
  again: z.boolean().default(false),
});

export const consentRequest = z.strictObject({
  notice: z.string().max(32),
  way: z.enum(['camera', 'person', 'counter']),
  face: z.boolean().meta({ description: 'Separate consent to the capture; true with `camera` and with nothing else' }),
});

export const sideParams = z.object({ side: z.enum(['front', 'back']) });
export const fieldsRequest = typedFields;
export const photoBody = z.instanceof(Uint8Array);

export const challengeReply = z.object({ id, steps: z.array(z.enum(faceSteps)), expires_at: time });

const maxFrameText = 600_000;
export const faceRequest = z.strictObject({
  challenge: id,
  frames: z
    .array(
      z.strictObject({
        step: z.enum(faceSteps),
        at_ms: z.int().min(0).max(600_000),
        image: z.base64().max(maxFrameText).meta({ description: 'JPEG' }),
        measured: measurement.optional().meta({ description: 'Absent where the browser cannot measure' }),
      }),
    )
    .min(1)
    .max(8),
});
export const faceReply = z.object({
  result: z.enum(['completed', 'captured', 'not_completed']).meta({
    description: 'captured: not measured, a person looks at the pictures',
  }),
  reason: code,
  attempts_left: z.int().min(0),
});

export const counterCodeRequest = z.strictObject({ code: z.string().min(1).max(32) });
export const returnRequest = z.strictObject({ flow: id });
export const returnReply = z.object({ redirect: z.string() });
export const offerReply = z.object({
  link: z.string().meta({ description: 'openid-credential-offer://' }),
  wallet_url: z.string().nullable().meta({ description: 'The same for the web wallet, where there is one' }),
  expires_at: time,
});

const readField = z.object({ value: z.union([z.string(), z.number()]), doubtful: z.boolean() });
const side = z.object({
  at: time,
  width: z.int(),
  height: z.int(),
  problems: z.array(z.enum(['blur', 'glare', 'too_small', 'not_a_card', 'wrong_side', 'not_read'])),
});

export const applicationReply = z.object({
  application: z
    .object({
      id,
      state: z.enum(['draft', 'sent', 'review', 'asked', 'approved', 'refused', 'withdrawn']),
      configuration_ids: z.array(z.string()),
      created_at: time,
      expires_at: time.nullable().meta({ description: 'While it is with the applicant' }),
      sent_at: time.nullable(),
      decided_at: time.nullable(),
      waiting_for: z.enum(['applicant', 'official_check', 'person']).nullable(),
      reason: code.nullable(),
      note: z.string().nullable(),
      replaced: z.boolean(),
      notice: z.object({ current: z.string(), accepted: z.boolean() }),
      face: z.object({
        way: z.enum(['camera', 'person', 'counter']).nullable(),
        consent_at: time.nullable(),
        attempts_left: z.int().min(0),
        result: code.nullable(),
      }),
      front: side.nullable(),
      back: side.nullable(),
      read: z.record(z.string(), readField).meta({ description: 'What was read from the photos, by field' }),
      fields: typedFields.meta({ description: 'What the applicant says' }),
      missing: z.array(z.string()).meta({ description: 'notice, front, back, fields.<name>, face' }),
    })
    .nullable(),
});

export const progressReply = z.object({
  state: z.enum(['none', 'draft', 'sent', 'review', 'asked', 'approved', 'refused', 'withdrawn']),
  waiting_for: z.enum(['applicant', 'official_check', 'person']).nullable(),
  since: time.nullable(),
  reason: code.nullable(),
});

/** The picture of a frame; the schema has vouched for its alphabet. */
export function frameBytes(image: string): Uint8Array {
  return decodeBase64(image);
}
