/**
 * PostgreSQL for the tests: DATABASE_URL where it is set, otherwise a real server from the registry, started when the
 * first test asks for it and shared by the whole run. The main process owns it; workers ask over loopback.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a worker asks for the URL of the server. */
    readonly postgresBroker: string;
  }
}

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** For vitest's globalSetup: offers the server to the workers, and returns what ends it. */
export async function offerPostgres(project: TestProject): Promise<() => Promise<void>> {
  let running: Promise<Running> | undefined;
  const broker = createServer((_request, response) => {
    running ??= startPostgres();
    running.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  project.provide('postgresBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}/`);
  return async () => {
    broker.closeAllConnections();
    await new Promise((resolve) => broker.close(resolve));
    await (await running)?.stop();
  };
}

async function startPostgres(): Promise<Running> {
  const given = process.env.DATABASE_URL;
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'postgres-server.ts')]);
  const url = await firstLine(child);
  return {
    url,
    async stop() {
      child.stdin?.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let [out, faults] = ['', ''];
    child.stderr?.on('data', (chunk) => {
      faults += chunk;
    });
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      if (out.includes('\n')) resolve(out.trim());
    });
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${faults.slice(0, 2000)}`)));
  });
}
