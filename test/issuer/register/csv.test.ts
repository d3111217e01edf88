import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError, readCsv } from '../../../issuer/register/csv.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function read(input: string | Uint8Array, size = 1_000_000) {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const records: { line: number; fields: readonly string[] }[] = [];
  for await (const record of readCsv(inChunks(bytes, size))) records.push(record);
  return records;
}
async function faultOf(input: string | Uint8Array, size?: number): Promise<string> {
  try {
    await read(input, size);
  } catch (error) {
    if (error instanceof CsvError) return `${error.line}:${error.fault}`;
    throw error;
  }
  return 'accepted';
}

describe('CSV (RFC 4180)', () => {
  it('reads fields, quotes, doubled quotes, breaks inside quotes, and knows the lines', async () => {
    const text = 'a,b,c\r\n1,"two, ""2""",3\n"line\r\nbreak",,""\r\n\r\nlast,x,y';
    expect(await read(text)).toEqual([
      { line: 1, fields: ['a', 'b', 'c'] },
      { line: 2, fields: ['1', 'two, "2"', '3'] },
      { line: 3, fields: ['line\r\nbreak', '', ''] },
      { line: 6, fields: ['last', 'x', 'y'] },
    ]);
  });

  it('reads the same whatever the size of the pieces, in the middle of characters too', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', '民', '𠮷', ' ', ''), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, size) => {
          const text = rows.map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(',')).join('\r\n');
          expect((await read(text, size)).map((record) => record.fields)).toEqual(rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('tolerates a byte order mark at the start', async () => {
    expect(await read('\ufeffa,b')).toEqual([{ line: 1, fields: ['a', 'b'] }]);
  });

  it.each([
    ['a quote inside a plain field', 'a,b\n1,x"y', '2:csv_quote'],
    ['text behind a closing quote', 'a,b\n"1"x,2', '2:csv_quote'],
    ['a quote never closed', 'a,b\n1,"2', '2:csv_quote'],
    ['a carriage return alone', 'a,b\r1,2', '1:csv_control'],
    ['NUL', 'a,b\n1,\0', '2:csv_control'],
    ['a tab', 'a,b\n1,\t2', '2:csv_control'],
    ['escape', 'a,b\n1,\u001b[31m', '2:csv_control'],
    ['a record without end', `a,b\n${'x'.repeat(20_000)}`, '2:csv_record_size'],
    ['a record too long that does end', `a,b\n${'x'.repeat(20_000)},1\n`, '2:csv_record_size'],
    ['a quoted field without end', `a,b\n"${'x'.repeat(20_000)}`, '2:csv_record_size'],
  ])('refuses %s', async (_name, text, fault) => {
    expect(await faultOf(text)).toBe(fault);
  });

  it('a quoted field without end is cut off in a stream', async () => {
    expect(await faultOf(`a,b\n"${'x'.repeat(200_000)}`, 65_536)).toBe('2:csv_record_size');
  });

  it.each([
    ['Latin-1', [0x61, 0xe9, 0x0a]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut character at the end', [0x61, 0x2c, 0xe6, 0xb0]],
  ])('refuses bytes that are not UTF-8: %s', async (_name, bytes) => {
    expect(await faultOf(new Uint8Array(bytes))).toBe('1:utf8');
  });
});
