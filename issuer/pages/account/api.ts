import * as z from 'zod/mini';
import { parseShape } from '../../../shared/encoding/index.ts';

/** Where the API lives: beside this page, wherever that is. */
export const base: string = location.pathname.replace(/\/account\/?$/, '');

/** An answer other than the one hoped for; `code` is the API's word, or `offline`. */
export class ApiError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const problem = z.object({ code: z.string() });

async function send(method: 'GET' | 'POST', path: string, body: object | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${base}/account/api/${path}`, {
      method,
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch {
    throw new ApiError('offline');
  }
  if (!response.ok) throw new ApiError(await codeOf(response));
  return response;
}

async function codeOf(response: Response): Promise<string> {
  const found = problem.safeParse(await response.json().catch(() => undefined));
  return found.success ? found.data.code : 'failed';
}

export async function get<S extends z.core.$ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return parseShape(schema, await (await send('GET', path, undefined)).json(), path);
}

export async function getText(path: string): Promise<string> {
  return (await send('GET', path, undefined)).text();
}

export async function post<S extends z.core.$ZodType>(
  path: string,
  schema: S,
  body: object = {},
): Promise<z.output<S>> {
  return parseShape(schema, await (await send('POST', path, body)).json(), path);
}

/** For acts whose answer says nothing more than that it was done. */
export async function act(path: string, body: object = {}): Promise<void> {
  await send('POST', path, body);
}

/** Without a body, as sign-out wants it. */
export async function leave(path: string): Promise<void> {
  await send('POST', path, undefined);
}
