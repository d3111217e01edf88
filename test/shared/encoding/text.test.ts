import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  constantTimeEqual,
  decodeUtf8,
  encodeBase64url,
  encodeUtf8,
  parseShape,
  utf8Length,
} from '../../../shared/encoding/index.ts';

const encoding = expect.objectContaining({ code: 'encoding' });

describe('UTF-8', () => {
  it('gives back every well-formed text, and knows its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text.charCodeAt(0) !== 0xfeff);
        const bytes = encodeUtf8(text);
        expect(decodeUtf8(bytes)).toBe(text);
        expect(encodeBase64url(text)).toBe(encodeBase64url(bytes));
        expect(encodeBase64url(text.repeat(400))).toBe(encodeBase64url(encodeUtf8(text.repeat(400))));
        expect(utf8Length(text)).toBe(bytes.length);
      }),
    );
  });

  it.each([
    ['overlong slash', [0xc0, 0xaf]],
    ['lone continuation', [0x80]],
    ['truncated', [0xe4, 0xb8]],
    ['surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['UTF-16', [0xff, 0xfe]],
  ])('nc-012 %s is refused', (_name, bytes) => {
    expect(() => decodeUtf8(Uint8Array.from(bytes))).toThrow(encoding);
  });

  it('a lone surrogate is not replaced but refused', () => {
    expect(() => encodeUtf8('\ud800')).toThrow(encoding);
    for (const text of ['\ud800', '\ud800'.padStart(5_000)]) expect(() => encodeBase64url(text)).toThrow(encoding);
  });
});

describe('parseShape', () => {
  const shape = z.strictObject({ name: z.string(), list: z.array(z.object({ n: z.number() })) });

  it('gives the value', () => {
    expect(parseShape(shape, { name: 'a', list: [{ n: 1 }] })).toEqual({ name: 'a', list: [{ n: 1 }] });
  });

  it('says the first wrong place, never the value', () => {
    expect(() => parseShape(shape, { name: 'a', list: [{ n: 1 }, { n: 'secret' }] }, 'body')).toThrow(
      expect.objectContaining({ code: 'shape', message: 'shape', at: 'body.list.1.n' }),
    );
    expect(() => parseShape(z.record(z.string(), z.number()), { 张三: 'secret' })).toThrow(
      expect.objectContaining({ code: 'shape', at: '*' }),
    );
    expect(() => parseShape(shape, { name: 'a', list: [], extra: 1 })).toThrow(
      expect.objectContaining({ code: 'shape', at: '' }),
    );
  });
});

describe('constantTimeEqual', () => {
  it('compares texts and bytes', () => {
    expect(constantTimeEqual('abc', encodeUtf8('abc'))).toBe(true);
    expect(constantTimeEqual('', '')).toBe(true);
    for (const other of ['abd', 'bbc', 'ab', 'abcd', '']) expect(constantTimeEqual('abc', other)).toBe(false);
  });
});
