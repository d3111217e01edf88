import { constantTimeEqual, decodeBase64, encodeUtf8 } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { Hasher, HashName } from '../keys/index.ts';

/** W3C SRI 3.2, the strongest first. */
const algorithms: readonly (readonly [string, HashName])[] = [
  ['sha512', 'sha-512'],
  ['sha384', 'sha-384'],
  ['sha256', 'sha-256'],
];

/**
 * SD-JWT VC 7, W3C SRI 3.3: one hash of the strongest kind that is named must be the document's. Refused with
 * `meta_integrity`: no hash of a known kind, or none that fits. The hash is over the octets served: pass the text as
 * it was decoded from UTF-8, with nothing stripped.
 */
export function checkIntegrity(text: string, integrity: string, hasher: Hasher, at: string): void {
  const named = integrity.split(/[\t\n\f\r ]+/).filter((expression) => expression !== '');
  for (const [prefix, hashName] of algorithms) {
    const hashes = named.filter((expression) => expression.startsWith(`${prefix}-`));
    if (hashes.length === 0) continue;
    const actual = hasher.hash(hashName, encodeUtf8(text));
    if (hashes.some((expression) => isHash(expression.slice(prefix.length + 1), actual))) return;
    break;
  }
  throw new HufuError('meta_integrity', { at });
}

/** Standard base64; what follows a question mark is an option, and none is defined. A malformed hash fits nothing. */
function isHash(expression: string, actual: Uint8Array): boolean {
  const [base64 = ''] = expression.split('?');
  try {
    return constantTimeEqual(decodeBase64(base64), actual);
  } catch {
    return false;
  }
}
