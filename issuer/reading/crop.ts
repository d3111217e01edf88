/**
 * One item of the flat card, ready for the recogniser: a window with slack around where the item is printed, evened
 * out, trimmed to its own line of ink, scaled, black on white with a margin.
 */
import sharp from 'sharp';
import { cardHeight, cardWidth, type FlatCard } from './straighten.ts';
import { bandOfInk, type GreyImage, trimTo } from './trim.ts';

/** Shares of the card's width and height. */
export interface Window {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface CropOptions {
  /** From flat-card pixels to the recogniser's: the size of letters it reads best. */
  readonly scale: number;
  /** 1: one printed line is kept. More: everything between the first and the last line. */
  readonly lines: 'one' | 'all';
  /** Labels are printed in blue, which the blue channel hardly sees. */
  readonly channel?: 'red' | 'green' | 'blue';
  /** Standard deviation of a blur against noise, flat-card pixels. */
  readonly soften?: number;
}

export interface Crop {
  readonly png: Uint8Array;
  /** Share of the window's width that carries ink; 0 for an empty window. */
  readonly extent: number;
}

const margin = 24;

export async function cropItem(card: FlatCard, window: Window, options: CropOptions): Promise<Crop> {
  const evened = await evenOut(cutWindow(card, window, options), options.soften ?? 0);
  const band = bandOfInk(evened, options.lines);
  const found = band === undefined ? evened : trimTo(evened, band);
  const { pixels, width, height } = found;
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(Math.max(1, Math.round(width * options.scale)), Math.max(1, Math.round(height * options.scale)), {
      kernel: 'cubic',
      fit: 'fill',
    })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: '#ffffff' })
    .toColourspace('b-w')
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { png, extent: band === undefined ? 0 : width / evened.width };
}

function cutWindow({ pixels }: FlatCard, window: Window, { channel = 'blue' }: CropOptions): GreyImage {
  const left = Math.max(0, Math.round(window.left * cardWidth));
  const top = Math.max(0, Math.round(window.top * cardHeight));
  const width = Math.min(cardWidth, Math.round(window.right * cardWidth)) - left;
  const height = Math.min(cardHeight, Math.round(window.bottom * cardHeight)) - top;
  const offset = { red: 0, green: 1, blue: 2 }[channel];
  const cut = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = (top + y) * cardWidth + left;
    for (let x = 0; x < width; x += 1) cut[y * width + x] = pixels[(row + x) * 3 + offset] ?? 0;
  }
  return { pixels: cut, width, height };
}

/** Divided by its own blurred background (lamps, shadows), then stretched between the darkest ink and the paper. */
async function evenOut({ pixels, width, height }: GreyImage, soften: number): Promise<GreyImage> {
  const raw = { width, height, channels: 1 } as const;
  const wide = sharp(pixels, { raw })
    .blur(cardWidth * 0.02)
    .extractChannel(0)
    .raw()
    .toBuffer();
  const fine = soften === 0 ? pixels : await sharp(pixels, { raw }).blur(soften).extractChannel(0).raw().toBuffer();
  const background = await wide;
  const evened = new Uint8Array(fine.length);
  const histogram = new Uint32Array(256);
  for (let at = 0; at < fine.length; at += 1) {
    const value = Math.min(255, Math.round(((fine[at] ?? 0) * 200) / ((background[at] ?? 0) + 1)));
    evened[at] = value;
    histogram[value] = (histogram[value] ?? 0) + 1;
  }
  const dark = percentile(histogram, fine.length * 0.01);
  const light = percentile(histogram, fine.length * 0.7);
  const span = Math.max(20, light - dark);
  for (const [at, value] of evened.entries()) {
    evened[at] = Math.max(0, Math.min(255, Math.round(((value - dark) * 255) / span)));
  }
  return { pixels: evened, width, height };
}

function percentile(histogram: Uint32Array, count: number): number {
  let seen = 0;
  for (const [value, found] of histogram.entries()) {
    seen += found;
    if (seen >= count) return value;
  }
  return 255;
}
