import * as z from 'zod/mini';
import { parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import type { Bilingual } from '../../shared/look/index.ts';

/** What the asker says about the occasion. Never anything about a person: it is stored in the clear for a few minutes. */
export const requestContext = z.strictObject({
  room: z.optional(z.string().check(z.regex(/^[\p{L}\p{N}][\p{L}\p{N} -]{0,15}$/u))),
  /** Guest n of m. */
  guest: z.optional(z.int().check(z.minimum(1), z.maximum(20))),
  guests: z.optional(z.int().check(z.minimum(1), z.maximum(20))),
  /** The asker's own number for this, say a booking. */
  reference: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/))),
});
export type RequestContext = z.infer<typeof requestContext>;

/** The part of the context that the holder is shown beside the purpose. */
export function contextDetail(context: RequestContext): Bilingual | undefined {
  if (context.room === undefined) return undefined;
  return { 'zh-Hans': `${context.room} 房`, en: `Room ${context.room}` };
}

/** The context of a stored request. */
export function parseContext(text: string): RequestContext {
  return parseShape(requestContext, parseJsonObject(text), 'context');
}
