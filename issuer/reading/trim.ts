/** Where the ink of one item is: a window is cut with slack, so it may hold the edges of its neighbours. */
export interface GreyImage {
  /** One byte each, 0 black. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Band {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly ink: number;
}

/** Darker than this is ink; labels, which the blue channel leaves grey, are not. */
const inkLevel = 110;
/** Rows and columns with less ink than this are specks. */
const leastInk = 2;
/** Gaps inside a character (二, 三) and between characters, in flat-card pixels of 15 to the millimetre. */
const gapWithin = { rows: 13, columns: 70 } as const;
const keep = 6;

/** undefined: no ink. `one`: the line nearest the middle that is as heavy as a line; `all`: from the first to the last. */
export function bandOfInk(image: GreyImage, lines: 'one' | 'all'): Band | undefined {
  const rows = runsOf(countRows(image), gapWithin.rows).filter(({ from, to }) => to - from >= 8);
  const heaviest = Math.max(0, ...rows.map(({ ink }) => ink));
  const worthy = rows.filter(({ ink }) => ink >= heaviest * 0.25);
  const whole = lines === 'all' ? withoutCutLines(worthy, image.height) : nearestMiddle(worthy, image.height);
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const [top, bottom] = [Math.max(0, first.from - keep), Math.min(image.height, last.to + keep)];
  const columns = runsOf(countColumns(image, top, bottom), gapWithin.columns);
  // What touches the side of the window and stands apart belongs to the neighbour there.
  const own = columns.filter(({ from, to }) => columns.length === 1 || (from > 1 && to < image.width - 1));
  const [start, end] = [own[0], own.at(-1)];
  if (start === undefined || end === undefined) return undefined;
  return { top, bottom, left: Math.max(0, start.from - keep), right: Math.min(image.width, end.to + keep) };
}

/** A line cut by the window's edge is a neighbour's, unless it is all there is. */
function withoutCutLines(rows: readonly Run[], height: number): readonly Run[] {
  const whole = rows.filter(({ from, to }) => (from > 1 && to < height - 1) || to - from > 30);
  return whole.length > 0 ? whole : rows;
}

function nearestMiddle(rows: readonly Run[], height: number): Run[] {
  const off = ({ from, to }: Run) => Math.abs((from + to) / 2 - height / 2);
  const [nearest] = [...rows].sort((a, b) => off(a) - off(b));
  return nearest === undefined ? [] : [nearest];
}

export function trimTo({ pixels, width }: GreyImage, band: Band): GreyImage {
  const [w, h] = [band.right - band.left, band.bottom - band.top];
  const cut = new Uint8Array(w * h);
  for (let y = 0; y < h; y += 1) {
    const start = (band.top + y) * width + band.left;
    cut.set(pixels.subarray(start, start + w), y * w);
  }
  return { pixels: cut, width: w, height: h };
}

function countRows({ pixels, width, height }: GreyImage): number[] {
  return Array.from({ length: height }, (_, y) => {
    let ink = 0;
    for (let x = 0; x < width; x += 1) if ((pixels[y * width + x] ?? 255) < inkLevel) ink += 1;
    return ink;
  });
}

function countColumns({ pixels, width }: GreyImage, top: number, bottom: number): number[] {
  return Array.from({ length: width }, (_, x) => {
    let ink = 0;
    for (let y = top; y < bottom; y += 1) if ((pixels[y * width + x] ?? 255) < inkLevel) ink += 1;
    return ink;
  });
}

/** Stretches with ink, joined over gaps of at most `gap`. */
function runsOf(counts: readonly number[], gap: number): Run[] {
  const runs: Run[] = [];
  for (const [at, ink] of counts.entries()) {
    if (ink < leastInk) continue;
    const last = runs.at(-1);
    if (last !== undefined && at - last.to <= gap)
      runs[runs.length - 1] = { from: last.from, to: at + 1, ink: last.ink + ink };
    else runs.push({ from: at, to: at + 1, ink });
  }
  return runs;
}
