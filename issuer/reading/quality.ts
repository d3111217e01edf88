/** What is wrong with a photo, judged on the flat card. Limits: docs/proofing.md. */
import type { Window } from './crop.ts';
import { cardHeight, cardWidth, type FlatCard } from './straighten.ts';

/** Below this share of the contrast within two pixels, letters run into each other. */
export const leastSharpness = 0.2;
/** Share of the card's tiles that are burnt out. */
export const mostBurnt = 0.04;
/** Narrower cards have characters of fewer than fifteen pixels. */
export const leastCardWidth = 560;

/** Of the tiles' mean brightness (standard deviation): a portrait has hair and paper, an empty sheet has neither. */
export const leastPortraitContrast = 18;

/** Steepest edges (99.7th percentile, three rows averaged against noise) over the contrast of the card, 0 to 1. */
export function sharpnessOf({ pixels }: FlatCard): number {
  const row = cardWidth * 3;
  const steps = new Uint32Array(256);
  const levels = new Uint32Array(256);
  const mean = (at: number) => ((pixels[at - row] ?? 0) + (pixels[at] ?? 0) + (pixels[at + row] ?? 0)) / 3;
  let count = 0;
  for (let y = 20; y < cardHeight - 20; y += 2) {
    for (let x = 20; x < cardWidth - 20; x += 1) {
      const at = (y * cardWidth + x) * 3 + 1;
      const step = Math.min(255, Math.round(Math.abs(mean(at + 3) - mean(at - 3))));
      steps[step] = (steps[step] ?? 0) + 1;
      const level = pixels[at] ?? 0;
      levels[level] = (levels[level] ?? 0) + 1;
      count += 1;
    }
  }
  const contrast = percentile(levels, count * 0.9) - percentile(levels, count * 0.005);
  return Math.min(1, percentile(steps, count * 0.997) / Math.max(30, contrast));
}

function percentile(histogram: Uint32Array, count: number): number {
  let seen = 0;
  for (const [value, found] of histogram.entries()) {
    seen += found;
    if (seen >= count) return value;
  }
  return 255;
}

/** Share of tiles of 27 by 27 pixels (1.8 mm) in which nearly every pixel is white in all three channels. */
export function burntShare({ pixels }: FlatCard): number {
  const side = 27;
  let [burnt, tiles] = [0, 0];
  for (let top = side; top + side < cardHeight; top += side) {
    for (let left = side; left + side < cardWidth; left += side) {
      tiles += 1;
      if (whiteIn(pixels, left, top, side) > side * side * 0.95) burnt += 1;
    }
  }
  return burnt / tiles;
}

function whiteIn(pixels: Uint8Array, left: number, top: number, side: number): number {
  let white = 0;
  for (let y = top; y < top + side; y += 1) {
    for (let at = (y * cardWidth + left) * 3; at < (y * cardWidth + left + side) * 3; at += 3) {
      if (Math.min(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0) >= 252) white += 1;
    }
  }
  return white;
}

/** How unlike one another the means of tiles of 27 by 27 pixels are; lines and noise even out in them. */
export function tileContrast({ pixels }: FlatCard, window: Window): number {
  const side = 27;
  const means: number[] = [];
  for (let top = Math.round(window.top * cardHeight); top + side < window.bottom * cardHeight; top += side) {
    for (let left = Math.round(window.left * cardWidth); left + side < window.right * cardWidth; left += side) {
      let sum = 0;
      for (let y = top; y < top + side; y += 3) {
        for (let x = left; x < left + side; x += 3) sum += pixels[(y * cardWidth + x) * 3 + 1] ?? 0;
      }
      means.push(sum / 81);
    }
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  return Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length);
}

/** Whether a window is to a good part of one strong red, as the national emblem on the back is. */
export function isRed({ pixels }: FlatCard, window: Window): boolean {
  let [red, count] = [0, 0];
  for (let y = Math.round(window.top * cardHeight); y < window.bottom * cardHeight; y += 2) {
    for (let x = Math.round(window.left * cardWidth); x < window.right * cardWidth; x += 2) {
      const at = (y * cardWidth + x) * 3;
      const [r, g, b] = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
      count += 1;
      if (r > 60 && r > g * 1.5 && r > b * 1.5) red += 1;
    }
  }
  return red > count * 0.2;
}
