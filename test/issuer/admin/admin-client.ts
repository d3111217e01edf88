import { createToken, type Role } from '../../../issuer/admin/index.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { JsonObject } from '../../../shared/encoding/index.ts';
import type { TestIssuer } from '../../support/issuer.ts';

export interface AdminAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  readonly json: any;
  readonly text: string;
}

export type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body?: JsonObject,
  headers?: Readonly<Record<string, string>>,
) => Promise<AdminAnswer>;

/** Somebody with a token of these roles. */
export async function adminClient(target: TestIssuer, ...roles: Role[]): Promise<Ask> {
  const { token } = await createToken({ name: roles.join('.'), roles, days: 1 }, { db: target.db, clock: systemClock });
  return askWith(target, token);
}

export function askWith(target: TestIssuer, token: string | undefined): Ask {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${target.origin}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  };
}
