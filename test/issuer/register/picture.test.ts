import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findPictureFault } from '../../../issuer/register/picture.ts';

const portrait = new Uint8Array(readFileSync(new URL('../../../issuer/demo/portraits/batu.jpg', import.meta.url)));
/** Position of the frame header's length field. */
const frame = portrait.findIndex((byte, at) => byte === 0xff && portrait[at + 1] === 0xc0) + 2;

function changed(at: number, ...bytes: number[]): Uint8Array {
  const copy = portrait.slice();
  copy.set(bytes, at);
  return copy;
}
function longer(length: number): Uint8Array {
  const copy = new Uint8Array(length);
  copy.set(portrait.subarray(0, portrait.length - 2));
  copy.set([0xff, 0xd9], length - 2);
  return copy;
}

/** Header, frame, end: all that is looked at. */
function headers(
  components: number,
  options: { readonly precision?: number; readonly marker?: number } = {},
): Uint8Array {
  const { precision = 8, marker = 0xc0 } = options;
  const parts = Array.from({ length: components }, (_, id) => [id + 1, 0x11, 0]);
  const sof = [0xff, marker, 0, 8 + 3 * components, precision, 0, 200, 0, 160, components, ...parts.flat()];
  return Uint8Array.from([0xff, 0xd8, ...sof, 0xff, 0xd9]);
}

describe('a portrait', () => {
  it('is accepted as drawn', () => {
    expect(findPictureFault(portrait)).toBeUndefined();
  });
  it('may have 12 kB and not a byte more', () => {
    expect(findPictureFault(longer(12_288))).toBeUndefined();
    expect(findPictureFault(longer(12_289))).toBe('picture_size');
  });
  it.each([
    ['1,024 pixels', changed(frame + 3, 4, 0, 4, 0), undefined],
    ['64 pixels', changed(frame + 3, 0, 64, 0, 64), undefined],
    ['1,025 pixels high', changed(frame + 3, 4, 1), 'picture_dimensions'],
    ['64,250 pixels a side', changed(frame + 3, 0xfa, 0xfa, 0xfa, 0xfa), 'picture_dimensions'],
    ['63 pixels wide', changed(frame + 5, 0, 63), 'picture_dimensions'],
    ['no height', changed(frame + 3, 0, 0), 'picture_dimensions'],
    ['grey', headers(1), undefined],
    ['colour', headers(3), undefined],
    ['progressive', headers(3, { marker: 0xc2 }), undefined],
    ['CMYK in an honest frame', headers(4), 'picture_format'],
    ['two components', headers(2), 'picture_format'],
    ['12 bits in an honest frame', headers(3, { precision: 12 }), 'picture_format'],
    ['arithmetic coding', headers(3, { marker: 0xc9 }), 'picture_format'],
    ['another beginning', changed(0, 0, 0), 'picture_format'],
    ['cut inside the frame', Uint8Array.from([...headers(3).slice(0, 8), 0xff, 0xd9]), 'picture_format'],
    ['16 bits', changed(frame + 2, 16), 'picture_format'],
    ['CMYK', changed(frame + 7, 4), 'picture_format'],
    ['lossless', changed(frame - 1, 0xc3), 'picture_format'],
    ['PNG', changed(0, 0x89, 0x50, 0x4e, 0x47), 'picture_format'],
    ['HTML named .jpg', new TextEncoder().encode('<html><script>1</script></html>'), 'picture_format'],
    [
      'HTML behind it',
      Uint8Array.from([...portrait, ...new TextEncoder().encode('<script>1</script>')]),
      'picture_format',
    ],
    ['cut in the middle', portrait.slice(0, 900), 'picture_format'],
    ['a segment that claims more than there is', changed(4, 0xff, 0xff), 'picture_format'],
    ['start and end alone', Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]), 'picture_format'],
    ['nothing', new Uint8Array(), 'picture_size'],
  ])('nc-063 %s: %s', (_name, bytes, fault) => {
    expect(findPictureFault(bytes)).toBe(fault);
  });
});
