import { HufuError } from '../errors.ts';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Enough for a 32-byte key and its codec; decoding costs the square of the length. */
const maxDigits = 64;

/** Base58 with the Bitcoin alphabet (Multibase `z`). Refused with `did_invalid`: other letters, more than 64 digits. */
export function decodeBase58(text: string): Uint8Array<ArrayBuffer> {
  if (text.length > maxDigits) throw new HufuError('did_invalid', { at: 'base58' });
  let value = 0n;
  let zeros = 0;
  let leading = true;
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) throw new HufuError('did_invalid', { at: 'base58' });
    leading &&= digit === 0;
    if (leading) zeros++;
    value = value * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; value > 0n; value >>= 8n) bytes.unshift(Number(value & 0xffn));
  return new Uint8Array([...new Array<number>(zeros).fill(0), ...bytes]);
}
