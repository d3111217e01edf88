import { HufuError } from '../errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of a text. A lone surrogate is refused (`encoding`): it would become U+FFFD, and two texts would have one hash. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) throw new HufuError('encoding');
  return encoder.encode(text);
}

const scratch = new Uint8Array(3_072);

/** As `encodeUtf8`, for a reader who is done before the next call: short texts share one piece of memory. */
export function viewUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (text.length * 3 > scratch.length) return encodeUtf8(text);
  if (!text.isWellFormed()) throw new HufuError('encoding');
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Strict UTF-8 (RFC 3629). Refused with `encoding`: ill-formed bytes, a byte order mark (RFC 8259 8.1). */
export function decodeUtf8(bytes: Uint8Array, at?: string): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new HufuError('encoding', at === undefined ? { cause } : { at, cause });
  }
  if (text.charCodeAt(0) === 0xfeff) throw new HufuError('encoding', at === undefined ? {} : { at });
  return text;
}

/** Length in UTF-8 bytes, without building them. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate is half of four bytes: two each.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return length;
}
