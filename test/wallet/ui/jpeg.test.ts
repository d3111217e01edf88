import { describe, expect, it } from 'vitest';
import { jpegOf } from '../../../wallet/ui/jpeg.ts';

const jpeg = (bytes: Buffer) => `data:image/jpeg;base64,${bytes.toString('base64')}`;
const wrap = (size: number) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(size), Buffer.from([0xff, 0xd9])]);

describe('a portrait is a small JPEG or nothing', () => {
  it('nc-129 twin: a JPEG of ordinary size becomes a blob of our own', () => {
    expect(jpegOf(jpeg(wrap(12_000)))).toMatchObject({ type: 'image/jpeg', size: 12_005 });
  });

  const refused: readonly [string, unknown][] = [
    ['too large', jpeg(wrap(70_000))],
    ['20 MB', jpeg(wrap(20_000_000))],
    ['SVG under the name of JPEG', jpeg(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))],
    ['cut off', jpeg(wrap(100).subarray(0, 50))],
    ['SVG', 'data:image/svg+xml;base64,PHN2Zy8+'],
    ['HTML', 'data:text/html,<script>1</script>'],
    ['an address', 'https://example.com/pixel.jpg'],
    ['not base64', 'data:image/jpeg;base64,@@@@'],
    ['nothing', ''],
    ['a number', 7],
    ['an object', {}],
  ];
  for (const [name, value] of refused) {
    it(`nc-129 ${name}: not drawn`, () => {
      expect(jpegOf(value)).toBeUndefined();
    });
  }
});
