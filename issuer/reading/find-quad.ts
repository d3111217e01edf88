/** The four corners of the largest thing in a mask, when it is shaped like a card (ID-1: 85.6 by 54.0, 1.585 to 1). */
import type { Mask } from './foreground.ts';
import { convexHull, distance, type Point, type Quad, type Rectangle, smallestRectangle } from './geometry.ts';

export const cardAspect = 85.6 / 54;

export interface FoundQuad {
  /** In the mask's pixels, landscape as it lies: a card standing on its short side starts at its bottom left. */
  readonly quad: Quad;
  /** 0 is perfect: off the aspect, ragged sides, opposite sides unequal. */
  readonly score: number;
  readonly share: number;
}

export function findQuad(mask: Mask, width: number, height: number): FoundQuad | undefined {
  const { pixels, size } = largestComponent(mask, width, height);
  const share = size / (width * height);
  if (share < 0.06 || share > 0.97) return undefined;
  const rectangle = smallestRectangle(convexHull(rowEnds(pixels, width, height)));
  if (rectangle === undefined) return undefined;
  const isInside = ([x, y]: Point) => {
    const [column, row] = [Math.round(x), Math.round(y)];
    return column >= 0 && row >= 0 && column < width && row < height && pixels[row * width + column] === 1;
  };
  const sides = fitSides(rectangle, isInside);
  if (sides === undefined) return undefined;
  const [top, right, bottom, left] = [
    distance(sides.quad[0], sides.quad[1]),
    distance(sides.quad[1], sides.quad[2]),
    distance(sides.quad[2], sides.quad[3]),
    distance(sides.quad[3], sides.quad[0]),
  ];
  const aspect = (top + bottom) / (left + right);
  const isUpright = aspect < 1;
  const long = isUpright ? 1 / aspect : aspect;
  if (!(long > 1.2 && long < 2.1)) return undefined;
  const uneven = Math.abs(top / bottom - 1) + Math.abs(left / right - 1);
  const score = Math.abs(long / cardAspect - 1) + sides.raggedness * 0.02 + uneven;
  const [a, b, c, d] = sides.quad;
  return { quad: isUpright ? [d, a, b, c] : sides.quad, score, share };
}

/** 4-connected; what is not of the largest component is cleared. */
function largestComponent(mask: Mask, width: number, height: number): { readonly pixels: Mask; readonly size: number } {
  const label = new Int32Array(width * height);
  let [current, best, size] = [0, 0, 0];
  const stack: number[] = [];
  const visit = (at: number) => {
    if (mask[at] !== 1 || label[at] !== 0) return;
    label[at] = current;
    stack.push(at);
  };
  for (let start = 0; start < label.length; start += 1) {
    if (mask[start] !== 1 || label[start] !== 0) continue;
    current += 1;
    let count = 0;
    visit(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      count += 1;
      const x = at % width;
      if (x > 0) visit(at - 1);
      if (x < width - 1) visit(at + 1);
      if (at >= width) visit(at - width);
      if (at < width * (height - 1)) visit(at + width);
    }
    if (count > size) [best, size] = [current, count];
  }
  return { pixels: Uint8Array.from(label, (value) => (value === best ? 1 : 0)), size };
}

function rowEnds(pixels: Mask, width: number, height: number): Point[] {
  const ends: Point[] = [];
  for (let y = 0; y < height; y += 1) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first >= 0) ends.push([first, y], [row.lastIndexOf(1), y]);
  }
  return ends;
}

interface Line {
  readonly slope: number;
  readonly offset: number;
  readonly raggedness: number;
}

/** A straight line through each side, fitted to where the card begins on 60 probes from outside; then their corners. */
function fitSides(box: Rectangle, isInside: (point: Point) => boolean) {
  const { u, v, u0, u1, v0, v1 } = box;
  const place = (along: number, across: number): Point => [along * u[0] + across * v[0], along * u[1] + across * v[1]];
  const probe = (from: number, to: number, edge: number, inward: number, at: (t: number, depth: number) => Point) => {
    const hits: Point[] = [];
    const deepest = Math.abs(inward) * 0.3;
    for (let k = 0; k < 60; k += 1) {
      const t = from + (to - from) * (0.12 + (0.76 * k) / 59);
      for (let depth = -4; depth < deepest; depth += 0.25) {
        const value = edge + Math.sign(inward) * depth;
        if (!isInside(at(t, value))) continue;
        hits.push([t, value]);
        break;
      }
    }
    return fitLine(hits);
  };
  const [width, height] = [u1 - u0, v1 - v0];
  const top = probe(u0, u1, v0, height, place);
  const bottom = probe(u0, u1, v1, -height, place);
  const left = probe(v0, v1, u0, width, (t, value) => place(value, t));
  const right = probe(v0, v1, u1, -width, (t, value) => place(value, t));
  if (!top || !bottom || !left || !right) return undefined;
  const corner = (h: Line, w: Line): Point => {
    const across = (h.slope * w.offset + h.offset) / (1 - h.slope * w.slope);
    return place(w.slope * across + w.offset, across);
  };
  const quad: Quad = [corner(top, left), corner(top, right), corner(bottom, right), corner(bottom, left)];
  return { quad, raggedness: [top, bottom, left, right].reduce((sum, line) => sum + line.raggedness, 0) };
}

/** Least squares, six times over, each time without the points that lie far off: fingers, glare, rounded corners. */
function fitLine(points: readonly Point[]): Line | undefined {
  let kept = points;
  for (let round = 0; round < 7; round += 1) {
    if (kept.length < 10) return undefined;
    const { slope, offset } = leastSquares(kept);
    const miss = ([t, value]: Point) => Math.abs(value - slope * t - offset);
    if (round === 6) {
      const mean = kept.reduce((sum, point) => sum + miss(point), 0) / kept.length;
      return { slope, offset, raggedness: mean + (1 - kept.length / 60) * 2 };
    }
    const misses = kept.map(miss).sort((a, b) => a - b);
    const limit = Math.max(0.6, 2.2 * (misses[misses.length >> 1] ?? 0));
    kept = kept.filter((point) => miss(point) <= limit);
  }
  return undefined;
}

function leastSquares(points: readonly Point[]): { readonly slope: number; readonly offset: number } {
  const n = points.length;
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  for (const [x, y] of points) {
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx || 1);
  return { slope, offset: (sy - slope * sx) / n };
}
