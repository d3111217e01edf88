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
  const source = new Uint8Array(card.getContext('2d').getImageData(0, 0, card.width, card.height).data);
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
  // Read once: the canvas answers from outside JavaScript.
  const sourceWidth = card.width;
  const sourceHeight = card.height;
  const [middleX, middleY] = [sourceWidth / 2, sourceHeight / 2];
  const inside = sourceWidth - 1;
  const above = sourceHeight - 1;
  const layRow = (y: number) => {
    for (let x = 0; x < to.width; x += 1) {
      const dx = x - cx;
      const dy = y - cy;
      const near = scale / (1 + tiltX * dx + tiltY * dy);
      const u = (dx * cos + dy * sin) * near + middleX;
      const v = (dy * cos - dx * sin) * near + middleY;
      const at = (y * to.width + x) * 3;
      const grain = (wave[y + (bend[x] ?? 0)] ?? 0) + (((x * 131 + y * 197) ^ (x * y)) % 17) * 0.5;
      out[at] = clamp(r0 + grain);
      out[at + 1] = clamp(g0 + grain * 0.9);
      out[at + 2] = clamp(b0 + grain * 0.7);
      if (u >= 0 && v >= 0 && u < inside && v < above) laySpot(source, sourceWidth, u, v, out, at);
    }
  };
  // A call per row: the compiler does better with many calls than with one long loop.
  for (let y = 0; y < to.height; y += 1) layRow(y);
  return out;
}

/** Bilinear between the card's four nearest pixels, over what is there already by the card's own opacity. */
function laySpot(from: Uint8Array, width: number, u: number, v: number, out: Uint8Array, at: number): void {
  const left = Math.floor(u);
  const top = Math.floor(v);
  const fu = u - left;
  const fv = v - top;
  const first = (top * width + left) * 4;
  const below = first + width * 4;
  const opacity = (from[first + 3] ?? 0) / 255;
  for (let channel = 0; channel < 3; channel += 1) {
    const i = first + channel;
    const j = below + channel;
    const upper = (from[i] ?? 0) * (1 - fu) + (from[i + 4] ?? 0) * fu;
    const lower = (from[j] ?? 0) * (1 - fu) + (from[j + 4] ?? 0) * fu;
    const shown = upper * (1 - fv) + lower * fv;
    out[at + channel] = shown * opacity + (out[at + channel] ?? 0) * (1 - opacity);
  }
}

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
