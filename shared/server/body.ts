/**
 * Bodies, read by ourselves so that a limit holds while bytes arrive and not after: type and length are judged from
 * the headers, then every chunk is counted. Compressed bodies are not accepted at all.
 */
import type { IncomingMessage } from 'node:http';
import { decodeUtf8, parseJson, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { parseParameters } from './parameters.ts';
import type { BodyRule } from './routes.ts';

const defaultMedia = {
  json: ['application/json'],
  form: ['application/x-www-form-urlencoded'],
  text: ['text/plain'],
  bytes: ['application/octet-stream'],
} as const;

export const defaultMaxBytes = 65_536;

/** Refused: `media_type`, `body_too_large`, `body_missing`, the codes of JSON, `query_parameter` for forms, `shape`. */
export async function readBody(request: IncomingMessage, rule: BodyRule<unknown>): Promise<unknown> {
  const maxBytes = rule.maxBytes ?? defaultMaxBytes;
  checkHeaders(request, rule, maxBytes);
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) throw new HufuError('body_missing');
  const { type } = rule;
  const value = type === 'bytes' ? bytes : parseText(decodeUtf8(bytes, 'body'), type, maxBytes);
  return parseShape(rule.schema, value, 'body');
}

/** Whether a request announces a body (RFC 9112 6.3). */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function parseText(text: string, type: Exclude<BodyRule<unknown>['type'], 'bytes'>, maxBytes: number): unknown {
  if (type === 'json') return parseJson(text, { maxBytes }, 'body');
  if (type === 'form') return parseParameters(text, 'body');
  return text;
}

function checkHeaders(request: IncomingMessage, rule: BodyRule<unknown>, maxBytes: number): void {
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > maxBytes) throw new HufuError('body_too_large');
  if (!hasBody(request)) throw new HufuError('body_missing');
  if (request.headers['content-encoding'] !== undefined) throw new HufuError('media_type');
  const accepted: readonly string[] = rule.media ?? defaultMedia[rule.type];
  if (!accepted.includes(mediaType(request.headers['content-type']))) throw new HufuError('media_type');
}

/** Type and subtype in lower case; '' where the header is absent, malformed, or names a charset other than UTF-8. */
function mediaType(header: string | undefined): string {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter.startsWith('charset='));
  if (charset.some((parameter) => parameter !== 'charset=utf-8' && parameter !== 'charset="utf-8"')) return '';
  return type.trim();
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        // The rest is neither kept nor waited for: the answer closes the connection.
        request.removeAllListeners('data').pause();
        reject(new HufuError('body_too_large'));
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', (cause) => reject(new HufuError('body_missing', { cause })));
    request.on('close', () => {
      // It also closes after its end; an error nobody waits for is not worth its stack.
      if (!request.readableEnded) reject(new HufuError('body_missing'));
    });
  });
}
