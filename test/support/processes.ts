/** Services as real processes: started by their own main file, killed without mercy, reached through a plain balancer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import { freePort } from './free-port.ts';

export interface ServiceProcess {
  readonly origin: string;
  readonly child: ChildProcess;
  /** What it wrote to stdout and stderr. */
  readonly output: () => string;
  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): Promise<void>;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
}

export type Settings = Readonly<Record<string, string>>;

/** Starts `node <main>` with these settings on a free port and waits until it listens. */
export async function startProcess(main: string, settings: Settings): Promise<ServiceProcess> {
  const port = settings.PORT ?? String(await freePort());
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...settings, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    const note = (chunk: Buffer) => {
      output += chunk;
      if (output.includes('"service.started"')) resolve();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    void ended.then((code) => reject(new Error(`${main} ended with ${code}: ${output}`)));
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    child,
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs `node <file> <args>` to its end. */
export async function runCommand(
  file: string,
  args: readonly string[],
  settings: Settings,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    out.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    out.stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...out };
}

export interface Balancer {
  readonly origin: string;
  /** Where requests go from now on, one after the other. */
  use(targets: readonly string[]): void;
  close(): Promise<void>;
}

/** Hands each request to the next target, headers untouched; 502 when a target is not there. */
export async function startBalancer(): Promise<Balancer> {
  let targets: readonly string[] = [];
  let turn = 0;
  const server = createServer((incoming, answer) => {
    const target = new URL(targets[turn++ % targets.length] ?? 'http://127.0.0.1:1');
    const outgoing = httpRequest(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.on('error', () => answer.destroy());
        reply.pipe(answer);
      },
    );
    outgoing.on('error', () => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    });
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server listens on a port');
  return {
    origin: `http://localhost:${address.port}`,
    use: (next) => {
      targets = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
