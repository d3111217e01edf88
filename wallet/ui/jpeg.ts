import { decodeBase64 } from '../../shared/encoding/index.ts';

const prefix = 'data:image/jpeg;base64,';
const maxBytes = 65_536;

/**
 * A portrait from a claim, drawn through <img> from a blob of our own, and only if it is what it says: JPEG by its
 * first and last bytes and not too large. Anything else (SVG, HTML, an address) is not drawn at all, and nothing is
 * ever fetched for it (NC-129).
 */
export function jpegOf(value: unknown): Blob | undefined {
  if (typeof value !== 'string' || !value.startsWith(prefix) || value.length > maxBytes * 1.4) return undefined;
  try {
    const bytes = decodeBase64(value.slice(prefix.length));
    const starts = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
    const ends = bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9;
    return starts && ends && bytes.length <= maxBytes ? new Blob([bytes], { type: 'image/jpeg' }) : undefined;
  } catch {
    return undefined;
  }
}
