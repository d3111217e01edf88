import type { Clock } from '../../shared/clock.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto } from '../../shared/keys/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { bearerHash } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { VerifierTables } from '../tables.ts';
import {
  type AccessToken,
  deleteSession,
  findDeskByName,
  findTokenByHash,
  putSession,
  putToken,
  type SessionRules,
} from './store.ts';

export interface DeskSessionDeps {
  readonly db: Database<VerifierTables>;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly rules: SessionRules;
  /** Name of the desk anybody may open; only in the demo. */
  readonly demoDesk: string | undefined;
}

/** The desk whose token was typed. Refused: `unauthenticated` (unknown, withdrawn, or a program's token). */
export async function findDeskByToken(deps: DeskSessionDeps, token: string): Promise<AccessToken> {
  const desk = await findTokenByHash(deps.db.kysely, bearerHash(token));
  if (desk?.kind !== 'desk') throw new HufuError('unauthenticated', { at: 'token' });
  return desk;
}

/** The demo's desk. Refused: `not_found` outside the demo. */
export async function findDemoDesk(deps: DeskSessionDeps): Promise<AccessToken> {
  const desk = deps.demoDesk === undefined ? undefined : await findDeskByName(deps.db.kysely, deps.demoDesk);
  if (desk === undefined) throw new HufuError('not_found');
  return desk;
}

/** A new session whatever the browser brought along: an id known before sign-in is never used, and ends (NC-077). */
export async function openSession(
  deps: DeskSessionDeps,
  desk: AccessToken,
  call: { readonly former: string | undefined; readonly requestId: string },
): Promise<string> {
  const session = encodeBase64url(deps.crypto.randomBytes(32));
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    if (call.former !== undefined) await deleteSession(trx, bearerHash(call.former));
    await putSession(trx, { sessionHash: bearerHash(session), tokenId: desk.id, now, rules: deps.rules });
    await recordAudit(trx, deskAct(desk.id, 'desk.open', now, call.requestId));
  });
  return session;
}

export async function closeSession(
  deps: DeskSessionDeps,
  session: { readonly id: string; readonly deskId: string; readonly requestId: string },
): Promise<void> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    await deleteSession(trx, bearerHash(session.id));
    await recordAudit(trx, deskAct(session.deskId, 'desk.close', now, session.requestId));
  });
}

function deskAct(deskId: string, action: 'desk.open' | 'desk.close', at: number, requestId: string) {
  return { at, actor: deskId, role: 'desk', action, object: deskId, outcome: 'done', requestId } as const;
}

/** The demo's desk exists from the first start on. Nobody knows its token: the page opens it by a button. */
export async function ensureDemoDesk(
  deps: Pick<DeskSessionDeps, 'db' | 'clock' | 'crypto'>,
  name: string,
): Promise<void> {
  if ((await findDeskByName(deps.db.kysely, name)) !== undefined) return;
  const id = encodeBase64url(deps.crypto.randomBytes(16));
  const tokenHash = bearerHash(encodeBase64url(deps.crypto.randomBytes(32)));
  await putToken(deps.db.kysely, { id, kind: 'desk', name, returnOrigins: [] }, tokenHash, deps.clock.now());
}
