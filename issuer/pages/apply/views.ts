/** Answers of /apply/api, as far as the page reads them. */
import * as z from 'zod/mini';

const time = z.number();

export const problems = ['blur', 'glare', 'too_small', 'not_a_card', 'wrong_side', 'not_read'] as const;
const photo = z.object({ at: time, width: z.number(), height: z.number(), problems: z.array(z.enum(problems)) });
export type Photo = z.output<typeof photo>;

const states = ['draft', 'sent', 'review', 'asked', 'approved', 'refused', 'withdrawn'] as const;

const fields = z.object({
  name: z.optional(z.string()),
  sex: z.optional(z.union([z.literal(1), z.literal(2)])),
  ethnicity: z.optional(z.string()),
  birthdate: z.optional(z.string()),
  address: z.optional(z.string()),
  number: z.optional(z.string()),
  authority: z.optional(z.string()),
  valid_from: z.optional(z.string()),
  valid_until: z.optional(z.string()),
});
export type Fields = z.output<typeof fields>;
export type FieldName = keyof Fields;

const application = z.object({
  id: z.string(),
  state: z.enum(states),
  created_at: time,
  expires_at: z.nullable(time),
  sent_at: z.nullable(time),
  decided_at: z.nullable(time),
  reason: z.nullable(z.string()),
  note: z.nullable(z.string()),
  replaced: z.boolean(),
  notice: z.object({ current: z.string(), accepted: z.boolean() }),
  face: z.object({
    way: z.nullable(z.enum(['camera', 'person', 'counter'])),
    attempts_left: z.number(),
    result: z.nullable(z.string()),
  }),
  front: z.nullable(photo),
  back: z.nullable(photo),
  read: z.record(z.string(), z.object({ value: z.union([z.string(), z.number()]), doubtful: z.boolean() })),
  fields,
  missing: z.array(z.string()),
});
export type Application = z.output<typeof application>;

export const applicationReply = z.object({ application: z.nullable(application) });
export const progressReply = z.object({ state: z.enum(['none', ...states]) });

const faceSteps = ['look', 'turn-left', 'turn-right', 'open-mouth'] as const;
export type FaceStep = (typeof faceSteps)[number];
export const challengeReply = z.object({ id: z.string(), steps: z.array(z.enum(faceSteps)), expires_at: time });
export const faceReply = z.object({ result: z.enum(['completed', 'captured', 'not_completed']) });

export const offerReply = z.object({ link: z.string(), wallet_url: z.nullable(z.string()), expires_at: time });
export type Offer = z.output<typeof offerReply>;

export const returnReply = z.object({ redirect: z.string() });
export const ceremony = z.looseObject({ challenge: z.string() });
