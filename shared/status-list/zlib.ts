import { HufuError } from '../errors.ts';
import type { MaybePromise } from '../keys/index.ts';

/**
 * One zlib stream (RFC 1950) in, at most `maxBytes` out. Refused with `list_limit`: more bytes than that, gzip, raw
 * DEFLATE, a preset dictionary, a wrong checksum, anything behind the end.
 */
export type Inflate = (compressed: Uint8Array, maxBytes: number) => MaybePromise<Uint8Array>;

/** RFC 1950 out. */
export type Deflate = (bytes: Uint8Array) => MaybePromise<Uint8Array>;

/** Slices this small unpack to at most a megabyte each (DEFLATE reaches 1032:1), whatever the engine buffers. */
const sliceBytes = 1_024;

/** Inflate on DecompressionStream, which itself refuses all that is not one zlib stream. */
export function webInflate(): Inflate {
  return async (compressed, maxBytes) => {
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
