import { isJsonObject, type Json, type JsonObject } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';
import { parseJwt, signJwt, type UnverifiedJwt, verifyJwt } from '../jwt/index.ts';
import {
  type Alg,
  type Crypto,
  type Hasher,
  type HashName,
  type PublicJwk,
  parsePublicJwk,
  type Signer,
  sameKey,
} from '../keys/index.ts';
import { digestOf, readHashName } from './digest.ts';
import { parseSdJwt } from './parse.ts';

const kbTyp = 'kb+jwt';
const maxKbBytes = 16_384;

export interface CreateKeyBindingOptions {
  /** An SD-JWT with the disclosures to show, ending in a tilde. */
  readonly presentation: string;
  /** The one audience: the verifier's whole client identifier. */
  readonly aud: string;
  readonly nonce: string;
  /** Epoch seconds. */
  readonly iat: number;
  /** OpenID4VP 1.0 B.3.3.1: base64url hashes, and their algorithm where the request named one. */
  readonly transactionDataHashes?: readonly string[];
  readonly transactionDataHashesAlg?: string;
  readonly signer: Signer;
  readonly crypto: Hasher;
}

/**
 * Binds a presentation to one verifier and one request (RFC 9901 4.3); answers the SD-JWT+KB. Refused: `sd_format`
 * (bound already), `kb_key` (the signer's key is not the one in `cnf`: no verifier would accept it).
 */
export async function createKeyBinding(options: CreateKeyBindingOptions): Promise<string> {
  const sdJwt = parseSdJwt(options.presentation, {}, 'presentation');
  if (sdJwt.kbJwt !== undefined) throw new HufuError('sd_format', { at: 'presentation' });
  const { cnf } = sdJwt.jwt.payload;
  if (!isJsonObject(cnf) || !sameKey(parsePublicJwk(cnf.jwk), options.signer.publicJwk)) {
    throw new HufuError('kb_key', { at: 'presentation.cnf' });
  }
  const hashName = readHashName(sdJwt.jwt.payload, 'presentation');
  const payload: JsonObject = {
    iat: options.iat,
    aud: options.aud,
    nonce: options.nonce,
    sd_hash: digestOf(options.presentation, hashName, options.crypto),
  };
  if (options.transactionDataHashes !== undefined) payload.transaction_data_hashes = [...options.transactionDataHashes];
  if (options.transactionDataHashesAlg !== undefined) {
    payload.transaction_data_hashes_alg = options.transactionDataHashesAlg;
  }
  return options.presentation + (await signJwt({ typ: kbTyp }, payload, options.signer));
}

/** What the verifier asked for in this one request. */
export interface ExpectedKeyBinding {
  readonly expectedAud: string;
  readonly expectedNonce: string;
  /** Seconds; 300 unless said. */
  readonly maxAge?: number;
  /** Seconds the holder's clock may be ahead; 60 unless said. */
  readonly maxAhead?: number;
}

export interface KeyBindingContext extends ExpectedKeyBinding {
  readonly crypto: Crypto;
  readonly algs: readonly Alg[];
  readonly now: number;
  readonly skew: number;
  /** From `cnf` of the verified credential. */
  readonly holderKey: PublicJwk;
  readonly issuerSigned: string;
  readonly hashName: HashName;
  readonly at: string;
}

export interface KeyBinding {
  readonly transactionDataHashes: readonly string[] | undefined;
  readonly transactionDataHashesAlg: string | undefined;
}

/**
 * RFC 9901 7.3 step 4. Refused: `kb_typ`, `kb_aud` (not this one string), `kb_nonce`, `claim_type`, `kb_stale`,
 * `sd_hash` (made for other disclosures), `kb_key` (not signed by the holder), and what `verifyJwt` refuses.
 */
export async function verifyKeyBinding(kbJwt: string, context: KeyBindingContext): Promise<KeyBinding> {
  const { at, now, expectedAud, expectedNonce } = context;
  if (!expectedAud || !expectedNonce) throw new TypeError('expectedAud and expectedNonce must say something');
  const jwt = parseJwt(kbJwt, { maxBytes: maxKbBytes, at });
  const { header, payload } = jwt;
  // 4d. The kind of token.
  if (header.typ !== kbTyp) throw new HufuError('kb_typ', { at: `${at}.typ` });
  // 4f. Made for this verifier and this request.
  if (payload.aud !== expectedAud) throw new HufuError('kb_aud', { at: `${at}.aud` });
  if (payload.nonce !== expectedNonce) throw new HufuError('kb_nonce', { at: `${at}.nonce` });
  // 4e. Made just now.
  if (typeof payload.iat !== 'number') throw new HufuError('claim_type', { at: `${at}.iat` });
  if (payload.iat < now - (context.maxAge ?? 300) || payload.iat > now + (context.maxAhead ?? 60)) {
    throw new HufuError('kb_stale', { at: `${at}.iat` });
  }
  // 4g. Made for these disclosures and no others.
  if (payload.sd_hash !== digestOf(context.issuerSigned, context.hashName, context.crypto)) {
    throw new HufuError('sd_hash', { at: `${at}.sd_hash` });
  }
  // 4b, 4c, 4h. Signed by the holder, and a valid JWT otherwise.
  await verifyHolderSignature(jwt, context);
  return readTransactionData(payload, at);
}

async function verifyHolderSignature(jwt: UnverifiedJwt, context: KeyBindingContext): Promise<void> {
  const { crypto, algs, now, skew, at, holderKey } = context;
  try {
    await verifyJwt(jwt, { crypto, key: holderKey, expectedTyp: kbTyp, algs, now, skew, exp: 'optional', at });
  } catch (cause) {
    throw codeOf(cause) === 'sig_invalid' ? new HufuError('kb_key', { at: `${at}.signature`, cause }) : cause;
  }
}

/** OpenID4VP 1.0 B.3.3.1. Whether they are the right hashes is for whoever asked. */
function readTransactionData(payload: JsonObject, at: string): KeyBinding {
  const { transaction_data_hashes: hashes, transaction_data_hashes_alg: alg } = payload;
  if (hashes !== undefined && !areTexts(hashes)) throw new HufuError('transaction_data', { at });
  if (alg !== undefined && typeof alg !== 'string') throw new HufuError('transaction_data', { at });
  return { transactionDataHashes: hashes, transactionDataHashesAlg: alg };
}

function areTexts(value: Json): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'string');
}
