/** Plane geometry of a card in a photo. Points are pixels; quads run top left, top right, bottom right, bottom left. */
export type Point = readonly [x: number, y: number];
export type Quad = readonly [Point, Point, Point, Point];

/** Row-major 3 by 3 with a last element of 1. */
export type Homography = readonly number[];

export const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

/** The projective map that takes each corner of `from` to the same corner of `to`; undefined for degenerate quads. */
export function homographyBetween(from: Quad, to: Quad): Homography | undefined {
  const rows: number[][] = [];
  for (const [at, [x, y]] of from.entries()) {
    const [u, v] = to[at] ?? [0, 0];
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  }
  const solved = solve(rows);
  return solved && [...solved, 1];
}

/** Gauss-Jordan with partial pivoting on an n by n+1 matrix. */
function solve(rows: number[][]): number[] | undefined {
  const n = rows.length;
  for (let column = 0; column < n; column += 1) {
    let best = column;
    for (let r = column + 1; r < n; r += 1) if (abs(rows, r, column) > abs(rows, best, column)) best = r;
    const pivot = rows[best];
    const displaced = rows[column];
    if (pivot === undefined || displaced === undefined || abs(rows, best, column) < 1e-9) return undefined;
    rows[best] = displaced;
    rows[column] = pivot;
    for (const [r, row] of rows.entries()) {
      if (r === column) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let k = column; k <= n; k += 1) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  return rows.map((row, at) => (row[n] ?? 0) / (row[at] ?? 1));
}

const abs = (rows: readonly number[][], r: number, c: number): number => Math.abs(rows[r]?.[c] ?? 0);

/** Monotone chain: the corners of the smallest convex shape around the points. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (line: readonly Point[]): Point[] => {
    const kept: Point[] = [];
    for (const point of line) {
      for (;;) {
        const [a, b] = [kept.at(-2), kept.at(-1)];
        if (a === undefined || b === undefined) break;
        if ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0) break;
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** A rectangle at any angle: along `u` from u0 to u1, across (`v`, a right angle clockwise) from v0 to v1. */
export interface Rectangle {
  readonly u: Point;
  readonly v: Point;
  readonly u0: number;
  readonly u1: number;
  readonly v0: number;
  readonly v1: number;
}

/** The rectangle of the smallest area around a hull, turned so that `u` points right and `v` down. */
export function smallestRectangle(hull: readonly Point[]): Rectangle | undefined {
  let best: Rectangle | undefined;
  for (const [at, a] of hull.entries()) {
    const b = hull[(at + 1) % hull.length] ?? a;
    const length = distance(a, b);
    if (length < 3) continue;
    const found = boundAlong(hull, upright([(b[0] - a[0]) / length, (b[1] - a[1]) / length]));
    if (best === undefined || area(found) < area(best)) best = found;
  }
  return best;
}

const area = ({ u0, u1, v0, v1 }: Rectangle): number => (u1 - u0) * (v1 - v0);

/** The same axis, or the one across it, whichever points to the right. */
function upright([x, y]: Point): Point {
  const [a, b] = Math.abs(x) >= Math.abs(y) ? [x, y] : [-y, x];
  return a < 0 ? [-a, -b] : [a, b];
}

function boundAlong(hull: readonly Point[], u: Point): Rectangle {
  const v: Point = [-u[1], u[0]];
  const us = hull.map(([x, y]) => x * u[0] + y * u[1]);
  const vs = hull.map(([x, y]) => x * v[0] + y * v[1]);
  return { u, v, u0: Math.min(...us), u1: Math.max(...us), v0: Math.min(...vs), v1: Math.max(...vs) };
}
