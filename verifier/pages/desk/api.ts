import type * as z from 'zod/mini';
import { parseShape } from '../../../shared/encoding/index.ts';

/** Where the API lives: beside this page, wherever that is. */
export const base: string = location.pathname.replace(/\/desk\/?$/, '');

/** An answer other than the one hoped for; `status` 0 is no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`api ${status}`);
    this.status = status;
  }
}

async function send(method: string, path: string, body: object | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${base}${path}`, {
      method,
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch {
    throw new ApiError(0);
  }
  if (!response.ok) throw new ApiError(response.status);
  return response;
}

export async function get<S extends z.core.$ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return parseShape(schema, await (await send('GET', path, undefined)).json(), path);
}

export async function post<S extends z.core.$ZodType>(path: string, schema: S, body?: object): Promise<z.output<S>> {
  return parseShape(schema, await (await send('POST', path, body)).json(), path);
}

/** For acts whose answer says nothing more than that it was done. */
export async function act(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  await send(method, path, body);
}
