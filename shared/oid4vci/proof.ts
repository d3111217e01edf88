import type { DidKeys } from '../did/index.ts';
import type { JsonObject } from '../encoding/index.ts';
import { type Code, codeOf, HufuError } from '../errors.ts';
import { parseJwt, signJwt, type UnverifiedJwt, verifyJwt } from '../jwt/index.ts';
import { type Alg, type Crypto, type PublicJwk, parsePublicJwk, type Signer } from '../keys/index.ts';

const typ = 'openid4vci-proof+jwt';
const maxProofBytes = 8_192;

/** How a proof names its key (appendix F.1), and with it how the credential will name its holder. */
export type KeyBinding = 'jwk' | 'did:jwk';

/**
 * A key proof of type `jwt` (OpenID4VCI 1.0 appendix F.1) for one holder key.
 * `key`: the public JWK itself, or a DID URL whose document holds it. `issuer` is the Credential Issuer Identifier.
 */
export function createKeyProof(
  options: {
    readonly issuer: string;
    readonly nonce: string;
    /** Epoch seconds. */
    readonly now: number;
    readonly key: { readonly jwk: PublicJwk } | { readonly kid: string };
  },
  signer: Signer,
): Promise<string> {
  const { issuer, nonce, now } = options;
  const key: JsonObject = 'jwk' in options.key ? { jwk: bareJwk(options.key.jwk) } : { kid: options.key.kid };
  return signJwt({ typ, ...key }, { aud: issuer, iat: now, nonce }, signer);
}

/** What a proof has shown: this key was used, over this nonce, for this issuer. The nonce itself is not judged here. */
export interface VerifiedKeyProof {
  readonly key: PublicJwk;
  readonly nonce: string;
  /** The DID that names the key, where the proof was made with a DID URL. */
  readonly did: string | undefined;
}

/**
 * Verifies one key proof of type `jwt` (OpenID4VCI 1.0 appendix F.4). Every fault is `proof_invalid`:
 * 1. compact JWS with an allowed algorithm; 2. `typ`; 3. exactly one of `jwk` and `kid`, and the one `binding` asks
 * for; no `x5c`, no `trust_chain`, no private member; 4. signature by that key; 5. `aud` is this issuer, one string;
 * 6. `iat` within `maxAge` (300 s) and not ahead; 7. no `iss`, since the wallet is anonymous; 8. a `nonce` (7.2).
 */
export async function verifyKeyProof(
  token: string,
  options: {
    readonly crypto: Crypto;
    readonly dids: DidKeys;
    readonly expectedIssuer: string;
    readonly binding: KeyBinding;
    readonly algs: readonly Alg[];
    readonly now: number;
    readonly maxAge?: number;
    readonly at?: string;
  },
): Promise<VerifiedKeyProof> {
  const at = options.at ?? 'proof';
  try {
    const jwt = parseJwt(token, { maxBytes: maxProofBytes, at });
    const { key, did } = await keyOf(jwt, options.binding, options.dids);
    const { payload } = await verifyJwt(jwt, {
      crypto: options.crypto,
      key,
      expectedTyp: typ,
      algs: options.algs,
      now: options.now,
      exp: 'optional',
      expectedAud: options.expectedIssuer,
      maxAge: options.maxAge ?? 300,
      at,
    });
    if (payload.iss !== undefined) throw new HufuError('iss_mismatch', { at });
    if (typeof payload.nonce !== 'string' || payload.nonce === '') throw new HufuError('claim_missing', { at });
    return { key, nonce: payload.nonce, did };
  } catch (cause) {
    if (unexpected.includes(codeOf(cause))) throw cause;
    throw new HufuError('proof_invalid', { at, cause });
  }
}

/** A fault of ours is not a fault of the proof. */
const unexpected: readonly Code[] = ['internal', 'unavailable'];

/** Appendix F.1: the key comes from the header on purpose, since the proof is about possession of exactly that key. */
async function keyOf(
  jwt: UnverifiedJwt,
  binding: KeyBinding,
  dids: DidKeys,
): Promise<{ key: PublicJwk; did: string | undefined }> {
  const { jwk, kid, x5c, trust_chain: trustChain } = jwt.header;
  if (x5c !== undefined || trustChain !== undefined) throw new HufuError('key_untrusted', { at: 'header' });
  if ((jwk === undefined) === (kid === undefined)) throw new HufuError('key_untrusted', { at: 'header' });
  if (binding === 'jwk') return { key: parsePublicJwk(jwk, 'header.jwk'), did: undefined };
  if (typeof kid !== 'string' || !kid.startsWith('did:jwk:'))
    throw new HufuError('did_unsupported', { at: 'header.kid' });
  return { key: await dids.findKey(kid, 'authentication'), did: kid.slice(0, kid.indexOf('#')) };
}

function bareJwk({ kty, crv, x, y }: PublicJwk): JsonObject {
  return { kty, crv, x, ...(y === undefined ? {} : { y }) };
}
