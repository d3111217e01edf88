import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeInflate } from '../../../shared/server/node-inflate.ts';
import {
  type Inflate,
  packStatuses,
  readStatus,
  readStatusReference,
  type StatusBits,
  webInflate,
  writeStatus,
} from '../../../shared/status-list/index.ts';

const widths: readonly StatusBits[] = [1, 2, 4, 8];
const range = expect.objectContaining({ code: 'status_range' });
const limit = expect.objectContaining({ code: 'list_limit' });

describe('packing', () => {
  it('puts the first entry into the lowest bits', () => {
    expect(packStatuses(Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 1, 1, 1), 1)).toEqual(Uint8Array.of(0xb9, 0x03));
    expect(packStatuses(Uint8Array.of(1, 2, 0, 3), 2)).toEqual(Uint8Array.of(0xc9));
    expect(packStatuses(Uint8Array.of(0x0c, 0x05), 4)).toEqual(Uint8Array.of(0x5c));
    expect(packStatuses(new Uint8Array(0), 2)).toHaveLength(0);
  });

  it.each(widths)('gives back every entry at %i bits, and changes one alone', (bits) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 60 }),
        fc.nat(),
        fc.nat(),
        (values, at, to) => {
          const bytes = packStatuses(Uint8Array.from(values), bits);
          const [idx, status] = [at % values.length, to % 2 ** bits];
          expect(values.map((_, i) => readStatus({ bits, bytes }, i))).toEqual(values);
          writeStatus({ bits, bytes }, idx, status);
          expect(values.map((_, i) => readStatus({ bits, bytes }, i))).toEqual(values.with(idx, status));
        },
      ),
    );
  });

  it.each(widths.slice(0, 3))('a value that %i bits cannot hold is refused', (bits) => {
    expect(() => packStatuses(Uint8Array.of(0, 2 ** bits), bits)).toThrow(range);
    const bytes = new Uint8Array(2);
    for (const status of [2 ** bits, -1, 0.5, Number.NaN])
      expect(() => writeStatus({ bits, bytes }, 0, status)).toThrow(range);
    expect(bytes).toEqual(new Uint8Array(2));
  });
});

describe('nc-095 lg-48 an index outside the list is never valid', () => {
  it.each(widths)('at %i bits', (bits) => {
    const list = { bits, bytes: new Uint8Array(8) };
    const size = (8 * 8) / bits;
    const wrong = [size, size + 1, -1, -0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 32, 2 ** 53];
    for (const idx of wrong) expect(() => readStatus(list, idx)).toThrow(range);
    const outside: unknown[] = ['1', null, undefined, {}, [1], true];
    for (const idx of outside) expect(() => Reflect.apply(readStatus, undefined, [list, idx])).toThrow(range);
    for (const idx of [0, 1, size - 1]) expect(readStatus(list, idx)).toBe(0);
  });
});

describe('readStatusReference', () => {
  const uri = 'https://issuer.example/status-lists/1';

  it('reads what a credential says, and tells its absence', () => {
    expect(readStatusReference({ status: { status_list: { uri, idx: 0 } } })).toEqual({ uri, idx: 0 });
    expect(readStatusReference({})).toBeUndefined();
  });

  it.each([undefined, null, -1, 1.5, '1', 2 ** 53, Number.NaN, true, [1]])('nc-095 idx %j is refused', (idx) => {
    const list: unknown = { status: { status_list: { uri, idx } } };
    expect(() => Reflect.apply(readStatusReference, undefined, [list])).toThrow(range);
  });

  it.each([
    null,
    'x',
    [],
    {},
    { other: {} },
    { status_list: null },
    { status_list: [] },
    { status_list: { idx: 1 } },
    { status_list: { idx: 1, uri: 1 } },
    { status_list: { idx: 1, uri: 'no address' } },
  ])('a status that we do not understand is not the absence of one: %j', (status) => {
    const payload: unknown = { status };
    expect(() => Reflect.apply(readStatusReference, undefined, [payload])).toThrow(
      expect.objectContaining({ code: 'status_invalid' }),
    );
  });
});

const engines: readonly (readonly [string, Inflate])[] = [
  ['node:zlib', nodeInflate],
  ['DecompressionStream', webInflate()],
];

async function inflating(inflate: Inflate, compressed: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  return inflate(compressed, maxBytes);
}

describe.each(engines)('inflate on %s', (_name, inflate) => {
  const plain = Uint8Array.from({ length: 5_000 }, (_, i) => (i * i) % 251);

  it('unpacks one zlib stream, up to the bound exactly', async () => {
    for (const level of [0, 1, 6, 9]) {
      const compressed = deflateSync(plain, { level });
      expect(Buffer.compare(await inflating(inflate, compressed, 5_000), plain)).toBe(0);
      await expect(inflating(inflate, compressed, 4_999)).rejects.toThrow(limit);
    }
    expect(await inflating(inflate, deflateSync(''), 10)).toHaveLength(0);
  });

  it.each<readonly [string, Uint8Array]>([
    ['gzip', gzipSync(plain)],
    ['raw deflate', deflateRawSync(plain)],
    ['raw deflate of a stored block', deflateRawSync(plain, { level: 0 })],
    ['one trailing byte', Buffer.concat([deflateSync(plain), Buffer.of(0)])],
    ['many trailing bytes', Buffer.concat([deflateSync(plain), Buffer.alloc(3_000)])],
    ['a second stream', Buffer.concat([deflateSync(plain), deflateSync(plain)])],
    ['preset dictionary', deflateSync(plain, { dictionary: Buffer.from(plain.slice(0, 100)) })],
    ['truncated checksum', deflateSync(plain).subarray(0, -1)],
    ['wrong checksum', deflateSync(plain).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte))],
    ['truncated stream', deflateSync(plain).subarray(0, 20)],
    ['nothing', new Uint8Array(0)],
    ['header alone', Uint8Array.of(0x78, 0x9c)],
    ['wrong header check', deflateSync(plain).map((byte, i) => (i === 1 ? byte ^ 1 : byte))],
    ['plain bytes', plain],
  ])('nc-098 %s is refused', async (_case, compressed) => {
    await expect(inflating(inflate, compressed, 100_000)).rejects.toThrow(limit);
  });

  it('nc-098 lg-47 a bomb of 200 MB is refused before it is unpacked', async () => {
    const bomb = deflateSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(260_000);
    const [start, memory] = [performance.now(), process.memoryUsage.rss()];
    await expect(inflating(inflate, bomb, 1_048_576)).rejects.toThrow(limit);
    expect(performance.now() - start).toBeLessThan(500);
    expect(process.memoryUsage.rss() - memory).toBeLessThan(200_000_000);
  });
});
