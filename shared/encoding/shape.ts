import type * as z from 'zod/mini';
import { safeParse } from 'zod/mini';
import { HufuError } from '../errors.ts';

/**
 * The value as a schema describes it, or `shape` at the first place that differs. The error carries the place only:
 * names that came with the data (members of a free map) show as `*`.
 */
export function parseShape<S extends z.core.$ZodType>(schema: S, value: unknown, at?: string): z.output<S> {
  const result = safeParse(schema, value);
  if (result.success) return result.data;
  const path = (result.error.issues[0]?.path ?? []).map(segment);
  throw new HufuError('shape', { at: [...(at === undefined ? [] : [at]), ...path].join('.') });
}

function segment(name: PropertyKey): string {
  return typeof name === 'number' || (typeof name === 'string' && /^[a-z][a-z_]{0,40}$/.test(name)) ? `${name}` : '*';
}
