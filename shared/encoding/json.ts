import { type Code, HufuError } from '../errors.ts';
import { utf8Length } from './utf8.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export interface JsonLimits {
  /** UTF-8 bytes of the whole text; 65,536 unless said. */
  readonly maxBytes?: number;
  /** Objects and arrays inside each other; 32 unless said. */
  readonly maxDepth?: number;
  /** Members and elements of all objects and arrays together; 2,000 unless said. */
  readonly maxMembers?: number;
}

/** Names that mean something to the language: as data they only ever serve an attack (NC-008). */
const reservedKeys: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toString',
  'toLocaleString',
  'toJSON',
  'valueOf',
  'then',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]);

/**
 * RFC 8259 and I-JSON (RFC 7493), in one pass. Objects come back without a prototype, -0 as 0.
 * Refused: `json_limit` (size before anything is read, depth, count), `json_dup_key`, `json_reserved_key`,
 * `json_number` (not finite, or a whole number beyond 2^53 - 1), `json_syntax` (all else, also lone surrogates).
 */
export function parseJson(text: string, limits: JsonLimits = {}, at?: string): Json {
  const { maxBytes = 65_536, maxDepth = 32, maxMembers = 2_000 } = limits;
  const fits = text.length * 3 <= maxBytes || (text.length <= maxBytes && utf8Length(text) <= maxBytes);
  if (!fits) throw new HufuError('json_limit', at === undefined ? {} : { at });
  return new Parser(text, maxDepth, maxMembers, at).document();
}

/** `parseJson` where nothing but an object is acceptable; another value is refused with `json_syntax`. */
export function parseJsonObject(text: string, limits: JsonLimits = {}, at?: string): JsonObject {
  const value = parseJson(text, limits, at);
  if (!isJsonObject(value)) throw new HufuError('json_syntax', at === undefined ? {} : { at });
  return value;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A cursor over one text: a class because it holds the position. */
class Parser {
  #at = 0;
  #members = 0;
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxMembers: number;
  readonly #where: string | undefined;

  constructor(text: string, maxDepth: number, maxMembers: number, where: string | undefined) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#maxMembers = maxMembers;
    this.#where = where;
  }

  document(): Json {
    // Only an escape can bring in a lone surrogate after this.
    if (!this.#text.isWellFormed()) throw this.#refused('json_syntax');
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw this.#refused('json_syntax');
    return value;
  }

  #value(depth: number): Json {
    switch (this.#text.charCodeAt(this.#at)) {
      case QUOTE:
        return this.#string();
      case OPEN_OBJECT:
        return this.#object(depth + 1);
      case OPEN_ARRAY:
        return this.#array(depth + 1);
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject {
    if (depth > this.#maxDepth) throw this.#refused('json_limit');
    const object: JsonObject = Object.create(null);
    this.#at++;
    this.#space();
    if (this.#take(CLOSE_OBJECT)) return object;
    for (;;) {
      this.#count();
      if (this.#text.charCodeAt(this.#at) !== QUOTE) throw this.#refused('json_syntax');
      const key = this.#string();
      if (reservedKeys.has(key)) throw this.#refused('json_reserved_key');
      if (object[key] !== undefined) throw this.#refused('json_dup_key');
      this.#space();
      if (!this.#take(COLON)) throw this.#refused('json_syntax');
      this.#space();
      object[key] = this.#value(depth);
      this.#space();
      if (this.#take(CLOSE_OBJECT)) return object;
      if (!this.#take(COMMA)) throw this.#refused('json_syntax');
      this.#space();
    }
  }

  #array(depth: number): Json[] {
    if (depth > this.#maxDepth) throw this.#refused('json_limit');
    const array: Json[] = [];
    this.#at++;
    this.#space();
    if (this.#take(CLOSE_ARRAY)) return array;
    for (;;) {
      this.#count();
      array.push(this.#value(depth));
      this.#space();
      if (this.#take(CLOSE_ARRAY)) return array;
      if (!this.#take(COMMA)) throw this.#refused('json_syntax');
      this.#space();
    }
  }

  #string(): string {
    const start = this.#at + 1;
    for (let i = start; ; i++) {
      const unit = this.#text.charCodeAt(i);
      if (unit === QUOTE) {
        this.#at = i + 1;
        return this.#text.slice(start, i);
      }
      if (unit === BACKSLASH) return this.#escaped(start, i);
      // The end of the text reads as NaN, which is not >= either.
      if (!(unit >= 0x20)) throw this.#refused('json_syntax', i);
    }
  }

  /** The rest of a string from its first backslash on. */
  #escaped(start: number, firstEscape: number): string {
    let text = this.#text.slice(start, firstEscape);
    let i = firstEscape;
    for (;;) {
      const unit = this.#text.charCodeAt(i);
      if (unit === QUOTE) break;
      if (!(unit >= 0x20)) throw this.#refused('json_syntax', i);
      if (unit !== BACKSLASH) {
        text += this.#text.charAt(i);
        i++;
        continue;
      }
      const letter = this.#text.charAt(i + 1);
      if (letter === 'u') {
        const hex = this.#text.slice(i + 2, i + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#refused('json_syntax', i);
        text += String.fromCharCode(Number.parseInt(hex, 16));
        i += 6;
      } else {
        const plain = escapes[letter];
        if (plain === undefined) throw this.#refused('json_syntax', i);
        text += plain;
        i += 2;
      }
    }
    if (!text.isWellFormed()) throw this.#refused('json_syntax', i);
    this.#at = i + 1;
    return text;
  }

  #number(): number {
    numberPattern.lastIndex = this.#at;
    const digits = numberPattern.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#refused('json_syntax');
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#refused('json_number');
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw this.#refused('json_number');
    this.#at += digits.length;
    return value === 0 ? 0 : value;
  }

  #word<V extends boolean | null>(word: string, value: V): V {
    if (!this.#text.startsWith(word, this.#at)) throw this.#refused('json_syntax');
    this.#at += word.length;
    return value;
  }

  #count(): void {
    this.#members++;
    if (this.#members > this.#maxMembers) throw this.#refused('json_limit');
  }

  #take(unit: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== unit) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #refused(code: Code, position = this.#at): HufuError {
    return new HufuError(code, { at: `${this.#where ?? 'json'}@${position}` });
  }
}
