/**
 * Photos on their way in: judged by their header, decoded one at a time within limits, turned upright and encoded
 * anew. What comes out has pixels and nothing else: no metadata, no comments, nothing behind the end of the image.
 */
import sharp from 'sharp';
import { HufuError } from '../../shared/errors.ts';
import { type ImageHeader, readImageHeader } from './image-header.ts';

export const maxImageBytes = 8 * 1024 * 1024;
const maxPixels = 40_000_000;
const minSide = 200;
const maxSide = 20_000;

export interface CleanImage {
  /** Baseline JPEG, sRGB, no metadata. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface ImageIntake {
  /**
   * `mediaType` is what the sender called it. Refused: `image_invalid` (not a still JPEG or PNG of 8 bits, damaged, or
   * not what it was called), `image_limit` (over 8 MB, over 40 megapixels, a side under 200 or over 20,000 pixels).
   */
  clean(bytes: Uint8Array, options: { readonly mediaType: string; readonly longSide: number }): Promise<CleanImage>;
}

/** At most `atOnce` photos are decoded at a time; the others wait as they came. */
export function createImageIntake(options: { readonly atOnce: number }): ImageIntake {
  // Decoded pixels of one person are not kept for the next.
  sharp.cache(false);
  const takeTurn = createTurns(options.atOnce);
  return {
    async clean(bytes, { mediaType, longSide }) {
      checkHeader(bytes, mediaType);
      const release = await takeTurn();
      try {
        return await encodeAnew(bytes, longSide);
      } finally {
        release();
      }
    },
  };
}

function checkHeader(bytes: Uint8Array, mediaType: string): void {
  if (bytes.length > maxImageBytes) throw new HufuError('image_limit', { at: 'bytes' });
  const header: ImageHeader = readImageHeader(bytes);
  if (mediaType !== `image/${header.format}`) throw new HufuError('image_invalid', { at: 'media_type' });
  const { width, height } = header;
  if (width * height > maxPixels || Math.max(width, height) > maxSide)
    throw new HufuError('image_limit', { at: 'pixels' });
  if (Math.min(width, height) < minSide) throw new HufuError('image_limit', { at: 'too_small' });
}

async function encodeAnew(bytes: Uint8Array, longSide: number): Promise<CleanImage> {
  try {
    const { data, info } = await sharp(bytes, {
      limitInputPixels: maxPixels,
      failOn: 'truncated',
      sequentialRead: true,
    })
      .autoOrient()
      .resize({ width: longSide, height: longSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
      .toBuffer({ resolveWithObject: true });
    return { jpeg: new Uint8Array(data), width: info.width, height: info.height };
  } catch (cause) {
    throw new HufuError('image_invalid', { at: 'decoding', cause });
  }
}

function createTurns(atOnce: number): () => Promise<() => void> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return release;
  };
}
