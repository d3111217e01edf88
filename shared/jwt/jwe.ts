import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose';
import * as z from 'zod/mini';
import {
  decodeBase64url,
  decodeBase64urlText,
  decodeUtf8,
  encodeUtf8,
  type JsonObject,
  parseJsonObject,
  parseShape,
} from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import type { MaybePromise } from '../keys/index.ts';

export type Enc = 'A128GCM' | 'A256GCM';

export interface EncryptOptions {
  readonly enc: Enc;
  readonly cty?: string;
  readonly typ?: string;
  /** base64url, as it goes into the header (RFC 7518 4.6.1.3). */
  readonly apv?: string;
}

export interface DecryptOptions {
  readonly kid: string;
  readonly encs: readonly Enc[];
  /** Characters of the whole JWE; 262,144 unless said. */
  readonly maxBytes?: number;
  /** Another way to the same plaintext, where a platform has a faster one; for keys given as JWK. jose unless said. */
  readonly open?: OpenJwe;
}

/** A message whose form was judged; what is left to do needs the key. */
export interface JweParts {
  /** As it was sent: the additional data of the content encryption. */
  readonly protectedHeader: string;
  readonly header: z.output<typeof jweHeader>;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** ECDH-ES with direct key agreement and AES-GCM (RFC 7518 4.6, 5.3); throws whatever it likes when it does not open. */
export type OpenJwe = (parts: JweParts, privateJwk: JsonObject) => MaybePromise<Uint8Array>;

/** Header parameters that ECDH-ES with AES-GCM needs. Another one (`zip`, `crit`, `p2c`, ...) is a reason to refuse. */
const jweHeader = z.strictObject({
  alg: z.literal('ECDH-ES'),
  enc: z.enum(['A128GCM', 'A256GCM']),
  kid: z.string(),
  epk: z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  apu: z.optional(z.string()),
  apv: z.optional(z.string()),
  typ: z.optional(z.string()),
  cty: z.optional(z.string()),
});

const recipientJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  alg: z.literal('ECDH-ES'),
  kid: z.string(),
  use: z.optional(z.literal('enc')),
  d: z.optional(z.undefined()),
});

/**
 * Encrypts to a P-256 key with direct key agreement (RFC 7516, RFC 7518 4.6 and 5.3). The recipient's JWK names
 * `alg: ECDH-ES` and a `kid`; another one is refused with `key_invalid`.
 */
export async function encryptJwe(
  payload: JsonObject | string,
  recipient: JsonObject,
  options: EncryptOptions,
): Promise<string> {
  const plain = encodeUtf8(typeof payload === 'string' ? payload : JSON.stringify(payload));
  try {
    const { kty, crv, x, y, kid } = parseShape(recipientJwk, recipient);
    const key = await importJWK({ kty, crv, x, y }, 'ECDH-ES');
    const header = {
      alg: 'ECDH-ES',
      enc: options.enc,
      kid,
      ...(options.typ === undefined ? {} : { typ: options.typ }),
      ...(options.cty === undefined ? {} : { cty: options.cty }),
    };
    const jwe = new CompactEncrypt(plain).setProtectedHeader(header);
    if (options.apv !== undefined) jwe.setKeyManagementParameters({ apv: decodeBase64url(options.apv) });
    return await jwe.encrypt(key);
  } catch (cause) {
    throw new HufuError('key_invalid', { at: 'recipient', cause });
  }
}

/**
 * Decrypts a compact JWE whose content is a JSON object. Every fault is the same `jwe_invalid`, with nothing told
 * about which: size, parts, algorithm (ECDH-ES alone; no key wrapping, RSA, PBES2 or `dir`), content encryption not
 * in `encs`, another `kid`, `zip`, unknown header members, wrong tag, content that is no strict JSON object. All but
 * the last two are refused before any cryptography.
 */
export async function decryptJwe(
  jwe: string,
  privateJwk: JsonObject | CryptoKey,
  options: DecryptOptions,
): Promise<JsonObject> {
  const { kid, encs, maxBytes = 262_144 } = options;
  try {
    if (jwe.length > maxBytes) throw new HufuError('json_limit');
    const parts = parseParts(jwe, kid, encs);
    const plaintext =
      options.open === undefined || privateJwk instanceof CryptoKey
        ? await openWithJose(jwe, privateJwk, encs)
        : await options.open(parts, privateJwk);
    return parseJsonObject(decodeUtf8(plaintext), { maxBytes });
  } catch (cause) {
    throw new HufuError('jwe_invalid', { at: 'jwe', cause });
  }
}

function parseParts(jwe: string, kid: string, encs: readonly Enc[]): JweParts {
  const texts = jwe.split('.', 6);
  const [protectedHeader = '', encryptedKey, ...rest] = texts;
  const [iv = '', ciphertext = '', tag = ''] = rest;
  const parts = { iv: decodeBase64url(iv), ciphertext: decodeBase64url(ciphertext), tag: decodeBase64url(tag) };
  const shapely = texts.length === 5 && encryptedKey === '' && parts.iv.length === 12 && parts.tag.length === 16;
  if (!shapely || protectedHeader.length > 4_096) throw new HufuError('encoding');
  const header = parseShape(jweHeader, parseJsonObject(decodeBase64urlText(protectedHeader)));
  if (header.kid !== kid || !encs.includes(header.enc)) throw new HufuError('key_untrusted');
  return { protectedHeader, header, ...parts };
}

async function openWithJose(jwe: string, key: JsonObject | CryptoKey, encs: readonly Enc[]): Promise<Uint8Array> {
  const { plaintext } = await compactDecrypt(jwe, await privateKey(key), {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: [...encs],
  });
  return plaintext;
}

const imported = new WeakMap<JsonObject, Promise<CryptoKey | Uint8Array>>();

/** A JWK object is imported once, however many messages come for it. */
function privateKey(key: JsonObject | CryptoKey): Promise<CryptoKey | Uint8Array> | CryptoKey {
  if (key instanceof CryptoKey) return key;
  const known = imported.get(key);
  if (known !== undefined) return known;
  const fresh = importJWK(key, 'ECDH-ES');
  imported.set(key, fresh);
  return fresh;
}

/** A key pair for one recipient, named by the caller. The private half is extractable: it is stored sealed. */
export async function generateEncryptionKey(
  kid: string,
): Promise<{ readonly publicJwk: JsonObject; readonly privateJwk: JsonObject }> {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const { kty, crv, x, y, d } = await exportJWK(pair.privateKey);
  if (kty !== 'EC' || crv === undefined || x === undefined || y === undefined || d === undefined) {
    throw new TypeError('jose made no EC key');
  }
  const publicJwk = { kty, crv, x, y, kid, use: 'enc', alg: 'ECDH-ES' };
  return { publicJwk, privateJwk: { ...publicJwk, d } };
}
