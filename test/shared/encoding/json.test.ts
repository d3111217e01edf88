import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, parseJson, parseJsonObject } from '../../../shared/encoding/index.ts';
import { type Code, HufuError } from '../../../shared/errors.ts';

function codeOfParsing(text: string, limits = {}): Code | 'accepted' {
  try {
    parseJson(text, limits);
    return 'accepted';
  } catch (error) {
    if (error instanceof HufuError) return error.code;
    throw error;
  }
}

/** How long refusing took, in milliseconds: the best of three. */
function refusalTime(text: string): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    expect(codeOfParsing(text)).toBe('json_limit');
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe('parseJson: agreement with the language', () => {
  const reserved =
    /__|constructor|prototype|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toString|toLocaleString|toJSON|valueOf|then/;

  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!reserved.test(text) && text.isWellFormed() && !/\\ud[89a-f]/.test(text));
        fc.pre(!/-?\d{16,}|e\+?\d/.test(text));
        expect(JSON.parse(JSON.stringify(parseJson(text)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    const letters = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      'a',
      '1',
      '0',
      '-',
      '.',
      'e',
      '+',
      ' ',
      '\\',
      'u',
      'true',
      'null',
      '\n',
      '\t',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(codeOfParsing(text)).not.toBe('accepted');
          return;
        }
        const code = codeOfParsing(text);
        if (code === 'accepted') expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(expected));
        else expect(['json_number', 'json_dup_key']).toContain(code);
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads escapes', () => {
    expect(parseJson('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u4e2d\\ud83d\\ude00 虎符"')).toBe('"\\/\b\f\n\r\t中😀 虎符');
    expect(parseJson('{"\\u0061":1}')).toEqual({ a: 1 });
  });

  it('reads space wherever it may be', () => {
    expect(parseJson(' \t\r\n{ "a" : [ 1 , 2 ] , "b" : { } , "c" : [ ] } \n')).toEqual({ a: [1, 2], b: {}, c: [] });
  });
});

describe('parseJson: one meaning for each text', () => {
  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":1,"b":{"c":1,"c":2}}'],
    ['[{"a":null,"a":null}]'],
    ['{"a":1,"\\u0061":2}'],
    ['{"":1,"":2}'],
    ['{"1":1,"1":2}'],
  ])('nc-006 lg-01 lg-02 the same key twice is refused: %s', (text) => {
    expect(codeOfParsing(text)).toBe('json_dup_key');
  });

  it('nc-006 the same key in two objects is fine', () => {
    expect(parseJson('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toEqual({ a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] });
  });

  it.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then', 'valueOf', 'toJSON'])(
    'nc-008 lg-03 a member named %s is refused at any depth, plain or escaped',
    (name) => {
      const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;
      for (const key of [name, escaped]) {
        expect(codeOfParsing(`{"${key}":{"admin":true}}`)).toBe('json_reserved_key');
        expect(codeOfParsing(`{"a":[{"${key}":1}]}`)).toBe('json_reserved_key');
      }
      expect(codeOfParsing(`{"a":"${name}","${name}_":1}`)).toBe('accepted');
    },
  );

  it('nc-008 objects have no prototype, and nothing leaks into others', () => {
    for (let i = 0; i < 1_000; i++) codeOfParsing(i % 2 === 0 ? '{"__proto__":{"x":1}}' : '{"a":{"b":1}}');
    const value = parseJsonObject('{"a":{"b":{}}}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.getPrototypeOf(value.a)).toBeNull();
    expect(({} as { x?: unknown }).x).toBeUndefined();
    expect('toString' in value).toBe(false);
  });

  it.each([
    '1e400',
    '-1e400',
    '9007199254740992',
    '-9007199254740992',
    '9007199254740993',
    '1e16',
    '123456789012345678901234567890',
    '9007199254740993.5',
  ])('nc-009 lg-06 the number %s is refused', (text) => {
    expect(codeOfParsing(text)).toBe('json_number');
    expect(codeOfParsing(`{"exp":${text}}`)).toBe('json_number');
  });

  it('nc-009 numbers that are exact, or plainly fractions, pass', () => {
    const texts = ['0', '-0', '1', '-1', '9007199254740991', '-9007199254740991', '1.5', '1E3', '1e-7', '0.1'];
    expect(texts.map((text) => parseJson(text))).toEqual([0, 0, 1, -1, 2 ** 53 - 1, 1 - 2 ** 53, 1.5, 1000, 1e-7, 0.1]);
    expect(Object.is(parseJson('-0'), 0)).toBe(true);
  });

  it.each([
    '',
    ' ',
    '{',
    '}',
    '[',
    '[1',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{a":1}',
    '{1":1}',
    "{'a':1}",
    '01',
    '+1',
    '1.',
    '.5',
    '1e',
    '0x1',
    'NaN',
    'Infinity',
    '-',
    '--1',
    'tru',
    'trux',
    'falsy',
    'nope',
    'True',
    'nul',
    'undefined',
    '"',
    '"a',
    '"\\',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '1 2',
    '{} {}',
    '[] x',
    '/* */1',
    '"a\nb"',
    '"a\tb"',
    '"a\0b"',
    '\ufeff{}',
    '\u00a01',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d x"',
    '"\ud800"',
  ])('%j is no JSON text', (text) => {
    expect(codeOfParsing(text)).toBe('json_syntax');
  });

  it('only an object is an object', () => {
    for (const text of ['[]', '1', '"a"', 'null', 'true']) {
      expect(() => parseJsonObject(text)).toThrow(expect.objectContaining({ code: 'json_syntax' }));
    }
    expect(parseJsonObject('{}')).toEqual({});
  });

  it('says where, and not what', () => {
    expect(() => parseJson('{"secret":1,"secret":2}', {}, 'jwt.payload')).toThrow(
      expect.objectContaining({ message: 'json_dup_key', at: 'jwt.payload@20' }),
    );
  });
});

describe('parseJson: limits', () => {
  const wide = { maxBytes: 10_000_000 };

  it('nc-017 lg-15 5 MB, 200,000 levels, 100,000 keys, 1,000,000 elements are refused unread', () => {
    const texts = [
      `{"a":"${'x'.repeat(5_000_000)}"}`,
      '['.repeat(200_000) + ']'.repeat(200_000),
      `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join()}}`,
      `[${'1,'.repeat(999_999)}1]`,
    ];
    for (const text of texts) expect(refusalTime(text)).toBeLessThan(200);
  });

  it('nc-017 the same are refused by depth and count where the size would pass', () => {
    expect(codeOfParsing('['.repeat(200_000), wide)).toBe('json_limit');
    expect(codeOfParsing('{"a":'.repeat(200_000), wide)).toBe('json_limit');
    expect(codeOfParsing(`{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join()}}`, wide)).toBe(
      'json_limit',
    );
    expect(codeOfParsing(`[${'1,'.repeat(999_999)}1]`, wide)).toBe('json_limit');
  });

  it('nc-017 each limit holds exactly', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(codeOfParsing(nested(32))).toBe('accepted');
    expect(codeOfParsing(nested(33))).toBe('json_limit');
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(codeOfParsing(objects(32))).toBe('accepted');
    expect(codeOfParsing(objects(33))).toBe('json_limit');
    const ones = (count: number) => `[${Array<number>(count).fill(1).join()}]`;
    expect(codeOfParsing(ones(2_000))).toBe('accepted');
    expect(codeOfParsing(ones(2_001))).toBe('json_limit');
    const split = `[${ones(999)},${ones(999)}]`;
    expect(codeOfParsing(split)).toBe('accepted');
    expect(codeOfParsing(`[${split},1]`)).toBe('json_limit');
    expect(codeOfParsing(`"${'a'.repeat(65_534)}"`)).toBe('accepted');
    expect(codeOfParsing(`"${'a'.repeat(65_535)}"`)).toBe('json_limit');
  });

  it('nc-017 size counts UTF-8 bytes', () => {
    expect(codeOfParsing('"虎"', { maxBytes: 5 })).toBe('accepted');
    expect(codeOfParsing('"虎"', { maxBytes: 4 })).toBe('json_limit');
    expect(codeOfParsing('"😀é"', { maxBytes: 8 })).toBe('accepted');
    expect(codeOfParsing('"😀é"', { maxBytes: 7 })).toBe('json_limit');
  });

  it('a value goes through unchanged, whatever its order of members', () => {
    const value: Json = { b: [true, false, null, { z: 'x', y: -1.25 }], a: '' };
    expect(JSON.stringify(parseJson(JSON.stringify(value)))).toBe(JSON.stringify(value));
  });
});
