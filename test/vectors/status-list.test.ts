import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { decodeBase64url } from '../../shared/encoding/index.ts';
import { nodeDeflate, nodeInflate } from '../../shared/server/node-inflate.ts';
import {
  compressList,
  type Inflate,
  packStatuses,
  readStatus,
  type StatusBits,
  webInflate,
} from '../../shared/status-list/index.ts';

const file = new URL('../../../shared/vectors/token-status-list/vectors.json', import.meta.url);
const missing = !existsSync(file);

const vectors = z.array(
  z.object({
    name: z.string(),
    bits: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]),
    lst: z.string(),
    entries: z.number(),
    non_zero: z.record(z.string(), z.number()),
  }),
);

const engines: readonly (readonly [string, Inflate])[] = [
  ['node:zlib', nodeInflate],
  ['DecompressionStream', webInflate()],
];

function statusesOf(vector: z.output<typeof vectors>[number]): Uint8Array {
  const statuses = new Uint8Array(vector.entries);
  for (const [idx, status] of Object.entries(vector.non_zero)) statuses[Number(idx)] = status;
  return statuses;
}

function unpack(bytes: Uint8Array, bits: StatusBits, entries: number): Uint8Array {
  return Uint8Array.from({ length: entries }, (_, idx) => readStatus({ bits, bytes }, idx));
}

describe.skipIf(missing)(`token status list examples${missing ? ' (vectors folder missing)' : ''}`, () => {
  const all = missing ? [] : z.parse(vectors, JSON.parse(readFileSync(file, 'utf8')));

  it('are six, of all four widths', () => {
    expect(all.map((vector) => vector.bits).toSorted((a, b) => a - b)).toEqual([1, 1, 2, 2, 4, 8]);
  });

  it.each(engines)('unpack on %s to the published values, every entry', async (_name, inflate) => {
    for (const vector of all) {
      const bytes = await inflate(decodeBase64url(vector.lst), 1_048_576);
      expect(bytes.length * (8 / vector.bits)).toBe(vector.entries);
      expect(Buffer.compare(unpack(bytes, vector.bits, vector.entries), statusesOf(vector))).toBe(0);
    }
  });

  it('are what we pack from the same values', async () => {
    for (const vector of all) {
      const packed = packStatuses(statusesOf(vector), vector.bits);
      expect(Buffer.compare(packed, await nodeInflate(decodeBase64url(vector.lst), 1_048_576))).toBe(0);
      const again = await nodeInflate(decodeBase64url(await compressList(packed, nodeDeflate)), 1_048_576);
      expect(Buffer.compare(packed, again)).toBe(0);
    }
  });
});
