/**
 * What in a small picture could be the card: several masks, because no single threshold serves dark wood, a white desk
 * and a lamp's reflection alike. Which of them was right is decided by the shape found in it (find-quad.ts).
 */
import sharp from 'sharp';

export interface SmallPicture {
  /** RGB, one byte each. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** One byte per pixel: 1 is foreground. */
export type Mask = Uint8Array;

export async function foregroundMasks(picture: SmallPicture): Promise<Mask[]> {
  const difference = differenceFromBorder(picture);
  const gradient = await gradientOf(picture);
  return [
    ...[60, 120].map((clamp) => splitByOtsu(difference, clamp)),
    ...[8, 12, 18, 28, 40].map((limit) => notReachedFromBorder(picture, gradient, limit)),
  ];
}

/** How far each pixel is from the table's colour, with shade forgiven: luminance, and colour scaled by luminance. */
function differenceFromBorder({ pixels, width, height }: SmallPicture): Float32Array {
  const [tableR, tableG, tableB] = [0, 1, 2].map((channel) => borderMedian({ pixels, width, height }, channel));
  const [r0, g0, b0] = [tableR ?? 0, tableG ?? 0, tableB ?? 0];
  const light0 = (r0 + g0 + b0) / 3;
  const found = new Float32Array(width * height);
  for (let at = 0; at < found.length; at += 1) {
    const [r, g, b] = [pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0];
    const light = (r + g + b) / 3;
    const scale = light / (light0 + 1);
    const hue = Math.hypot(r - b - (r0 - b0) * scale, g - (r + b) / 2 - (g0 - (r0 + b0) / 2) * scale);
    found[at] = Math.abs(light - light0) + 1.5 * hue;
  }
  return found;
}

function borderMedian({ pixels, width, height }: SmallPicture, channel: number): number {
  const values: number[] = [];
  const take = (x: number, y: number) => values.push(pixels[(y * width + x) * 3 + channel] ?? 0);
  for (let x = 0; x < width; x += 2) for (const y of [1, 4, height - 5, height - 2]) take(x, y);
  for (let y = 0; y < height; y += 2) for (const x of [1, 4, width - 5, width - 2]) take(x, y);
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}

/** Otsu's threshold on the differences, cut off at `clamp` so that a few glaring pixels do not decide. */
function splitByOtsu(difference: Float32Array, clamp: number): Mask {
  const level = difference.map((d) => Math.floor((Math.min(d, clamp) / clamp) * 255));
  const histogram = new Float64Array(256);
  for (const value of level) histogram[value] = (histogram[value] ?? 0) + 1;
  const total = level.length;
  const sum = histogram.reduce((t, count, value) => t + count * value, 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  for (const [value, count] of histogram.entries()) {
    below += count;
    sumBelow += value * count;
    if (below === 0 || below === total) continue;
    const between = below * (total - below) * (sumBelow / below - (sum - sumBelow) / (total - below)) ** 2;
    if (between > best) [best, threshold] = [between, value];
  }
  return Uint8Array.from(level, (value) => (value > threshold ? 1 : 0));
}

async function gradientOf({ pixels, width, height }: SmallPicture): Promise<Float32Array> {
  const raw = { width, height, channels: 3 } as const;
  const soft = await sharp(pixels, { raw }).blur(1).raw().toBuffer();
  const found = new Float32Array(width * height);
  const row = width * 3;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      let steepest = 0;
      for (let i = (y * width + x) * 3; i < (y * width + x) * 3 + 3; i += 1) {
        const dx = (soft[i + 3] ?? 0) - (soft[i - 3] ?? 0);
        const dy = (soft[i + row] ?? 0) - (soft[i - row] ?? 0);
        steepest = Math.max(steepest, dx * dx + dy * dy);
      }
      found[y * width + x] = Math.sqrt(steepest);
    }
  }
  return found;
}

/** Everything a flood from the picture's border does not reach without crossing an edge steeper than `limit`. */
function notReachedFromBorder({ width, height }: SmallPicture, gradient: Float32Array, limit: number): Mask {
  const mask = new Uint8Array(width * height).fill(1);
  const queue: number[] = [];
  const reach = (at: number) => {
    if (mask[at] !== 1 || (gradient[at] ?? 0) >= limit) return;
    mask[at] = 0;
    queue.push(at);
  };
  for (let x = 0; x < width; x += 1) for (const y of [0, height - 1]) reach(y * width + x);
  for (let y = 0; y < height; y += 1) for (const x of [0, width - 1]) reach(y * width + x);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const x = at % width;
    if (x > 0) reach(at - 1);
    if (x < width - 1) reach(at + 1);
    if (at >= width) reach(at - width);
    if (at < width * (height - 1)) reach(at + width);
  }
  return mask;
}
