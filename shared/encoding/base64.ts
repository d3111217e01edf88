import { HufuError } from '../errors.ts';
import { decodeUtf8, viewUtf8 } from './utf8.ts';

type Alphabet = 'base64' | 'base64url';

/** ES2026 methods, which Node 26 and current browsers have and the compiler's library does not know yet. */
interface NativeBytes extends Uint8Array {
  toBase64?(options: { readonly alphabet: Alphabet; readonly omitPadding: boolean }): string;
}
interface NativeConstructor {
  readonly BYTES_PER_ELEMENT: number;
  fromBase64?(
    text: string,
    options: { readonly alphabet: Alphabet; readonly lastChunkHandling: 'strict' },
  ): Uint8Array<ArrayBuffer>;
}
const native: NativeConstructor = Uint8Array;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const alphabets: Readonly<Record<Alphabet, string>> = { base64: `${letters}+/`, base64url: `${letters}-_` };

/** RFC 4648 section 5 without padding. A string is taken as UTF-8. */
export function encodeBase64url(data: Uint8Array | string): string {
  return encode(typeof data === 'string' ? viewUtf8(data) : data, 'base64url');
}

/**
 * RFC 4648 section 5, strict: one spelling for each sequence of bytes. Refused with `encoding`: padding, white space,
 * letters of another alphabet, and set bits behind the last byte.
 */
export function decodeBase64url(text: string, at?: string): Uint8Array<ArrayBuffer> {
  return decode(text, text.length, 'base64url', at);
}

/** Base64url whose bytes are UTF-8 text; refuses what either layer refuses. */
export function decodeBase64urlText(text: string, at?: string): string {
  return decodeUtf8(decodeBase64url(text, at), at);
}

/** RFC 4648 section 4, padded: for `x5c` and subresource integrity. */
export function encodeBase64(data: Uint8Array): string {
  return encode(data, 'base64');
}

/** RFC 4648 section 4, strict and padded. Refused with `encoding`: anything but the one canonical spelling. */
export function decodeBase64(text: string, at?: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 !== 0) throw refused(at);
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text, text.length - padding, 'base64', at);
}

function encode(data: Uint8Array, alphabet: Alphabet): string {
  const bytes: NativeBytes = data;
  const omitPadding = alphabet === 'base64url';
  return bytes.toBase64?.({ alphabet, omitPadding }) ?? encodePlainly(data, alphabet, omitPadding);
}

/** `digits` is the length without padding. */
function decode(text: string, digits: number, alphabet: Alphabet, at: string | undefined): Uint8Array<ArrayBuffer> {
  // A short text is cheaper here than with the native method, which allocates outside the heap.
  if (digits <= 256 || native.fromBase64 === undefined) return decodePlainly(text, digits, alphabet, at);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = native.fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='), {
      alphabet,
      lastChunkHandling: 'strict',
    });
  } catch (cause) {
    throw refused(at, cause);
  }
  // The native decoder skips white space; skipped letters show as missing bytes.
  if (bytes.length !== Math.floor((digits * 3) / 4)) throw refused(at);
  return bytes;
}

/** For engines without the native method. */
function encodePlainly(data: Uint8Array, alphabet: Alphabet, omitPadding: boolean): string {
  const digits = alphabets[alphabet];
  let text = '';
  for (let i = 0; i < data.length; i += 3) {
    const left = data.length - i;
    const group = ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0);
    text += digits.charAt(group >> 18) + digits.charAt((group >> 12) & 63);
    text += left > 1 ? digits.charAt((group >> 6) & 63) : omitPadding ? '' : '=';
    text += left > 2 ? digits.charAt(group & 63) : omitPadding ? '' : '=';
  }
  return text;
}

const notADigit = 64;
const values: Readonly<Record<Alphabet, Uint8Array>> = {
  base64: valuesOf(alphabets.base64),
  base64url: valuesOf(alphabets.base64url),
};

/** The value of each ASCII letter as a digit. */
function valuesOf(digits: string): Uint8Array {
  const table = new Uint8Array(128).fill(notADigit);
  for (let value = 0; value < digits.length; value++) table[digits.charCodeAt(value)] = value;
  return table;
}

function decodePlainly(
  text: string,
  digits: number,
  alphabet: Alphabet,
  at: string | undefined,
): Uint8Array<ArrayBuffer> {
  const table = values[alphabet];
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let window = 0;
  let bits = 0;
  let length = 0;
  for (let i = 0; i < digits; i++) {
    const value = table[text.charCodeAt(i)] ?? notADigit;
    if (value === notADigit) throw refused(at);
    window = ((window << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = window >> bits;
    }
  }
  if (bits === 6 || (window & ((1 << bits) - 1)) !== 0) throw refused(at);
  return bytes;
}

function refused(at: string | undefined, cause?: unknown): HufuError {
  return new HufuError('encoding', { ...(at === undefined ? {} : { at }), ...(cause === undefined ? {} : { cause }) });
}
