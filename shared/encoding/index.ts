/**
 * Bytes, text and JSON, with one spelling each: RFC 4648 (base64 4, base64url 5), RFC 3629 (UTF-8), RFC 8259 and
 * RFC 7493 (JSON). Everything that comes from outside passes here first.
 */
export { decodeBase64, decodeBase64url, decodeBase64urlText, encodeBase64, encodeBase64url } from './base64.ts';
export { constantTimeEqual } from './constant-time.ts';
export { isJsonObject, type Json, type JsonObject, parseJson, parseJsonObject } from './json.ts';
export { parseShape } from './shape.ts';
export { decodeUtf8, encodeUtf8, utf8Length } from './utf8.ts';
