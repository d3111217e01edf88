import { encodeUtf8 } from './utf8.ts';

/** Equality whose time depends on the lengths alone. Texts are compared as UTF-8. */
export function constantTimeEqual(a: Uint8Array | string, b: Uint8Array | string): boolean {
  const left = typeof a === 'string' ? encodeUtf8(a) : a;
  const right = typeof b === 'string' ? encodeUtf8(b) : b;
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return difference === 0;
}
