import { encodeUtf8 } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { RowName, SealedRow } from './raw-store.ts';

const encoder = new TextEncoder();

/** Fields in a row without any way to move a boundary: each with its length in four bytes before it. */
export function lengthPrefixed(fields: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const parts = fields.map((field) => (typeof field === 'string' ? encoder.encode(field) : field));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    bytes.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return bytes;
}

function context(row: RowName & { readonly version: number }): Uint8Array<ArrayBuffer> {
  return lengthPrefixed(['hufu wallet record 1', row.store, row.id, String(row.version)]);
}

/** AES-256-GCM; store, id and version are bound in, so that no row can stand in another's place or for its own past. */
export async function sealRow(
  key: CryptoKey,
  row: RowName & { readonly version: number },
  text: string,
  iv: Uint8Array<ArrayBuffer>,
): Promise<SealedRow> {
  const algorithm = { name: 'AES-GCM', iv, additionalData: context(row) };
  const data = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, encodeUtf8(text)));
  return { store: row.store, id: row.id, version: row.version, iv, data };
}

/** The text of a row, or `integrity`: one fault for whatever was changed. */
export async function openRow(key: CryptoKey, row: SealedRow): Promise<string> {
  const algorithm = { name: 'AES-GCM', iv: row.iv, additionalData: context(row) };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await crypto.subtle.decrypt(algorithm, key, row.data));
  } catch (cause) {
    throw new HufuError('integrity', { at: row.store, cause });
  }
}
