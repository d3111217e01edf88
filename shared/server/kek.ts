/**
 * Key-encryption keys. The provider wraps and unwraps; whether its keys lie in files or in a security module is its
 * own affair. Calls are synchronous because they happen inside database transactions.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HufuError } from '../errors.ts';
import { openBytes, sealBytes } from './aead.ts';
import { findSecretFile, loadOrCreateSecret } from './key-files.ts';

export interface KekProvider {
  /** Id of the key that new data keys are wrapped with. */
  readonly current: string;
  wrap(kekId: string, key: Uint8Array, aad: Uint8Array): Uint8Array;
  /** Refused: `integrity`, for an unknown key as for a wrong one. */
  unwrap(kekId: string, wrapped: Uint8Array, aad: Uint8Array): Uint8Array;
}

/**
 * Keys in `<folder>/kek-<n>.key`, 32 bytes each, mode 0600 or 0400; the highest number is current. The first is made
 * when there is none. To rotate: add the next file, restart, `rewrap` until nothing is left, delete the old file.
 */
export function fileKeks(folder: string): KekProvider {
  loadFirst(folder);
  const keys = new Map<string, Uint8Array>();
  const numbers = kekNumbers(folder);
  for (const number of numbers) {
    const file = join(folder, `kek-${number}.key`);
    const key = findSecretFile(file);
    if (key?.length !== 32) throw new HufuError('key_file', { at: file });
    keys.set(`kek-${number}`, key);
  }
  return keksOf(keys, `kek-${Math.max(...numbers)}`);
}

/** Keys given by value: for tests, and for providers that fetch them elsewhere. */
export function keksOf(keys: ReadonlyMap<string, Uint8Array>, current: string): KekProvider {
  function find(kekId: string): Uint8Array {
    const key = keys.get(kekId);
    if (key === undefined) throw new HufuError('integrity');
    return key;
  }
  find(current);
  return {
    current,
    wrap: (kekId, key, aad) => sealBytes(find(kekId), key, aad),
    unwrap: (kekId, wrapped, aad) => openBytes(find(kekId), wrapped, aad),
  };
}

function loadFirst(folder: string): void {
  if (kekNumbers(folder).length === 0) loadOrCreateSecret(join(folder, 'kek-1.key'), 32);
}

function kekNumbers(folder: string): readonly number[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const number = /^kek-([1-9][0-9]{0,5})\.key$/.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
  } catch {
    return [];
  }
}
