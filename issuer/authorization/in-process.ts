import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

export interface InProcessAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Hands a form to a request listener without a network: a foreign server behind our own edge. It sees only what was
 * judged there (size, strict form, one value per name), and answers only what we read from it.
 */
export function postForm(
  listener: (message: IncomingMessage, response: ServerResponse) => Promise<void>,
  request: { readonly path: string; readonly host: string; readonly form: Readonly<Record<string, string>> },
  prepare: (message: IncomingMessage) => void,
): Promise<InProcessAnswer> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(new URLSearchParams(request.form).toString());
    const message = new IncomingMessage(new Socket());
    message.method = 'POST';
    message.url = request.path;
    message.headers = {
      host: request.host,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    message.push(body);
    message.push(null);
    prepare(message);
    const response = new ServerResponse(message);
    response.end = (chunk?: unknown) => {
      resolve({
        status: response.statusCode,
        body: typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString() : '',
      });
      return response;
    };
    listener(message, response).catch(reject);
  });
}
