import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/clock.ts';
import { encodeBase64url } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { type AuditTables, recordAudit } from '../../shared/server/audit.ts';
import { bearerHash, createBearerToken } from '../../shared/server/bearer.ts';
import type { Database } from '../../shared/server/database.ts';
import type { AuthScheme, Principal, RequestHead } from '../../shared/server/routes.ts';
import { isRole, type Role } from './roles.ts';
import { type AdminTables, findToken, listTokens, putToken, revokeToken } from './store.ts';

export const tokenPrefix = 'hufu_adm_';
const maxDays = 400;
const shape = new RegExp(`^Bearer (${tokenPrefix}[A-Za-z0-9_-]{43})$`);

type Db = Database<AdminTables & AuditTables>;

export interface TokenRequest {
  /** Which program it is for; a name an operator recognises, not a person's. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly days: number;
}

/** A new token; it is shown once, only its SHA-256 is kept. Refused: `shape` (name, roles, days). */
export async function createToken(
  request: TokenRequest,
  deps: { readonly db: Db; readonly clock: Clock },
): Promise<{ readonly id: string; readonly token: string; readonly expiresAt: number }> {
  if (!/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(request.name)) throw new HufuError('shape', { at: 'name' });
  if (request.roles.length === 0 || !request.roles.every(isRole)) throw new HufuError('shape', { at: 'role' });
  if (!Number.isInteger(request.days) || request.days < 1 || request.days > maxDays)
    throw new HufuError('shape', { at: 'days' });
  const now = deps.clock.now();
  const id = encodeBase64url(randomBytes(9));
  const { token, tokenHash } = createBearerToken(tokenPrefix);
  const expiresAt = now + request.days * 86_400;
  await deps.db.transaction(async (trx) => {
    await putToken(trx, {
      id,
      token_hash: tokenHash,
      name: request.name,
      roles: [...new Set(request.roles)].join(' '),
      created_at: now,
      expires_at: expiresAt,
    });
    await recordAudit(trx, { ...operator, at: now, action: 'token.create', object: id, outcome: 'done' });
  });
  return { id, token, expiresAt };
}

/** From now on the token is refused. Refused: `not_found` (no such token, or withdrawn before). */
export async function withdrawToken(id: string, deps: { readonly db: Db; readonly clock: Clock }): Promise<void> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    if (!(await revokeToken(trx, id, now))) throw new HufuError('not_found');
    await recordAudit(trx, { ...operator, at: now, action: 'token.revoke', object: id, outcome: 'done' });
  });
}

/** All tokens ever made, without anything that could be used as one. */
export function describeTokens(db: Kysely<AdminTables>) {
  return listTokens(db);
}

/** Whoever may run our commands on this machine. */
const operator = { actor: 'operator', role: 'operator' } as const;

export interface AdminAuthOptions {
  readonly db: Db;
  readonly clock: Clock;
  /** Says that the refusal of a request is on record already. */
  readonly markAudited: (requestId: string) => void;
}

/**
 * Guard of one endpoint: any one of `allowed` is enough. Refused: `unauthenticated` (no token, malformed, unknown,
 * expired, withdrawn), `forbidden` (a good token without the role; recorded with who it was).
 */
export function adminAuth(allowed: readonly Role[], options: AdminAuthOptions): AuthScheme {
  return {
    name: 'admin',
    openapi: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: `${tokenPrefix}...`,
      description: 'A token made by `npm run admin:token`.',
    },
    async authenticate(head) {
      const token = shape.exec(head.header('authorization') ?? '')?.[1];
      const found = token && (await findToken(options.db.kysely, bearerHash(token), options.clock.now()));
      if (!found) throw new HufuError('unauthenticated');
      const principal: Principal = { id: found.id, roles: found.roles.split(' ') };
      if (allowed.some((role) => principal.roles.includes(role))) return principal;
      await recordDenial(principal, head, options);
      throw new HufuError('forbidden');
    },
  };
}

async function recordDenial(principal: Principal, head: RequestHead, options: AdminAuthOptions): Promise<void> {
  await options.db.transaction((trx) =>
    recordAudit(trx, {
      at: options.clock.now(),
      actor: principal.id,
      role: principal.roles.join(' '),
      action: 'authz.deny',
      object: `${head.method} ${head.url.pathname}`,
      outcome: 'refused',
      reason: 'forbidden',
      requestId: head.requestId,
    }),
  );
  options.markAudited(head.requestId);
}
