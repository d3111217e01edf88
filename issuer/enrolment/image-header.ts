/**
 * What an image says of itself, read from its header before anything decodes it: JPEG (ITU-T T.81) and PNG (ISO/IEC
 * 15948), still, grey or colour, 8 bits. The bytes decide, whatever a name or a content type says.
 * Refused: `image_invalid` (another format, damaged, CMYK, 12 or 16 bits, lossless or arithmetic JPEG, animated).
 */
import { HufuError } from '../../shared/errors.ts';

export interface ImageHeader {
  readonly format: 'jpeg' | 'png';
  readonly width: number;
  readonly height: number;
}

export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 24) throw invalid('length');
  if (view.getUint32(0) === 0x89504e47 && view.getUint32(4) === 0x0d0a1a0a) return pngHeader(view);
  if (view.getUint16(0) === 0xffd8 && view.getUint8(2) === 0xff) return jpegHeader(view);
  throw invalid('format');
}

/** Segments up to the first frame header; whatever stands before it (EXIF, comments) is stepped over, not read. */
function jpegHeader(view: DataView): ImageHeader {
  let at = 2;
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint16(at);
    // Any number of fill bytes may stand before a marker (B.1.1.2).
    if (marker === 0xffff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > view.byteLength) throw invalid('segment');
    if (marker === 0xffc0 || marker === 0xffc1 || marker === 0xffc2) return jpegFrame(view, at, length);
    if (!isTable(marker)) throw invalid('frame');
    at += 2 + length;
  }
  throw invalid('frame');
}

/** What may stand before the frame: Huffman and quantisation tables, restart interval, application data, comment. */
function isTable(marker: number): boolean {
  const isApplication = marker >= 0xffe0 && marker <= 0xffef;
  return isApplication || marker === 0xffc4 || marker === 0xffdb || marker === 0xffdd || marker === 0xfffe;
}

function jpegFrame(view: DataView, at: number, length: number): ImageHeader {
  if (length < 8 || view.getUint8(at + 4) !== 8) throw invalid('depth');
  const components = view.getUint8(at + 9);
  if ((components !== 1 && components !== 3) || length !== 8 + 3 * components) throw invalid('components');
  return { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
}

const type = { ihdr: 0x49484452, idat: 0x49444154, actl: 0x6163544c } as const;

function pngHeader(view: DataView): ImageHeader {
  if (view.byteLength < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== type.ihdr) throw invalid('ihdr');
  if (view.getUint8(24) > 8) throw invalid('depth');
  let at = 33;
  while (at + 12 <= view.byteLength) {
    const length = view.getUint32(at);
    const name = view.getUint32(at + 4);
    if (at + 12 + length > view.byteLength) throw invalid('chunk');
    // An animation says so before its first picture.
    if (name === type.actl) throw invalid('animated');
    if (name === type.idat) return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
    at += 12 + length;
  }
  throw invalid('idat');
}

function invalid(at: string): HufuError {
  return new HufuError('image_invalid', { at });
}
