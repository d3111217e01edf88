import { decodeBase64 } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import {
  findRequest,
  moveRequest,
  openResult,
  parseResult,
  type Reader,
  type RequestDeps,
  readRequest,
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
  const { status } = await readRequest(deps, reader, look.id);
  if (status !== 'accepted') throw new HufuError('conflict', { at: 'request' });
  const { id, requestId } = look;
  const { id: owner, roles } = reader.principal;
  const entry = { at: deps.clock.now(), actor: owner, role: roles[0] ?? '-', action, object: id, requestId };
  return deps.db.transaction(async (trx) => {
    // In the same state again: from here on nobody gives the result up before we have read it.
    if (!(await moveRequest(trx, { id, owner }, 'accepted', { status: 'accepted' }))) throw new HufuError('conflict');
    const row = await findRequest(trx, id, owner);
    if (row === undefined) throw new HufuError('conflict', { at: 'request' });
    await recordAudit(trx, { ...entry, outcome: 'done' });
    return parseResult(await openResult(trx, deps.envelope, row)).claims;
  });
}
