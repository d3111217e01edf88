import { encodeBase64url, encodeUtf8, type JsonObject } from '../encoding/index.ts';
import type { Signer } from '../keys/index.ts';

/** A compact JWS (RFC 7515 7.1). `alg` comes from the signer; a header that names another is a programmer's mistake. */
export async function signJwt(header: JsonObject, payload: JsonObject, signer: Signer): Promise<string> {
  if (header.alg !== undefined && header.alg !== signer.alg) throw new TypeError("header.alg is the signer's");
  const protectedHeader = JSON.stringify({ ...header, alg: signer.alg });
  const signingInput = `${encodeBase64url(protectedHeader)}.${encodeBase64url(JSON.stringify(payload))}`;
  return `${signingInput}.${encodeBase64url(await signer.sign(encodeUtf8(signingInput)))}`;
}
