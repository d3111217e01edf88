import { HufuError } from '../../shared/errors.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Principal } from '../../shared/server/routes.ts';
import { getScene } from '../scenes/index.ts';
import type { Handle } from '../tables.ts';
import type { RequestContext } from './context.ts';
import type { RequestDeps } from './deps.ts';
import { createSecrets, type LinkAddresses, type LinkSecrets, linkAddresses, randomId } from './link.ts';
import { putLink } from './link-store.ts';
import { prolongRequest, putRequest } from './store.ts';

export interface Asked {
  readonly scene: string;
  readonly device: 'cross' | 'same';
  readonly context: RequestContext;
  /** Same device: where the wallet sends the browser afterwards; at an origin its asker registered. */
  readonly returnUrl: string | undefined;
}

export interface Caller extends Principal {
  readonly returnOrigins: readonly string[];
  readonly requestId: string;
}

export interface OpenedRequest extends LinkAddresses {
  readonly id: string;
  /** Until when a wallet may fetch this link. */
  readonly fetchUntil: number;
  /** Same device: the secret for the cookie of the browser that starts. */
  readonly session: string | undefined;
}

/** A request with its first link. Refused: `not_found` (scene), `shape` (return address), `origin_refused` (its origin). */
export async function createRequest(deps: RequestDeps, caller: Caller, asked: Asked): Promise<OpenedRequest> {
  const scene = getScene(asked.scene);
  checkReturn(asked, caller.returnOrigins);

  const now = deps.clock.now();
  const [id, rid] = [randomId(deps.crypto), randomId(deps.crypto)];
  const session = asked.device === 'same' ? randomId(deps.crypto, 24) : undefined;
  const secrets = await createSecrets(deps.crypto, rid);
  const fetchUntil = now + deps.times.fetch;
  await deps.db.transaction(async (trx) => {
    await putRequest(trx, {
      id,
      owner: caller.id,
      scene: scene.id,
      device: asked.device,
      context: JSON.stringify(asked.context),
      session_hash: session === undefined ? null : bearerHash(session),
      return_url: asked.returnUrl ?? null,
      created_at: now,
      expires_at: fetchUntil,
      delete_at: fetchUntil + deps.times.keep,
    });
    await openLink(trx, deps, { id, rid, secrets, now });
    await recordAudit(trx, act(caller, 'request.create', id, now));
  });
  deps.recentSecrets.put(rid, secrets);
  return { id, session, fetchUntil, ...linkAddresses(deps, rid) };
}

/**
 * A fresh link for an open request, with a nonce, a state and a key of its own: what a desk shows every half minute.
 * Refused: `conflict` (answered, or open for too long).
 */
export async function renewLink(deps: RequestDeps, caller: Caller, id: string): Promise<OpenedRequest> {
  const now = deps.clock.now();
  const rid = randomId(deps.crypto);
  const secrets = await createSecrets(deps.crypto, rid);
  const fetchUntil = now + deps.times.fetch;
  await deps.db.transaction(async (trx) => {
    const createdAfter = now - deps.times.renewFor;
    const deleteAt = fetchUntil + deps.times.keep;
    if (!(await prolongRequest(trx, { id, owner: caller.id, createdAfter, fetchUntil, deleteAt }))) {
      throw new HufuError('conflict', { at: 'request' });
    }
    await openLink(trx, deps, { id, rid, secrets, now });
    await recordAudit(trx, act(caller, 'request.renew', id, now));
  });
  deps.recentSecrets.put(rid, secrets);
  deps.changes.notify(id);
  return { id, session: undefined, fetchUntil, ...linkAddresses(deps, rid) };
}

async function openLink(
  trx: Handle,
  deps: RequestDeps,
  link: { readonly id: string; readonly rid: string; readonly secrets: LinkSecrets; readonly now: number },
): Promise<void> {
  await putLink(trx, deps.envelope, {
    rid: link.rid,
    request_id: link.id,
    secrets: JSON.stringify(link.secrets),
    created_at: link.now,
    fetch_until: link.now + deps.times.fetch,
  });
}

/** Only https (or plain http at a registered origin), without credentials or fragment, at a registered origin. */
function checkReturn(asked: Asked, origins: readonly string[]): void {
  const isSame = asked.device === 'same';
  if (isSame !== (asked.returnUrl !== undefined)) throw new HufuError('shape', { at: 'return_url' });
  if (asked.returnUrl === undefined) return;
  const url = URL.parse(asked.returnUrl);
  const isPlain =
    url !== null && url.username === '' && url.password === '' && url.hash === '' && !url.href.includes('#');
  if (!isPlain || url.href !== asked.returnUrl) throw new HufuError('shape', { at: 'return_url' });
  if (!origins.includes(url.origin)) throw new HufuError('origin_refused', { at: 'return_url' });
}

function act(caller: Caller, action: 'request.create' | 'request.renew', object: string, at: number) {
  const { id: actor, requestId } = caller;
  return { at, actor, role: caller.roles[0] ?? '-', action, object, outcome: 'done', requestId } as const;
}
