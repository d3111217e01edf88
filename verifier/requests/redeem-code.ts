import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { RequestDeps } from './deps.ts';
import { type Reader, type RequestView, readRequest } from './read-request.ts';
import { redeemCode } from './store.ts';

/**
 * The end of a same-device showing (OpenID4VP 1.0 8.2, 14.2): the code came back with the browser, the cookie says it
 * is the browser that started, and the code counts once. Refused: `response_code`, whatever was wrong with either.
 */
export async function redeemResponseCode(
  deps: RequestDeps,
  reader: Reader,
  redeemed: { readonly id: string; readonly code: string; readonly requestId: string },
): Promise<RequestView> {
  const now = deps.clock.now();
  const { id, code, requestId } = redeemed;
  const request = {
    id,
    owner: reader.principal.id,
    codeHash: bearerHash(code),
    sessionHash: bearerHash(reader.session ?? ''),
    now,
  };
  const entry = { at: now, actor: reader.principal.id, role: reader.principal.roles[0] ?? '-', object: id, requestId };
  const isRedeemed = await deps.db.transaction(async (trx) => {
    const done = await redeemCode(trx, request);
    const outcome = done ? ({ outcome: 'done' } as const) : ({ outcome: 'refused', reason: 'response_code' } as const);
    await recordAudit(trx, { ...entry, action: 'present.code', ...outcome });
    return done;
  });
  if (!isRedeemed) {
    deps.markAudited(requestId);
    throw new HufuError('response_code');
  }
  return readRequest(deps, reader, id);
}
