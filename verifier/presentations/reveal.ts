import { decodeBase64 } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import {
  getOwnRequest,
  openResult,
  parseResult,
  type Reader,
  type RequestDeps,
  takeAccepted,
} from '../requests/index.ts';

const jpegPrefix = 'data:image/jpeg;base64,';

interface Look {
  readonly id: string;
  readonly requestId: string;
}

/** The whole number behind its mask: a clerk may look, and that it was done stays on record. Refused: `conflict`. */
export async function revealNumber(deps: RequestDeps, reader: Reader, look: Look): Promise<string> {
  const { personal_administrative_number: number } = await openClaims(deps, reader, look, 'result.reveal');
  if (typeof number !== 'string') throw new HufuError('conflict', { at: 'number' });
  return number;
}

/** The portrait for the clerk's eyes, as JPEG. Refused: `conflict` (none was shown, or not decided yet). */
export async function readPicture(deps: RequestDeps, reader: Reader, look: Look): Promise<Uint8Array> {
  const { picture } = await openClaims(deps, reader, look, 'result.picture');
  if (typeof picture !== 'string' || !picture.startsWith(jpegPrefix))
    throw new HufuError('conflict', { at: 'picture' });
  return decodeBase64(picture.slice(jpegPrefix.length), 'picture');
}

async function openClaims(deps: RequestDeps, reader: Reader, look: Look, action: 'result.reveal' | 'result.picture') {
  const { id, requestId } = look;
  const { id: actor, roles } = reader.principal;
  const now = deps.clock.now();
  await getOwnRequest(deps, reader, id);
  return deps.db.transaction(async (trx) => {
    const row = await takeAccepted(trx, { id, now }, { status: 'accepted' });
    if (row === undefined) throw new HufuError('conflict', { at: 'request' });
    await recordAudit(trx, {
      at: now,
      actor,
      role: roles[0] ?? '-',
      action,
      object: id,
      requestId,
      outcome: 'done',
    });
    return parseResult(await openResult(trx, deps.envelope, row)).claims;
  });
}
