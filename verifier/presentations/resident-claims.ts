import * as z from 'zod/mini';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { ageOn, civilDateAt, isCivilDate, isEthnicGroup } from '../../shared/id-card/index.ts';

/** Text that is what it looks like: no controls, no direction overrides, nothing of no width (UTS 55). */
const visible = z.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
const line = z.string().check(z.maxLength(200), visible);

/** The claims a scene may ask for, by the kinds of value the resident ID gives them (docs/claims.md). */
const residentClaims = z.strictObject({
  name: z.optional(z.string().check(z.maxLength(100), visible)),
  name_masked: z.optional(line),
  personal_administrative_number: z.optional(z.string().check(z.regex(/^[0-9]{17}[0-9X]$/))),
  number_last4: z.optional(z.string().check(z.regex(/^[0-9]{3}[0-9X]$/))),
  sex: z.optional(z.literal([1, 2])),
  ethnicity: z.optional(z.string().check(z.refine(isEthnicGroup))),
  birthdate: z.optional(z.string().check(z.refine(isCivilDate))),
  address: z.optional(
    z.strictObject({
      region: z.optional(line),
      region_code: z.optional(z.string().check(z.regex(/^[0-9]{6}$/))),
      street_address: z.optional(line),
    }),
  ),
  picture: z.optional(z.string().check(z.maxLength(24_576), z.regex(/^data:image\/jpeg;base64,[A-Za-z0-9+/]+={0,2}$/))),
  age_equal_or_over: z.optional(z.record(z.string().check(z.regex(/^[0-9]{2}$/)), z.boolean())),
});

/**
 * A trusted issuer's word is still read by its shape, because people and programs rely on it. Refused with
 * `claim_type`: a claim of another kind, text with characters nobody sees, a birth date in the future.
 */
export function checkResidentClaims(claims: JsonObject, now: number): void {
  let parsed: z.infer<typeof residentClaims>;
  try {
    parsed = parseShape(residentClaims, claims, 'claims');
  } catch (cause) {
    throw new HufuError('claim_type', { at: cause instanceof HufuError ? (cause.at ?? 'claims') : 'claims', cause });
  }
  if (parsed.birthdate !== undefined && ageOn(parsed.birthdate, civilDateAt(now)) === undefined) {
    throw new HufuError('claim_type', { at: 'claims.birthdate' });
  }
}
