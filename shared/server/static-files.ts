/**
 * A built folder over HTTP. All files are read at start: what is not in that list does not exist, so a path can lead
 * nowhere else. Hashed assets are immutable, everything else is asked for again; pages only at paths that are listed.
 */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { HufuError } from '../errors.ts';

export interface StaticOptions {
  readonly folder: string;
  /** Content-Security-Policy of every file. */
  readonly csp: string;
  /** Page for each address that is not a file: { '/': 'index.html', '/present': 'index.html' }. */
  readonly pages: Readonly<Record<string, string>>;
  /** Headers of single files that differ: { '/worker.js': { 'Content-Security-Policy': ... } }. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Permissions-Policy; by default nothing is permitted. */
  readonly permissions?: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

const compressible = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/;

/** Vite writes `name-<8 characters of hash>.ext` into assets/. */
const hashed = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

interface StaticFile {
  readonly type: string;
  readonly cache: string;
  readonly plain: Encoded;
  readonly gzip: Encoded | undefined;
}

interface Encoded {
  readonly body: Uint8Array;
  readonly etag: string;
}

export type StaticHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** A handler to mount behind `createHttpApp`, which sets the other security headers. Refused: `method_not_allowed`. */
export function staticFiles(options: StaticOptions): StaticHandler {
  const files = new Map<string, StaticFile>();
  for (const path of listFiles(options.folder, '')) files.set(path, readStatic(options.folder, path));
  for (const [path, page] of Object.entries(options.pages)) {
    const file = files.get(`/${page}`);
    if (file === undefined) throw new TypeError(`no such page: ${page}`);
    files.set(path, file);
  }

  return (request, response, next) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const file = files.get(path);
    if (file === undefined) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      throw new HufuError('method_not_allowed');
    }
    const coded = file.gzip !== undefined && acceptsGzip(request);
    const { body, etag } = coded && file.gzip !== undefined ? file.gzip : file.plain;
    response.setHeader('Content-Security-Policy', options.csp);
    if (options.permissions !== undefined) response.setHeader('Permissions-Policy', options.permissions);
    response.setHeader('Cache-Control', file.cache);
    response.setHeader('ETag', etag);
    response.setHeader('Vary', 'Accept-Encoding');
    for (const [name, value] of Object.entries(options.headers?.[path] ?? {})) response.setHeader(name, value);
    if (request.headers['if-none-match'] === etag) {
      response.statusCode = 304;
      response.end();
      return;
    }
    response.setHeader('Content-Type', file.type);
    if (coded) response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Content-Length', body.length);
    response.end(body);
  };
}

function listFiles(folder: string, below: string): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = `${below}/${entry.name}`;
    if (entry.isDirectory()) return listFiles(folder, path);
    return entry.isFile() ? [path] : [];
  });
}

function readStatic(folder: string, path: string): StaticFile {
  const type = types[extname(path)];
  if (type === undefined) throw new TypeError(`no content type for ${extname(path)}`);
  const body = readFileSync(join(folder, path));
  return {
    type,
    cache: hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    plain: encoded(body),
    gzip: compressible.test(type) ? encoded(gzipSync(body)) : undefined,
  };
}

function encoded(body: Uint8Array): Encoded {
  return { body, etag: `"${hash('sha256', body, 'base64url')}"` };
}

function acceptsGzip(request: IncomingMessage): boolean {
  return (request.headers['accept-encoding'] ?? '')
    .toString()
    .split(',')
    .some((part) => part.trim() === 'gzip');
}
