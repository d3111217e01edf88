/** What the page gets from the API, by shape: an answer that looks otherwise is an error and not a guess. */
import * as z from 'zod/mini';

export const welcome = z.object({ organisation: z.string(), demo: z.boolean(), desk: z.optional(z.string()) });
export const session = z.object({ desk: z.string(), organisation: z.string() });
export const opened = z.object({
  id: z.string(),
  qr: z.string(),
  same_device_link: z.string(),
  fetch_until: z.int(),
});

const address = z.object({ region: z.optional(z.string()), street_address: z.optional(z.string()) });
const claims = z.object({
  name: z.optional(z.string()),
  personal_administrative_number: z.optional(z.string()),
  sex: z.optional(z.int()),
  birthdate: z.optional(z.string()),
  address: z.optional(address),
  ethnicity: z.optional(z.string()),
});
export type Claims = z.infer<typeof claims>;

const bilingual = z.object({ 'zh-Hans': z.string(), en: z.string() });
const result = z.object({
  claims,
  evidence: z.object({
    format: z.string(),
    issuer: z.object({ name: bilingual }),
    alg: z.string(),
    status: z.object({ checked_at: z.int() }),
  }),
  has_picture: z.boolean(),
  age: z.optional(z.int()),
});
export type Result = z.infer<typeof result>;

export const requestView = z.object({
  id: z.string(),
  context: z.object({ room: z.optional(z.string()), guest: z.optional(z.int()), guests: z.optional(z.int()) }),
  status: z.enum([
    'waiting',
    'scanned',
    'undetermined',
    'match',
    'accepted',
    'refused',
    'declined',
    'expired',
    'cancelled',
    'completed',
    'rejected',
  ]),
  reason: z.optional(z.string()),
  match_tries: z.int(),
  result: z.optional(result),
});
export type RequestView = z.infer<typeof requestView>;

export const revealed = z.object({ personal_administrative_number: z.string() });

const dayEntry = z.object({
  id: z.string(),
  created_at: z.int(),
  room: z.optional(z.string()),
  guest: z.optional(z.int()),
  guests: z.optional(z.int()),
  name: z.string(),
  number: z.string(),
});
export type DayEntry = z.infer<typeof dayEntry>;
export const dayList = z.object({ day: z.string(), records: z.array(dayEntry) });
