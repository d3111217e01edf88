import { encodeBase64url, type Json, type JsonObject } from '../../../shared/encoding/index.ts';
import { signJwt } from '../../../shared/jwt/index.ts';
import type { Signer } from '../../../shared/keys/index.ts';
import { aud, crypto, frame, holder, issuer, nonce, now } from './credential.ts';

export const salt = 'AAECAwQFBgcICQoLDA0ODw';

/** The base64url of any JSON, or of any text. */
export function disclosure(content: Json | { readonly raw: string }): string {
  const isRaw = typeof content === 'object' && content !== null && 'raw' in content && typeof content.raw === 'string';
  return encodeBase64url(isRaw ? `${content.raw}` : JSON.stringify(content));
}

export function digest(encoded: string): string {
  return crypto.sha256Base64url(encoded);
}

export interface Forgery {
  /** Beside the frame that every credential here has; undefined removes a claim of the frame. */
  readonly claims?: { readonly [name: string]: Json | undefined };
  readonly header?: JsonObject;
  readonly disclosures?: readonly string[];
  readonly signer?: Signer;
}

/** A credential signed by the issuer that no honest issuer would make: everything else about it is right. */
export async function forgeIssued({
  claims = {},
  header = {},
  disclosures = [],
  signer = issuer,
}: Forgery): Promise<string> {
  const payload: JsonObject = JSON.parse(JSON.stringify({ ...frame(), ...claims }));
  const jwt = await signJwt({ kid: 'issuer-1', typ: 'dc+sd-jwt', ...header }, payload, signer);
  return `${[jwt, ...disclosures].join('~')}~`;
}

export interface KbForgery {
  readonly kb?: { readonly [name: string]: Json | undefined };
  readonly kbHeader?: JsonObject;
  readonly kbSigner?: Signer;
  /** What `sd_hash` is over, when that is not the presentation. */
  readonly hashed?: string;
}

/** A key binding with one thing changed. */
export async function forgeBinding(presentation: string, changes: KbForgery = {}): Promise<string> {
  const payload: JsonObject = JSON.parse(
    JSON.stringify({ iat: now, aud, nonce, sd_hash: digest(changes.hashed ?? presentation), ...changes.kb }),
  );
  return presentation + (await signJwt({ typ: 'kb+jwt', ...changes.kbHeader }, payload, changes.kbSigner ?? holder));
}

/** Both: forged by the issuer, bound honestly by the holder. */
export async function forge(forgery: Forgery): Promise<string> {
  return forgeBinding(await forgeIssued(forgery));
}
