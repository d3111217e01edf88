import * as z from 'zod/mini';
import type { DidKeys } from '../did/index.ts';
import { constantTimeEqual, type JsonObject, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { defaultSkew, parseJwt, verifyJwt } from '../jwt/index.ts';
import type { PublicJwk } from '../keys/index.ts';
import { baseContext, loadLibrary } from './library.ts';
import { type VerifiedVc, type VerifyVcJwtOptions, verifyVcJwt } from './verify-credential.ts';

const defaultMaxAge = 300;

const wirePresentation = z.object({
  jti: z.optional(z.string()),
  vp: z.looseObject({
    '@context': z.array(z.string()),
    type: z.array(z.string()),
    id: z.optional(z.string()),
    holder: z.optional(z.string()),
    verifiableCredential: z.array(z.string()),
  }),
});

/** The credential's options, and what binds this presentation to its holder and to one request. */
export interface VerifyVpJwtOptions extends VerifyVcJwtOptions {
  readonly dids: DidKeys;
  /** Our `client_id`, prefix included. */
  readonly expectedAud: string;
  readonly expectedNonce: string;
  /** Seconds since the presentation was signed; 300 unless said. */
  readonly maxAge?: number;
}

export interface VerifiedVp {
  readonly holderDid: string;
  readonly holderKey: PublicJwk;
  readonly credential: VerifiedVc;
}

/**
 * Verifies a W3C presentation in JWT form with the one credential in it (VCDM 1.1 6.3.1, OpenID4VP 1.0 8.6, B.1.3.2).
 * Refused: what `parseJwt` and `verifyJwt` refuse; `kb_aud` (not one string, not ours), `kb_nonce`, `kb_stale` (`iat`
 * too old or ahead), `kb_key` (no key of the holder), what DID resolution refuses (only did:jwk and did:key:
 * a stranger does not choose where we connect to), `vc_invalid` (not exactly one credential), `claim_conflict`,
 * everything `verifyVcJwt` refuses, and `holder_mismatch` (holder is not the credential's subject).
 */
export async function verifyVpJwt(token: string, options: VerifyVpJwtOptions): Promise<VerifiedVp> {
  const { crypto, dids, now, skew = defaultSkew, algs = ['ES256'] } = options;
  const jwt = parseJwt(token, { at: 'presentation' });

  // 1. For us, for this request, of now.
  checkBinding(jwt.payload, options);

  // 2. Signed by the key of the DID that says so.
  const { iss } = jwt.payload;
  const { kid } = jwt.header;
  if (typeof iss !== 'string' || typeof kid !== 'string' || !kid.startsWith(`${iss}#`)) {
    throw new HufuError('kb_key', { at: 'presentation.header.kid' });
  }
  if (!/^did:(?:jwk|key):/.test(iss)) throw new HufuError('did_unsupported', { at: 'presentation.iss' });
  const holderKey = await dids.findKey(kid, 'authentication');
  await verifyJwt(jwt, {
    crypto,
    key: holderKey,
    expectedTyp: 'JWT',
    algs,
    now,
    skew,
    exp: 'optional',
    at: 'presentation',
  });

  // 3. A presentation of one credential, which contradicts itself nowhere.
  const inner = await checkPresentation(jwt.payload, iss);

  // 4. The credential, whole: its own signature, issuer, dates (NC-033).
  const credential = await verifyVcJwt(inner, options);

  // 5. Who presents it is whom it is about (NC-034).
  if (credential.subject !== iss) throw new HufuError('holder_mismatch', { at: 'presentation.iss' });
  return { holderDid: iss, holderKey, credential };
}

function checkBinding(payload: JsonObject, options: VerifyVpJwtOptions): void {
  const { now, skew = defaultSkew, maxAge = defaultMaxAge, expectedAud, expectedNonce } = options;
  const { aud, nonce, iat } = payload;
  // An array could name a second verifier, who could then pass the presentation on (OpenID4VP 1.0 14.1.2).
  if (aud !== expectedAud) throw new HufuError('kb_aud', { at: 'presentation.aud' });
  if (typeof nonce !== 'string' || !constantTimeEqual(nonce, expectedNonce)) {
    throw new HufuError('kb_nonce', { at: 'presentation.nonce' });
  }
  if (typeof iat !== 'number') throw new HufuError('claim_type', { at: 'presentation.iat' });
  if (!(iat >= now - maxAge && iat <= now + skew)) {
    throw new HufuError('kb_stale', { at: 'presentation.iat' });
  }
}

/** The compact form of the one credential inside. */
async function checkPresentation(payload: JsonObject, holder: string): Promise<string> {
  let presentation: z.output<typeof wirePresentation>;
  try {
    presentation = parseShape(wirePresentation, payload, 'presentation');
    const { validateJwtPresentationPayload } = await loadLibrary();
    validateJwtPresentationPayload({ vp: presentation.vp });
  } catch (cause) {
    throw new HufuError('vc_invalid', { at: 'vp', cause });
  }
  const { vp, jti } = presentation;
  const [inner, ...others] = vp.verifiableCredential;
  if (inner === undefined || others.length > 0) throw new HufuError('vc_invalid', { at: 'vp.verifiableCredential' });
  if (vp['@context'][0] !== baseContext) throw new HufuError('vc_invalid', { at: 'vp.@context' });
  if (vp.holder !== undefined && vp.holder !== holder) throw new HufuError('claim_conflict', { at: 'vp.holder' });
  if (vp.id !== undefined && jti !== undefined && vp.id !== jti) throw new HufuError('claim_conflict', { at: 'vp.id' });
  return inner;
}
