import { type DcqlQuery, parseDcql } from '../dcql/index.ts';
import { constantTimeEqual, type JsonObject, parseShape } from '../encoding/index.ts';
import { type Code, HufuError } from '../errors.ts';
import { parseJwt, type UnverifiedJwt, verifyJwt } from '../jwt/index.ts';
import type { Crypto } from '../keys/index.ts';
import { type Leaf, type RelyingParty, relyingPartyOf, verifyChain, x509Hash } from '../trust/index.ts';
import { encryptionKeyOf, type RecipientKey } from './client-metadata.ts';
import { checkWebAddress, type LinkPolicy, type RequestLink } from './request-link.ts';
import { requestHash } from './request-object.ts';
import { type SceneStatement, verifySceneStatement } from './scene.ts';
import { type RequestObjectPayload, requestObjectPayload } from './schemas.ts';

export interface ExpectedRequest {
  readonly crypto: Crypto;
  readonly now: number;
  /** The link that led to this request: its client must be the one who signed. */
  readonly link: RequestLink;
  /** What was posted to `request_uri`, where it was a POST. */
  readonly walletNonce: string | undefined;
  /** Roots that vouch for relying parties. */
  readonly anchors: readonly string[];
  readonly policy: LinkPolicy;
}

/** A request whose asker is known. Nothing of it may be shown or answered before this exists. */
export interface VerifiedRequest {
  readonly clientId: string;
  /** Whose name to show, from the certificate. */
  readonly party: RelyingParty;
  readonly responseUri: string;
  readonly nonce: string;
  readonly state: string | undefined;
  readonly query: DcqlQuery;
  readonly encryption: RecipientKey;
  /** Stated by the asker; undefined where the request has no scene of ours. */
  readonly scene: SceneStatement | undefined;
  readonly expiresAt: number;
  /** `requestHash` of the request object as received. */
  readonly hash: string;
}

/**
 * Judges a request object as a wallet must before a person sees it: OpenID4VP 1.0, sections 5 and 5.9.3, HAIP 1.0 5,
 * NC-088. Refused, in this order: what `parseJwt` refuses (unsigned among it), `typ_mismatch`, `request_invalid`
 * (shape), `client_id_mismatch`, `chain_invalid`, `sig_invalid`, `request_expired`, `wallet_nonce`, `nonce_missing`,
 * `redirect_uri_unexpected`, `response_uri_host`, `transaction_data`, `query_invalid`.
 */
export async function verifyRequestObject(token: string, expected: ExpectedRequest): Promise<VerifiedRequest> {
  // 1. A signed JWT of the one type a request may have (5: "typ"; RFC 9101 10.8).
  const jwt = parseJwt(token, { at: 'request' });
  if (jwt.header.typ !== 'oauth-authz-req+jwt') throw new HufuError('typ_mismatch', { at: 'request' });
  const payload = parsePayload(jwt);

  // 2. Inside and outside name the same client, prefix included (5).
  if (payload.client_id !== expected.link.clientId) refuse('client_id_mismatch', 'client_id');

  // 3. The client is the certificate that signed, and an anchor vouches for it (5.9.3 `x509_hash`, HAIP 5).
  const leaf = await verifyChain(parseChain(jwt.header), expected.anchors, {
    now: expected.now,
    purpose: 'relying-party',
  });
  if (payload.client_id !== `x509_hash:${x509Hash(leaf.der, expected.crypto)}`) {
    refuse('client_id_mismatch', 'x5c');
  }

  // 4. Signature with the certificate's key, and a request of now.
  await verifySignature(jwt, leaf, expected);

  // 5. Made for this wallet's call (5.10), and answerable once (5.2).
  if (expected.walletNonce !== undefined) checkWalletNonce(payload, expected.walletNonce);
  if (payload.nonce === undefined) throw new HufuError('nonce_missing', { at: 'nonce' });

  // 6. The answer goes to the asker and nowhere else (8.2; the host rule of 5.9.3 `x509_san_dns`, applied here too).
  if (payload.redirect_uri !== undefined) refuse('redirect_uri_unexpected', 'redirect_uri');
  checkResponseUri(payload.response_uri, leaf, expected.policy);

  // 7. No transaction type is known here: one that is asked for must not be passed over (5.1, 8.4).
  if (payload.transaction_data !== undefined) refuse('transaction_data', 'transaction_data');

  return {
    clientId: payload.client_id,
    party: relyingPartyOf(leaf),
    responseUri: payload.response_uri,
    nonce: payload.nonce,
    state: payload.state,
    query: parseDcql(payload.dcql_query),
    encryption: encryptionKeyOf(payload.client_metadata),
    scene: await verifySceneStatement(payload.verifier_info ?? [], {
      crypto: expected.crypto,
      key: leaf.key,
      clientId: payload.client_id,
      now: expected.now,
    }),
    expiresAt: Number(jwt.payload.exp),
    hash: requestHash(token, expected.crypto),
  };
}

function parsePayload(jwt: UnverifiedJwt): RequestObjectPayload {
  try {
    return parseShape(requestObjectPayload, jwt.payload, 'request');
  } catch (cause) {
    throw new HufuError('request_invalid', {
      at: cause instanceof HufuError ? (cause.at ?? 'request') : 'request',
      cause,
    });
  }
}

function parseChain(header: JsonObject): string[] {
  const chain = header.x5c;
  if (!Array.isArray(chain) || chain.length === 0 || chain.length > 5) refuse('key_untrusted', 'x5c');
  return chain.map((entry) => (typeof entry === 'string' ? entry : refuse('key_untrusted', 'x5c')));
}

async function verifySignature(jwt: UnverifiedJwt, leaf: Leaf, expected: ExpectedRequest): Promise<void> {
  try {
    await verifyJwt(jwt, {
      crypto: expected.crypto,
      // The one key of the header that is trusted: an anchor vouched for its certificate in step 3.
      key: () => leaf.key,
      expectedTyp: 'oauth-authz-req+jwt',
      algs: ['ES256'],
      now: expected.now,
      exp: 'required',
      at: 'request',
    });
  } catch (cause) {
    if (cause instanceof HufuError && cause.code === 'expired')
      throw new HufuError('request_expired', { at: 'exp', cause });
    throw cause;
  }
}

function checkWalletNonce(payload: RequestObjectPayload, sent: string): void {
  if (payload.wallet_nonce === undefined || !constantTimeEqual(payload.wallet_nonce, sent)) {
    refuse('wallet_nonce', 'wallet_nonce');
  }
}

function checkResponseUri(responseUri: string, leaf: Leaf, policy: LinkPolicy): void {
  const hosts = [...leaf.sanDns, ...leaf.sanUris.map((uri) => URL.parse(uri)?.hostname)];
  if (!hosts.includes(checkWebAddress(responseUri, policy, 'response_uri').hostname)) {
    refuse('response_uri_host', 'response_uri');
  }
}

function refuse(code: Code, at: string): never {
  throw new HufuError(code, { at });
}
