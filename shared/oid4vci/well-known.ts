/**
 * The address of a well-known document of an issuer whose identifier may have a path: the well-known part stands between
 * host and path, and a trailing slash is dropped (OpenID4VCI 1.0 12.2.2, RFC 8414 3.1).
 * `https://h/tenant`, `openid-credential-issuer` -> `https://h/.well-known/openid-credential-issuer/tenant`.
 */
export function insertWellKnown(issuer: string, name: string): string {
  const url = new URL(issuer);
  return `${url.origin}/.well-known/${name}${url.pathname.replace(/\/$/, '')}`;
}
