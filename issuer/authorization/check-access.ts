import type { Kysely } from 'kysely';
import * as z from 'zod/mini';
import type { Clock } from '../../shared/clock.ts';
import { parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import type { Hasher } from '../../shared/keys/index.ts';
import type { RequestHead } from '../../shared/server/routes.ts';
import { recordHash } from './adapter.ts';
import type { DpopVerifier } from './dpop.ts';
import { findRecord, type Use } from './store.ts';
import type { AuthorizationTables } from './tables.ts';

/** A request at a protected endpoint was made with this token by the holder of its key. */
export interface Access {
  readonly offerId: string;
  readonly jkt: string;
  readonly configurationIds: readonly string[];
  /** Identifier -> configuration, where the token response named identifiers (OpenID4VCI 1.0 6.2). */
  readonly identifiers: ReadonlyMap<string, string> | undefined;
  /** To be taken in the transaction of what the request does. */
  readonly use: Use;
}

export type CheckAccess = (head: Pick<RequestHead, 'header' | 'method'>, endpoint: string) => Promise<Access>;

/** The part of the provider's payload that this program reads back. */
const tokenPayload = z.object({
  aud: z.string(),
  jkt: z.string(),
  accountId: z.string(),
  scope: z.string(),
  rar: z.optional(
    z.array(z.object({ credential_configuration_id: z.string(), credential_identifiers: z.array(z.string()) })),
  ),
});

/**
 * A DPoP-bound access token at one of our endpoints (RFC 9449 7, RFC 6750 2.1). In order:
 * 1. one Authorization header with the scheme DPoP, in any case, and a token of our form; 2. the token is known and
 * has not ended; 3. it is for this issuer (all `token_invalid`); 4. the proof is good for this request and token
 * (`dpop_invalid`, `dpop_nonce`); 5. it was made with the key of the token (`dpop_invalid`).
 */
export function createAccessCheck(options: {
  readonly db: Kysely<AuthorizationTables>;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly dpop: DpopVerifier;
  readonly issuer: string;
}): CheckAccess {
  const { db, hasher, clock, dpop, issuer } = options;

  return async (head, endpoint) => {
    const token = /^dpop +([A-Za-z0-9_-]{43})$/i.exec(head.header('authorization') ?? '')?.[1];
    if (token === undefined) throw new HufuError('token_invalid', { at: 'authorization' });
    const record = await findRecord(db, 'AccessToken', recordHash(token, hasher), clock.now());
    if (record === undefined) throw new HufuError('token_invalid', { at: 'authorization' });
    const payload = parseShape(tokenPayload, parseJsonObject(record.payload));
    if (payload.aud !== issuer) throw new HufuError('token_invalid', { at: 'aud' });
    const proof = await dpop.verify(head.header('dpop'), { htm: head.method, htu: endpoint, accessToken: token });
    if (proof.jkt !== payload.jkt) throw new HufuError('dpop_invalid', { at: 'dpop.jwk' });
    return {
      offerId: payload.accountId,
      jkt: payload.jkt,
      configurationIds: payload.scope.split(' '),
      identifiers: payload.rar && new Map(payload.rar.flatMap((detail) => pairs(detail))),
      use: proof.use,
    };
  };
}

function pairs(detail: { credential_configuration_id: string; credential_identifiers: string[] }): [string, string][] {
  return detail.credential_identifiers.map((identifier) => [identifier, detail.credential_configuration_id]);
}
