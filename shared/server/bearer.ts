/** Bearer tokens for programs (RFC 6750). Only a SHA-256 hash is kept: 32 random bytes need no slow hash. */
import { hash, randomBytes } from 'node:crypto';
import { encodeBase64url } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { AuthScheme, Principal } from './routes.ts';

/** A new token, `<prefix><43 characters>`, and the hash to keep of it. The token itself is shown once. */
export function createBearerToken(prefix: string): { readonly token: string; readonly tokenHash: string } {
  const token = `${prefix}${encodeBase64url(randomBytes(32))}`;
  return { token, tokenHash: bearerHash(token) };
}

export function bearerHash(token: string): string {
  return hash('sha256', token, 'base64url');
}

export interface BearerOptions {
  /** Name of the scheme in the OpenAPI document. */
  readonly name: string;
  readonly prefix: string;
  readonly description: string;
  /** Any one of these roles is enough. */
  readonly roles: readonly string[];
  /** Looks a hash up; expired and withdrawn tokens are not found. */
  readonly find: (tokenHash: string) => Promise<Principal | undefined>;
}

/** Refused: `unauthenticated` (no token, malformed, unknown), `forbidden` (known, but without the role). */
export function bearerAuth(options: BearerOptions): AuthScheme {
  const shape = new RegExp(`^Bearer (${options.prefix}[A-Za-z0-9_-]{43})$`);
  return {
    name: options.name,
    openapi: { type: 'http', scheme: 'bearer', bearerFormat: `${options.prefix}...`, description: options.description },
    async authenticate(head) {
      const token = shape.exec(head.header('authorization') ?? '')?.[1];
      const principal = token === undefined ? undefined : await options.find(bearerHash(token));
      if (principal === undefined) throw new HufuError('unauthenticated');
      if (!options.roles.some((role) => principal.roles.includes(role))) throw new HufuError('forbidden');
      return principal;
    },
  };
}
