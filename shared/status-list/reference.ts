import { isJsonObject, type JsonObject } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';

/** Where a credential's status stands: entry `idx` of the list at `uri` (Token Status List 6.2). */
export interface StatusReference {
  readonly uri: string;
  readonly idx: number;
}

/**
 * The status reference of a credential, undefined when it has none. Refused: `status_range` (`idx` that is no whole
 * non-negative number), `status_invalid` (no address; a `status` without `status_list`: a way of revoking that we do
 * not know is not the absence of one).
 */
export function readStatusReference(payload: JsonObject): StatusReference | undefined {
  const { status } = payload;
  if (status === undefined) return undefined;
  const list = isJsonObject(status) ? status.status_list : undefined;
  if (!isJsonObject(list)) throw new HufuError('status_invalid', { at: 'status' });
  const { uri, idx } = list;
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw new HufuError('status_invalid', { at: 'status.uri' });
  if (typeof idx !== 'number' || !Number.isSafeInteger(idx) || idx < 0) {
    throw new HufuError('status_range', { at: 'status.idx' });
  }
  return { uri, idx };
}
