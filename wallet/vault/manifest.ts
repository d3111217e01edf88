import * as z from 'zod/mini';
import type { RowName } from './raw-store.ts';

/**
 * The list of what belongs to the vault, sealed like everything else: which rows, in which version. With it a row that
 * was removed, brought back or replaced by its own past is found, and with `counter` (higher than any before) the whole.
 */
export const manifestSchema = z.strictObject({
  counter: z.int().check(z.gte(1)),
  headerHash: z.string(),
  versions: z.record(z.string(), z.int()),
});

export type Manifest = z.infer<typeof manifestSchema>;

export const manifestName: RowName = { store: 'vault', id: 'manifest' };

/** Ids are random base64url and store names plain words, so the slash cannot be ambiguous. */
export function rowKey(name: RowName): string {
  return `${name.store}/${name.id}`;
}
