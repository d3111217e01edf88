import { describe, expect, it } from 'vitest';
import { convexHull, homographyBetween, type Quad, smallestRectangle } from '../../../issuer/reading/geometry.ts';
import { keepComponents } from '../../../issuer/reading/model.ts';
import { dateOf, isCardPeriod, isWholeNumber, nearestGroup, validityOf } from '../../../issuer/reading/read-items.ts';
import { bandOfInk, trimTo } from '../../../issuer/reading/trim.ts';

describe('items', () => {
  it('a number is whole with eighteen characters, a day and its check character', () => {
    expect(isWholeNumber('33019919960310412X')).toBe(true);
  });
  it.each([
    ['one digit more', '133019919960310412X'],
    ['one digit less', '3019919960310412X'],
    ['another check character', '330199199603104121'],
    ['a lower-case x', '33019919960310412x'],
    // 30 February, with a check character that fits.
    ['no such day', '33019919960230412X'],
  ])('a number is not whole: %s', (_, text) => {
    expect(isWholeNumber(text)).toBe(false);
  });

  it('a group is snapped to the nearest of the 56, and says whether it had to be', () => {
    expect(nearestGroup('维吾尔')).toEqual({ name: '维吾尔', exact: true });
    expect(nearestGroup('维吴尔')).toEqual({ name: '维吾尔', exact: false });
    expect(nearestGroup('鱼')).toEqual({ name: '', exact: false });
    expect(nearestGroup('')).toEqual({ name: '', exact: false });
  });

  it('dates are days that exist', () => {
    expect(dateOf('1996', '3', '10')).toBe('1996-03-10');
    expect(dateOf('1996', '2', '30')).toBe('');
    expect(dateOf('196', '3', '10')).toBe('');
  });

  it('a validity is read with or without its separators', () => {
    const both = { from: '2014-06-05', until: '2034-06-05' };
    expect(validityOf('2014.06.05-2034.06.05')).toEqual(both);
    expect(validityOf('2014060520340605')).toEqual(both);
    expect(validityOf('2014.06.05-')).toEqual({ from: '2014-06-05', until: '' });
    expect(validityOf('14.06.05')).toEqual({ from: '', until: '' });
  });

  it('a card is given for 5, 10 or 20 years to the day', () => {
    expect(isCardPeriod({ from: '2014-06-05', until: '2034-06-05' })).toBe(true);
    expect(isCardPeriod({ from: '2016-02-29', until: '2026-02-28' })).toBe(true);
    expect(isCardPeriod({ from: '2014-06-05', until: '2034-06-06' })).toBe(false);
    expect(isCardPeriod({ from: '2014-06-05', until: '2029-06-05' })).toBe(false);
    expect(isCardPeriod({ from: '2014-06-05', until: '' })).toBe(false);
  });
});

describe('the model', () => {
  it('keeps the components asked for, at their numbers, and marks the others absent', () => {
    const model = Buffer.concat([Buffer.alloc(4 + 8 * 4), Buffer.from('aaabbccccc')]);
    model.writeInt32LE(4, 0);
    for (const [at, offset] of [36, -1, 39, 41].entries()) model.writeBigInt64LE(BigInt(offset), 4 + 8 * at);
    const cut = keepComponents(model, [0, 1, 3]);
    const offsets = [0, 1, 2, 3].map((at) => Number(cut.readBigInt64LE(4 + 8 * at)));
    expect(offsets).toEqual([36, -1, -1, 39]);
    expect(cut.subarray(36).toString()).toBe('aaaccccc');
  });
});

describe('geometry', () => {
  const square: Quad = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  it('maps the corners of one quad to those of another', () => {
    const to: Quad = [
      [3, 1],
      [14, 2],
      [12, 13],
      [1, 11],
    ];
    const map = homographyBetween(square, to) ?? [];
    for (const [at, [x, y]] of square.entries()) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = map;
      const w = g * x + h * y + 1;
      expect((a * x + b * y + c) / w).toBeCloseTo(to[at]?.[0] ?? Number.NaN, 6);
      expect((d * x + e * y + f) / w).toBeCloseTo(to[at]?.[1] ?? Number.NaN, 6);
    }
  });
  it('knows no map for a quad that is a line', () => {
    const line: Quad = [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
    ];
    expect(homographyBetween(line, square)).toBeUndefined();
  });
  it('finds the smallest rectangle around a turned one', () => {
    const hull = convexHull([
      [0, 10],
      [20, 0],
      [25, 10],
      [5, 20],
      [12, 10],
    ]);
    expect(hull).toHaveLength(4);
    const found = smallestRectangle(hull);
    expect(found && (found.u1 - found.u0) * (found.v1 - found.v0)).toBeCloseTo(250, 6);
  });
});

describe('trimming', () => {
  const blank = (width: number, height: number) => ({
    pixels: new Uint8Array(width * height).fill(255),
    width,
    height,
  });
  function ink(image: ReturnType<typeof blank>, left: number, top: number, width: number, height: number) {
    for (let y = top; y < top + height; y += 1)
      image.pixels.fill(0, y * image.width + left, y * image.width + left + width);
  }

  it('keeps the line in the middle and leaves the neighbours above and below', () => {
    const image = blank(300, 100);
    ink(image, 20, 0, 200, 12);
    ink(image, 40, 35, 120, 30);
    ink(image, 20, 88, 200, 12);
    const band = bandOfInk(image, 'one');
    expect(band).toEqual({ left: 34, right: 166, top: 29, bottom: 71 });
    expect(band && trimTo(image, band)).toMatchObject({ width: 132, height: 42 });
  });
  it('keeps a character of separate strokes whole', () => {
    const image = blank(100, 100);
    for (const top of [30, 48, 66]) ink(image, 30, top, 40, 6);
    expect(bandOfInk(image, 'one')).toMatchObject({ top: 24, bottom: 78 });
  });
  it('finds nothing where there is no ink', () => {
    expect(bandOfInk(blank(100, 50), 'one')).toBeUndefined();
    expect(bandOfInk(blank(100, 50), 'all')).toBeUndefined();
  });
});
