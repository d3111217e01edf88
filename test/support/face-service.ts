/** A certified face service as docs/face-service.md describes it, on loopback, that says what a test wants. */
import { createServer } from 'node:http';

export interface TestFaceService {
  readonly url: string;
  readonly token: string;
  /** What is answered. */
  match: string;
  liveness: string;
  /** Status and text instead of an honest answer; 'silence' never answers. */
  instead: { readonly status: number; readonly type: string; readonly text: string } | 'silence' | undefined;
  /** Everything that was asked. */
  readonly questions: { readonly path: string; readonly body: Record<string, unknown> }[];
  close(): Promise<void>;
}

export async function startFaceService(): Promise<TestFaceService> {
  const token = 'face-service-token-of-a-test';
  const questions: { path: string; body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const send = (status: number, type: string, text: string) => {
        response.writeHead(status, { 'content-type': type }).end(text);
      };
      if (request.headers.authorization !== `Bearer ${token}`) return send(401, 'application/json', '{}');
      questions.push({ path, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
      if (made.instead === 'silence') return;
      if (made.instead !== undefined) return send(made.instead.status, made.instead.type, made.instead.text);
      const result = path === '/match' ? made.match : made.liveness;
      send(200, 'application/json', JSON.stringify({ result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server listens on a port');
  const made: TestFaceService = {
    url: `http://127.0.0.1:${address.port}`,
    token,
    match: 'same',
    liveness: 'live',
    instead: undefined,
    questions,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return made;
}
