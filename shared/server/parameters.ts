/**
 * Query strings, forms and cookies as flat maps of text. A name has one value: repeated names, brackets and names that
 * mean something to the language are refused as `query_parameter`, and never become arrays or objects.
 */
import type { $ZodType } from 'zod/v4/core';
import { type JsonObject, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';

const maxParameters = 64;
const nameShape = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const reserved: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'valueOf',
  'then',
  'hasOwnProperty',
]);

/** application/x-www-form-urlencoded (WHATWG URL 5.1), strictly: valid escapes, valid UTF-8, each name once. */
export function parseParameters(text: string, at: 'query' | 'body'): JsonObject {
  const values: JsonObject = Object.create(null);
  if (text === '') return values;
  const pairs = text.split('&', maxParameters + 1);
  if (pairs.length > maxParameters) throw new HufuError('query_parameter', { at });
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decodePart(equals === -1 ? pair : pair.slice(0, equals), at);
    const value = equals === -1 ? '' : decodePart(pair.slice(equals + 1), at);
    if (!nameShape.test(name) || reserved.has(name)) throw new HufuError('query_parameter', { at });
    if (name in values) throw new HufuError('query_parameter', { at: `${at}.${name}` });
    values[name] = value;
  }
  return values;
}

/** The query by its schema. Names that an ordinary object schema does not list are refused rather than dropped. */
export function parseQuery(text: string, schema: $ZodType | undefined): unknown {
  const values = parseParameters(text, 'query');
  const known = schema === undefined ? [] : listedNames(schema);
  const unknown = known === 'any' ? undefined : Object.keys(values).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new HufuError('query_parameter', { at: 'query' });
  return schema === undefined ? values : parseShape(schema, values, 'query');
}

/** Names of an object schema; `any` for a loose one. */
function listedNames(schema: $ZodType): readonly string[] | 'any' {
  const { def } = schema._zod;
  if (def.type !== 'object' || !('shape' in def) || typeof def.shape !== 'object' || def.shape === null) {
    throw new TypeError('a query schema is an object');
  }
  return 'catchall' in def && def.catchall !== undefined ? 'any' : Object.keys(def.shape);
}

/** One cookie of a Cookie header (RFC 6265 5.4); undefined when absent or sent more than once. */
export function findCookie(header: string | undefined, name: string): string | undefined {
  const found = (header ?? '').split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

function decodePart(text: string, at: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new HufuError('query_parameter', { at });
  }
}
