import { HufuError } from '../../shared/errors.ts';
import { createRequestObject, createSceneStatement } from '../../shared/oid4vp/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { getScene, sceneStatement } from '../scenes/index.ts';
import { contextDetail, parseContext } from './context.ts';
import type { RequestDeps } from './deps.ts';
import { findSecrets } from './link.ts';
import { findLink, type LinkWithRequest, markFetched } from './link-store.ts';

/**
 * The signed request object behind a link, as often as it is asked for while the link lives (OpenID4VP 1.0 5.10). The
 * first fetch starts the time to answer. Refused: `not_found`, `request_expired` (fetched too late, or answered).
 */
export async function serveRequest(
  deps: RequestDeps,
  rid: string,
  fetch: { readonly walletNonce: string | undefined; readonly requestId: string },
): Promise<string> {
  const now = deps.clock.now();
  const link = await findLink(deps.db.kysely, rid);
  if (link === undefined) throw new HufuError('not_found');
  if (link.status !== 'open' || link.fetch_until <= now) throw new HufuError('request_expired');

  const secrets = await findSecrets(deps, link);
  if (secrets === undefined) throw new HufuError('request_expired');
  const answerUntil = link.answer_until ?? (await startAnswerTime(deps, link, fetch.requestId));
  return createRequestObject(
    {
      clientId: deps.access.clientId,
      responseUri: `${deps.baseUrl}/response/${rid}`,
      nonce: secrets.nonce,
      state: secrets.state,
      query: deps.questions(getScene(link.scene)).wire,
      encryptionKey: secrets.publicJwk,
      sceneStatement: await statementFor(deps, link, answerUntil - now),
      ...(fetch.walletNonce === undefined ? {} : { walletNonce: fetch.walletNonce }),
      now,
      expiresAt: answerUntil,
    },
    deps.access,
  );
}

async function startAnswerTime(deps: RequestDeps, link: LinkWithRequest, requestId: string): Promise<number> {
  const now = deps.clock.now();
  const answerUntil = now + deps.times.answer;
  await deps.db.transaction(async (trx) => {
    const isFirst = await markFetched(trx, link, answerUntil, answerUntil + deps.times.keep);
    if (!isFirst) return;
    const entry = {
      at: now,
      actor: 'holder',
      role: 'holder',
      action: 'request.fetch',
      object: link.request_id,
    } as const;
    await recordAudit(trx, { ...entry, outcome: 'done', requestId });
  });
  deps.changes.notify(link.request_id);
  return answerUntil;
}

function statementFor(deps: RequestDeps, link: LinkWithRequest, lifetime: number): Promise<string> {
  const detail = contextDetail(parseContext(link.context));
  const occasion = { clientId: deps.access.clientId, device: link.device, ...(detail === undefined ? {} : { detail }) };
  const { signer } = deps.access;
  return createSceneStatement(sceneStatement(getScene(link.scene), occasion), {
    signer,
    now: deps.clock.now(),
    lifetime,
  });
}
