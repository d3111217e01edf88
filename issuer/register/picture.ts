/**
 * What a portrait has to be before it is stored: a baseline or progressive JPEG (ITU-T T.81) of at most 12 kB, 8 bits,
 * grey or colour, 64 to 1,024 pixels a side. Only headers are read; nothing is decoded.
 */
export type PictureFault = 'picture_size' | 'picture_format' | 'picture_dimensions';

const maxBytes = 12 * 1024;
const minSide = 64;
const maxSide = 1024;

/** Undefined for a picture that may be stored. */
export function findPictureFault(bytes: Uint8Array): PictureFault | undefined {
  if (bytes.length > maxBytes || bytes.length < 4) return 'picture_size';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0) !== 0xffd8 || view.getUint16(bytes.length - 2) !== 0xffd9) return 'picture_format';
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker < 0xffc0 || length < 2 || at + 2 + length > bytes.length) return 'picture_format';
    if (marker === 0xffc0 || marker === 0xffc1 || marker === 0xffc2) return frameFault(view, at, length);
    // The scan begins without a frame of a kind that browsers show (lossless and arithmetic ones are not).
    if (marker === 0xffda) return 'picture_format';
    at += 2 + length;
  }
  return 'picture_format';
}

function frameFault(view: DataView, at: number, length: number): PictureFault | undefined {
  if (length < 8) return 'picture_format';
  const precision = view.getUint8(at + 4);
  const components = view.getUint8(at + 9);
  if (precision !== 8 || (components !== 1 && components !== 3) || length !== 8 + 3 * components)
    return 'picture_format';
  const sides = [view.getUint16(at + 5), view.getUint16(at + 7)];
  return sides.every((side) => side >= minSide && side <= maxSide) ? undefined : 'picture_dimensions';
}
