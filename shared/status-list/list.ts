import { HufuError } from '../errors.ts';

export type StatusBits = 1 | 2 | 4 | 8;

/** Statuses side by side, the first in the lowest bits of the first byte (Token Status List 4.1). */
export interface StatusList {
  readonly bits: StatusBits;
  readonly bytes: Uint8Array;
}

/** Token Status List 7.1. What is not listed here is not valid. */
export const statusValues = { valid: 0, revoked: 1, suspended: 2 } as const;

/** One byte for each entry in, `bits` bits for each out; the last byte is filled up with 0. */
export function packStatuses(statuses: Uint8Array, bits: StatusBits): Uint8Array<ArrayBuffer> {
  const perByte = 8 / bits;
  const packed = new Uint8Array(Math.ceil(statuses.length / perByte));
  let seen = 0;
  let from = 0;
  for (let i = 0; i < packed.length; i++) {
    let byte = 0;
    for (let shift = 0; shift < 8; shift += bits) {
      const status = statuses[from++] ?? 0;
      seen |= status;
      byte |= status << shift;
    }
    packed[i] = byte;
  }
  if (seen >= 2 ** bits) throw new HufuError('status_range', { at: 'status' });
  return packed;
}

/** The status at `idx`. Refused with `status_range`: anything but a whole number inside the list. */
export function readStatus(list: StatusList, idx: number): number {
  const { byte, shift } = place(list, idx);
  return ((list.bytes[byte] ?? 0) >> shift) & (2 ** list.bits - 1);
}

/** Changes one entry in place. Refused with `status_range`: an index or a value that the list cannot hold. */
export function writeStatus(list: StatusList, idx: number, status: number): void {
  const { byte, shift } = place(list, idx);
  const mask = 2 ** list.bits - 1;
  if (!Number.isInteger(status) || status < 0 || status > mask) throw new HufuError('status_range', { at: 'status' });
  list.bytes[byte] = ((list.bytes[byte] ?? 0) & ~(mask << shift)) | (status << shift);
}

function place(list: StatusList, idx: number): { readonly byte: number; readonly shift: number } {
  const perByte = 8 / list.bits;
  if (!Number.isSafeInteger(idx) || idx < 0 || idx >= list.bytes.length * perByte) {
    throw new HufuError('status_range', { at: 'idx' });
  }
  return { byte: Math.floor(idx / perByte), shift: (idx % perByte) * list.bits };
}
