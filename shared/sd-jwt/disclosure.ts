import { decodeBase64urlText, encodeBase64url, type Json, parseJson, parseJsonObject } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';
import type { Crypto } from '../keys/index.ts';

/** RFC 9901 4.2: one claim, opened. Without a name it is an element of an array. */
export interface Disclosure {
  /** As it was sent: the digest is over these characters. */
  readonly encoded: string;
  readonly name: string | undefined;
  readonly value: Json;
}

/** RFC 9901 4.2.1 and 9.3: at least 128 bits, written in base64url as the specification recommends. */
const saltBytes = 16;
const saltCharacters = 22;

/** RFC 9901 4.1, 4.2.1, 4.2.4: names that carry digests and can therefore name no claim. */
const digestNames: ReadonlySet<string> = new Set(['_sd', '...', '_sd_alg']);

export function isDigestName(name: string): boolean {
  return digestNames.has(name);
}

/**
 * RFC 9901 4.2.1, 4.2.2. Refused: `encoding` (not canonical base64url of UTF-8), `sd_format` (not an array of two or
 * three, salt or name not a string, salt under 128 bits, not JSON), `sd_reserved` (a name that carries digests), and
 * what `parseJson` refuses, also for the name: it becomes a member (`json_reserved_key`).
 */
export function parseDisclosure(encoded: string, maxBytes: number, at: string): Disclosure {
  const content = readContent(encoded, maxBytes, at);
  if (!Array.isArray(content) || (content.length !== 2 && content.length !== 3)) {
    throw new HufuError('sd_format', { at });
  }
  const [salt, second, third] = content;
  if (typeof salt !== 'string' || salt.length < saltCharacters) throw new HufuError('sd_format', { at: `${at}.salt` });
  if (third === undefined) return { encoded, name: undefined, value: second ?? null };
  if (typeof second !== 'string') throw new HufuError('sd_format', { at: `${at}.name` });
  if (isDigestName(second)) throw new HufuError('sd_reserved', { at: `${at}.name` });
  parseJsonObject(`{${JSON.stringify(second)}:0}`, {}, `${at}.name`);
  return { encoded, name: second, value: third };
}

function readContent(encoded: string, maxBytes: number, at: string): Json {
  const text = decodeBase64urlText(encoded, at);
  try {
    return parseJson(text, { maxBytes }, at);
  } catch (cause) {
    throw codeOf(cause) === 'json_syntax' ? new HufuError('sd_format', { at, cause }) : cause;
  }
}

/** A new disclosure with a fresh salt; `name` undefined makes an array element. */
export function createDisclosure(name: string | undefined, value: Json, crypto: Crypto): string {
  const salt = encodeBase64url(crypto.randomBytes(saltBytes));
  return encodeBase64url(JSON.stringify(name === undefined ? [salt, value] : [salt, name, value]));
}
