import * as z from 'zod/mini';
import { decodeBase64url, encodeBase64url, type JsonObject, parseShape } from '../encoding/index.ts';
import { type Code, codeOf, HufuError } from '../errors.ts';
import { signJwt, type VerifiedJwt, type VerifyOptions, verifyJwt } from '../jwt/index.ts';
import type { Alg, Crypto, Signer } from '../keys/index.ts';
import type { StatusBits, StatusList } from './list.ts';
import type { Deflate, Inflate } from './zlib.ts';

export const statusListType = 'statuslist+jwt';

/** Unpacked size we accept unless told: four million entries of two bits. */
export const defaultMaxListBytes = 1_048_576;

/** Characters of a token with a list of that size that does not compress at all (base64url inside base64url). */
export function maxTokenLength(maxListBytes: number): number {
  return 2 * maxListBytes + 16_384;
}

export interface SignListOptions {
  readonly uri: string;
  readonly bits: StatusBits;
  /** As `compressList` made it. */
  readonly lst: string;
  readonly iat: number;
  readonly exp: number;
  /** Seconds a copy may be kept. */
  readonly ttl: number;
  readonly aggregationUri?: string;
  /** `x5c` or `kid` of the signer. */
  readonly header: JsonObject;
  readonly signer: Signer;
}

/** The `lst` claim of packed statuses: zlib, base64url (Token Status List 4.2). */
export async function compressList(packed: Uint8Array, deflate: Deflate): Promise<string> {
  return encodeBase64url(await deflate(packed));
}

/** A Status List Token (section 5.1). */
export function signStatusList(options: SignListOptions): Promise<string> {
  const { uri, bits, lst, iat, exp, ttl, aggregationUri, header, signer } = options;
  const list = { bits, lst, ...(aggregationUri === undefined ? {} : { aggregation_uri: aggregationUri }) };
  return signJwt({ ...header, typ: statusListType }, { sub: uri, iat, exp, ttl, status_list: list }, signer);
}

export interface VerifyListOptions {
  readonly crypto: Crypto;
  readonly expectedUri: string;
  readonly key: VerifyOptions['key'];
  readonly now: number;
  readonly skew?: number;
  readonly algs?: readonly Alg[];
  readonly inflate: Inflate;
  /** Of the unpacked list; 1,048,576 unless said. */
  readonly maxListBytes?: number;
}

export interface VerifiedStatusList extends StatusList {
  readonly iat: number;
  readonly exp?: number;
  readonly ttl?: number;
}

const instant = z.int().check(z.nonnegative());
const listClaims = z.object({
  sub: z.string(),
  iat: instant,
  exp: z.optional(instant),
  ttl: z.optional(z.number().check(z.positive())),
  status_list: z.object({ bits: z.number(), lst: z.string(), aggregation_uri: z.optional(z.string()) }),
});

/**
 * Verifies and unpacks a Status List Token (sections 5.1, 8.3). Refused: `status_invalid` (signature, kind, claims,
 * `sub` that is not the asked uri, time), `status_range` (bits other than 1, 2, 4, 8), `list_limit` (size; anything
 * but one zlib stream), and as it came whatever kept the key from being found (`status_unavailable`).
 */
export async function verifyStatusList(token: string, options: VerifyListOptions): Promise<VerifiedStatusList> {
  const maxListBytes = options.maxListBytes ?? defaultMaxListBytes;
  if (token.length > maxTokenLength(maxListBytes)) throw new HufuError('list_limit', { at: 'token' });

  // 1. Signature, kind and time.
  const { payload } = await verifyToken(token, options, maxListBytes);

  // 2. Claims, and that this is the list which was asked for.
  const claims = invalid(() => parseShape(listClaims, payload, 'payload'));
  if (claims.sub !== options.expectedUri) throw new HufuError('status_invalid', { at: 'payload.sub' });
  const { bits, lst } = claims.status_list;
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) throw new HufuError('status_range', { at: 'bits' });

  // 3. The list itself, never larger than expected.
  const compressed = invalid(() => decodeBase64url(lst, 'lst'));
  const bytes = await options.inflate(compressed, maxListBytes);
  return {
    bits,
    bytes,
    iat: claims.iat,
    ...(claims.exp === undefined ? {} : { exp: claims.exp }),
    ...(claims.ttl === undefined ? {} : { ttl: claims.ttl }),
  };
}

/** Not being able to ask for the key is not the list's fault. */
const unavailable: readonly Code[] = ['trust_unavailable', 'fetch_failed', 'fetch_status', 'fetch_limit', 'fetch_type'];

async function verifyToken(token: string, options: VerifyListOptions, maxListBytes: number): Promise<VerifiedJwt> {
  try {
    return await verifyJwt(token, {
      crypto: options.crypto,
      key: options.key,
      expectedTyp: statusListType,
      algs: options.algs ?? ['ES256', 'EdDSA', 'Ed25519'],
      now: options.now,
      ...(options.skew === undefined ? {} : { skew: options.skew }),
      exp: 'optional',
      maxBytes: maxTokenLength(maxListBytes),
      at: 'status list',
    });
  } catch (cause) {
    const code = unavailable.includes(codeOf(cause)) ? 'status_unavailable' : 'status_invalid';
    throw new HufuError(code, { at: 'token', cause });
  }
}

function invalid<T>(step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new HufuError('status_invalid', { at: 'payload', cause });
  }
}
