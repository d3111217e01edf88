import * as z from 'zod/mini';
import { parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import { maskName, maskNumber } from '../../shared/id-card/index.ts';

/** One line of the register, as it lies sealed. */
const guestEntry = z.object({
  room: z.optional(z.string()),
  guest: z.optional(z.int()),
  guests: z.optional(z.int()),
  reference: z.optional(z.string()),
  claims: z.record(z.string(), z.json()),
  /** A person compared the portrait with the guest; the portrait itself is not here. */
  portrait_compared: z.boolean(),
  issuer: z.string(),
  status_checked_at: z.int(),
});
export type GuestEntry = z.infer<typeof guestEntry>;

export function parseGuestEntry(text: string): GuestEntry {
  return parseShape(guestEntry, parseJsonObject(text), 'entry');
}

/** What a list may show of a person. */
export function maskedGuest(entry: GuestEntry): { readonly name: string; readonly number: string } {
  const { name, personal_administrative_number: number } = entry.claims;
  return {
    name: typeof name === 'string' ? maskName(name) : '*',
    number: typeof number === 'string' ? maskNumber(number) : '',
  };
}
