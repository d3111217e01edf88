import * as z from 'zod/mini';
import { parseShape } from '../../../shared/encoding/index.ts';

/** Where the API lives: beside this page, wherever that is. */
export const base: string = location.pathname.replace(/\/apply\/?$/, '');

/** An answer other than the one hoped for; `code` is the API's word, or `offline`; `at` the part of the request. */
export class ApiError extends Error {
  readonly code: string;
  readonly at: string | undefined;
  constructor(code: string, at?: string) {
    super(code);
    this.code = code;
    this.at = at;
  }
}

const problem = z.object({ code: z.string(), at: z.optional(z.string()) });
/** A photo over a slow line, and its reading, take their time. */
const timeoutMs = 60_000;

async function send(method: 'GET' | 'POST', path: string, body?: object | Blob): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${base}/${path}`, {
      method,
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...bodyOf(body),
    });
  } catch {
    throw new ApiError('offline');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

function bodyOf(body: object | Blob | undefined): RequestInit {
  if (body === undefined) return {};
  if (body instanceof Blob) return { body, headers: { 'content-type': body.type } };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

async function errorOf(response: Response): Promise<ApiError> {
  const found = problem.safeParse(await response.json().catch(() => undefined));
  return found.success ? new ApiError(found.data.code, found.data.at) : new ApiError('failed');
}

export async function get<S extends z.core.$ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return parseShape(schema, await (await send('GET', path)).json(), path);
}

/** Without a body where none is given: some acts want none. */
export async function post<S extends z.core.$ZodType>(
  path: string,
  schema: S,
  body?: object | Blob,
): Promise<z.output<S>> {
  return parseShape(schema, await (await send('POST', path, body)).json(), path);
}

/** For acts whose answer says nothing more than that it was done. */
export async function act(path: string, body?: object): Promise<void> {
  await send('POST', path, body);
}
