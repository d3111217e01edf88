/** From a drawn card to a photo of it on a table: position, perspective, lamp, focus, sensor, compression. */
import type { Canvas } from '@napi-rs/canvas';
import sharp from 'sharp';
import { createDice, type Dice } from './random.ts';

export interface Conditions {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Of the card in the photo, pixels. */
  readonly cardWidth: number;
  /** Degrees: at least, at most, to either side. */
  readonly rotation: readonly [least: number, most: number];
  /** Quarter turns clockwise in which the card is laid down. */
  readonly quarterTurns: 0 | 1 | 2 | 3;
  readonly blur: number;
  /** Standard deviation of the sensor's noise, of 255. */
  readonly noise: number;
  /** 0: even light; 1: a lamp from one side with its reflection. */
  readonly lamp: number;
  readonly quality: number;
}

const plain: Conditions = {
  name: 'photo',
  width: 1600,
  height: 1200,
  cardWidth: 1260,
  rotation: [0, 0.5],
  quarterTurns: 0,
  blur: 0.5,
  noise: 2,
  lamp: 0,
  quality: 88,
};

/** Ten ways a photo turns out, from clean to everything at once. */
export const conditions: readonly Conditions[] = [
  plain,
  { ...plain, name: 'turned', rotation: [3, 5], blur: 0.6, noise: 3 },
  { ...plain, name: 'blurred', rotation: [1, 4], blur: 1.8 },
  { ...plain, name: 'noisy', rotation: [1, 4], noise: 20 },
  { ...plain, name: 'compressed', rotation: [1, 4], quality: 40 },
  { ...plain, name: 'lamp', rotation: [1, 4], lamp: 1 },
  { ...plain, name: 'upside down', rotation: [1, 3], quarterTurns: 2 },
  { ...plain, name: 'standing', width: 1200, height: 1600, cardWidth: 1180, rotation: [1, 3], quarterTurns: 1 },
  {
    ...plain,
    name: 'webcam',
    width: 1280,
    height: 720,
    cardWidth: 760,
    rotation: [2, 5],
    blur: 0.8,
    noise: 6,
    quality: 60,
  },
  { ...plain, name: 'everything', rotation: [2, 5], blur: 1.3, noise: 10, lamp: 0.7, quality: 40 },
];

const tables = [
  [120, 84, 58],
  [58, 60, 64],
  [176, 150, 120],
  [40, 70, 60],
  [200, 198, 192],
] as const;

export async function photograph(card: Canvas, to: Conditions, seed: number): Promise<Buffer> {
  const dice = createDice(seed * 31 + to.name.length * 7919);
  const pixels = lay(card, to, dice);
  if (to.lamp > 0) shine(pixels, to, dice);
  const raw = { width: to.width, height: to.height, channels: 3 } as const;
  const soft = await sharp(pixels, { raw }).blur(to.blur).raw().toBuffer();
  addNoise(soft, to.noise, dice);
  return sharp(soft, { raw }).jpeg({ quality: to.quality }).toBuffer();
}

/** Rotation, a slight tilt of the camera, and the table around the card. */
function lay(card: Canvas, to: Conditions, dice: Dice): Uint8Array {
  const source = card.getContext('2d').getImageData(0, 0, card.width, card.height).data;
  const [least, most] = to.rotation;
  const angle =
    (((dice.roll() < 0.5 ? -1 : 1) * (least + (most - least) * dice.roll()) + 90 * to.quarterTurns) * Math.PI) / 180;
  const scale = card.width / to.cardWidth;
  const [cx, cy] = [to.width / 2 + dice.between(-20, 20), to.height / 2 + dice.between(-15, 15)];
  const [tiltX, tiltY] = [(dice.roll() - 0.5) * 4e-5, (dice.roll() - 0.5) * 4e-5];
  const [r0, g0, b0] = dice.pick(tables);
  const out = new Uint8Array(to.width * to.height * 3);
  const wave = Float32Array.from({ length: to.width + to.height }, (_, at) => 6 * Math.sin(at * 0.05));
  const bend = Uint16Array.from({ length: to.width }, (_, x) => Math.round(60 * (1 + Math.sin(x * 0.004))));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      const dx = x - cx;
      const dy = y - cy;
      const near = 1 + tiltX * dx + tiltY * dy;
      const u = ((dx * cos + dy * sin) / near) * scale + card.width / 2;
      const v = ((dy * cos - dx * sin) / near) * scale + card.height / 2;
      const at = (y * to.width + x) * 3;
      const grain = (wave[y + (bend[x] ?? 0)] ?? 0) + (((x * 131 + y * 197) ^ (x * y)) % 17) * 0.5;
      const shown = sample(source, card.width, card.height, u, v);
      out[at] = blend(shown[0], r0 + grain, shown[3]);
      out[at + 1] = blend(shown[1], g0 + grain * 0.9, shown[3]);
      out[at + 2] = blend(shown[2], b0 + grain * 0.7, shown[3]);
    }
  }
  return out;
}

const nothing = [0, 0, 0, 0] as const;
const found: [number, number, number, number] = [0, 0, 0, 0];

/** Mean of the four nearest, bilinear; the caller uses the answer before asking again. */
function sample(from: Uint8ClampedArray, width: number, height: number, u: number, v: number) {
  if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) return nothing;
  const left = Math.floor(u);
  const top = Math.floor(v);
  const fu = u - left;
  const fv = v - top;
  const at = (top * width + left) * 4;
  const below = at + width * 4;
  for (let channel = 0; channel < 4; channel += 1) {
    const upper = (from[at + channel] ?? 0) * (1 - fu) + (from[at + 4 + channel] ?? 0) * fu;
    const lower = (from[below + channel] ?? 0) * (1 - fu) + (from[below + 4 + channel] ?? 0) * fu;
    found[channel] = upper * (1 - fv) + lower * fv;
  }
  return found;
}

const blend = (card: number, table: number, alpha: number) => clamp((card * alpha + table * (255 - alpha)) / 255);
const clamp = (value: number) => Math.max(0, Math.min(255, value));

function shine(pixels: Uint8Array, { width, height, lamp }: Conditions, dice: Dice): void {
  const angle = dice.roll() * 6.28;
  const [gx, gy] = [width * (0.3 + 0.4 * dice.roll()), height * (0.3 + 0.4 * dice.roll())];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const along = (x / width - 0.5) * Math.cos(angle) + (y / height - 0.5) * Math.sin(angle);
      const factor = 0.8 + 0.6 * lamp * along;
      const spot = 70 * lamp * Math.exp(-(((x - gx) / (width * 0.09)) ** 2) - ((y - gy) / (height * 0.07)) ** 2);
      const at = (y * width + x) * 3;
      for (let i = at; i < at + 3; i += 1) pixels[i] = clamp((pixels[i] ?? 0) * factor + spot);
    }
  }
}

/** Drawn from a table of 65,536 normal values at random offsets: a photo has six million of them. */
function addNoise(pixels: Buffer, sigma: number, dice: Dice): void {
  const normal = Float32Array.from({ length: 65_536 }, () => {
    const sum = dice.roll() + dice.roll() + dice.roll() + dice.roll() + dice.roll() + dice.roll();
    return (sum - 3) * Math.SQRT2 * sigma;
  });
  let at = 0;
  for (let i = 0; i < pixels.length; i += 1) {
    if (i % 4_096 === 0) at = dice.between(0, 65_535);
    pixels[i] = clamp((pixels[i] ?? 0) + (normal[at & 65_535] ?? 0));
    at += 1;
  }
}
