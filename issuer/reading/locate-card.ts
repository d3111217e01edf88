/** Where in a photo the card lies: corner candidates in the photo's pixels, the best first. */
import sharp from 'sharp';
import { cardAspect, type FoundQuad, findQuad } from './find-quad.ts';
import { foregroundMasks } from './foreground.ts';
import { distance, type Point, type Quad } from './geometry.ts';

export interface Photo {
  /** RGB, one byte each. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Candidate {
  readonly quad: Quad;
  /** Mean length of the two long sides, in the photo's pixels. */
  readonly cardWidth: number;
  /** How the quad's first side lies: 0 along the top of the photo, 270 (quarter turns clockwise) up its left side. */
  readonly turn: 0 | 270;
}

const longSide = 480;
/** Above this a shape is no card: the limit of the measured prototype. */
const worstScore = 0.25;

export async function decodePhoto(bytes: Uint8Array): Promise<Photo> {
  const { data, info } = await sharp(bytes, { failOn: 'none' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return { pixels: data, width: info.width, height: info.height };
  const grey = { width: info.width, height: info.height, channels: 1 } as const;
  const rgb = await sharp(data, { raw: grey }).toColourspace('srgb').raw().toBuffer();
  return { pixels: rgb, width: info.width, height: info.height };
}

export async function locateCard(photo: Photo): Promise<Candidate[]> {
  const scale = Math.max(photo.width, photo.height) / longSide;
  const [width, height] = [Math.round(photo.width / scale), Math.round(photo.height / scale)];
  const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
  const pixels = await sharp(photo.pixels, { raw }).resize(width, height, { fit: 'fill' }).median(3).raw().toBuffer();
  let best: FoundQuad | undefined;
  for (const mask of await foregroundMasks({ pixels, width, height })) {
    const found = findQuad(mask, width, height);
    if (found !== undefined && (best === undefined || found.score < best.score)) best = found;
  }
  const sx = photo.width / width;
  const sy = photo.height / height;
  const enlarge = ([x, y]: Point): Point => [(x + 0.5) * sx - 0.5, (y + 0.5) * sy - 0.5];
  const quads: Quad[] = [];
  if (best !== undefined && best.score <= worstScore) {
    const [a, b, c, d] = best.quad;
    quads.push([enlarge(a), enlarge(b), enlarge(c), enlarge(d)]);
  }
  const whole = wholePicture(photo);
  if (whole !== undefined) quads.push(whole);
  return quads.map((quad) => ({
    quad,
    cardWidth: (distance(quad[0], quad[1]) + distance(quad[3], quad[2])) / 2,
    turn: Math.abs(quad[1][0] - quad[0][0]) >= Math.abs(quad[1][1] - quad[0][1]) ? 0 : 270,
  }));
}

/** A scan is cut to the card: then the picture itself is the card, lying or standing. */
function wholePicture({ width, height }: Photo): Quad | undefined {
  const [topLeft, topRight, bottomRight, bottomLeft]: Quad = [
    [0, 0],
    [width - 1, 0],
    [width - 1, height - 1],
    [0, height - 1],
  ];
  if (Math.abs(width / height / cardAspect - 1) < 0.03) return [topLeft, topRight, bottomRight, bottomLeft];
  if (Math.abs(height / width / cardAspect - 1) < 0.03) return [bottomLeft, topLeft, topRight, bottomRight];
  return undefined;
}
