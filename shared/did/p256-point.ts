import { HufuError } from '../errors.ts';

/** SEC 2 2.4.2: y² = x³ - 3x + b over the field of p elements. */
const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * A compressed P-256 point (SEC 1 2.3.4: 33 bytes, the first 2 or 3) as its coordinates, 32 bytes each.
 * Refused with `key_invalid`: another form, x outside the field, no such point. Public data only: not constant-time.
 */
export function decompressPoint(point: Uint8Array): { readonly x: Uint8Array; readonly y: Uint8Array } {
  const sign = point[0];
  if (point.length !== 33 || (sign !== 2 && sign !== 3)) throw new HufuError('key_invalid', { at: 'point' });
  const x = toNumber(point.subarray(1));
  if (x >= p) throw new HufuError('key_invalid', { at: 'point' });
  const square = (x ** 3n - 3n * x + b) % p;
  // p is 3 modulo 4, so this power is a root wherever one exists.
  const root = power(square, (p + 1n) / 4n);
  if ((root * root - square) % p !== 0n) throw new HufuError('key_invalid', { at: 'point' });
  const odd = (root & 1n) === 1n;
  return { x: point.slice(1), y: toBytes(odd === (sign === 3) ? root : p - root) };
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = ((base % p) + p) % p;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

function toNumber(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function toBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  let rest = value;
  for (let i = 31; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
