import { HufuError } from '../errors.ts';
import type { MaybePromise } from '../keys/index.ts';

/** RFC 1950 in: at most `maxBytes` out. Refused with `list_limit`: all else, and a stream with more behind its end. */
export type Inflate = (compressed: Uint8Array, maxBytes: number) => MaybePromise<Uint8Array>;

/** RFC 1950 out. */
export type Deflate = (bytes: Uint8Array) => MaybePromise<Uint8Array>;

/**
 * RFC 1950 2.2: a zlib stream of DEFLATE without a preset dictionary. Gzip, raw DEFLATE and `FDICT` are refused with
 * `list_limit` before anything is unpacked.
 */
export function checkZlibHeader(compressed: Uint8Array): void {
  const [method = 0, flags = 0] = compressed;
  const deflate = (method & 0x0f) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0;
  if (!deflate || (flags & 0x20) !== 0) throw new HufuError('list_limit', { at: 'lst' });
}

/** Slices this small unpack to at most a megabyte each (DEFLATE reaches 1032:1), whatever the engine buffers. */
const sliceBytes = 1_024;

/** Inflate on DecompressionStream, which itself refuses trailing bytes and a wrong checksum. */
export function webInflate(): Inflate {
  return async (compressed, maxBytes) => {
    checkZlibHeader(compressed);
    let from = 0;
    const source = new ReadableStream<BufferSource>({
      pull(controller) {
        controller.enqueue(compressed.slice(from, from + sliceBytes));
        from += sliceBytes;
        if (from >= compressed.length) controller.close();
      },
    });
    const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
    const bytes = new Uint8Array(maxBytes);
    let length = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return bytes.slice(0, length);
        if (length + value.length > maxBytes) throw new HufuError('list_limit', { at: 'lst' });
        bytes.set(value, length);
        length += value.length;
      }
    } catch (cause) {
      await reader.cancel().catch(() => undefined);
      throw new HufuError('list_limit', { at: 'lst', cause });
    }
  };
}
