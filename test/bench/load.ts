/** Requests in parallel, and how long each took. The driver keeps its connections and thinks as little as it can. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let caller = 0;

/** One exchange. Each comes from an address of its own, as behind a proxy: limits per address are not what is measured. */
export function send(
  method: 'GET' | 'POST',
  url: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly expect?: number;
  } = {},
): Promise<Reply> {
  const { body = '', expect = 200 } = options;
  caller = (caller + 1) % 65_025;
  const headers = {
    'x-forwarded-for': `10.1.${Math.floor(caller / 255)}.${caller % 255}`,
    ...(method === 'POST' && { 'content-length': Buffer.byteLength(body) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => {
        const { statusCode: status = 0 } = answer;
        if (status === expect) resolve({ status, text, headers: answer.headers });
        else reject(new Error(`${method} ${new URL(url).pathname}: ${status} ${text.slice(0, 300)}`));
      });
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export interface Times {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** All of them, `concurrency` at a time, each begun when one before it ended. */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  act: (item: T) => Promise<unknown>,
): Promise<Times> {
  const waiting = items.values();
  const taken: number[] = [];
  const began = performance.now();
  const work = async () => {
    for (const item of waiting) {
      const start = performance.now();
      await act(item);
      taken.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return timesOf(taken, performance.now() - began);
}

/** So many a second, however long each takes: waiting counts from the moment it was due. */
export async function atRate<T>(
  items: readonly T[],
  perSecond: number,
  act: (item: T) => Promise<unknown>,
): Promise<Times> {
  const taken: number[] = [];
  const began = performance.now();
  const running = items.map(async (item, index) => {
    const due = (index * 1000) / perSecond;
    await sleep(due);
    await act(item);
    taken.push(performance.now() - began - due);
  });
  await Promise.all(running);
  return timesOf(taken, performance.now() - began);
}

function timesOf(taken: readonly number[], total: number): Times {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { perSecond: (1000 * taken.length) / total, p50: at(0.5), p99: at(0.99) };
}

export function described({ perSecond, p50, p99 }: Times): string {
  return `${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(p50 < 10 ? 1 : 0)} ms, p99 ${p99.toFixed(p99 < 10 ? 1 : 0)} ms`;
}
