import { generateNodeSigner, nodeCrypto } from '../../shared/server/node-crypto.ts';

/**
 * Costs in V: processor time of one operation over that of one ES256 verification with a ready key, taken in turns
 * with it, so that a busy neighbour or another machine weighs on both. A median of rounds, never a promise.
 */
export interface Figure {
  readonly name: string;
  /** Microseconds of processor time, all threads of this process. */
  readonly micros: number;
  readonly v: number;
  /** At most this many V, where there is a target. */
  readonly target?: number;
  /** How it was measured, and what V cannot say: time that passed, requests that waited. */
  readonly detail?: string;
}

export type Operation = () => unknown;

const rounds = 7;
const roundMs = 120;

const signer = generateNodeSigner('ES256');
const crypto = nodeCrypto();
const message = crypto.randomBytes(64);
const signature = await signer.sign(message);

/** The unit. */
const verifyOnce: Operation = () => crypto.verify('ES256', signer.publicJwk, signature, message);

export async function measure(
  name: string,
  operation: Operation,
  options: { readonly target?: number } = {},
): Promise<Figure> {
  await spend(operation, 2 * roundMs);
  await spend(verifyOnce, roundMs);
  const taken: { readonly micros: number; readonly v: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const unit = await spend(verifyOnce, roundMs / 3);
    const micros = await spend(operation, roundMs);
    const unitAfter = await spend(verifyOnce, roundMs / 3);
    taken.push({ micros, v: (2 * micros) / (unit + unitAfter) });
  }
  return { name, micros: median(taken.map((t) => t.micros)), v: median(taken.map((t) => t.v)), ...options };
}

/** Microseconds of processor time of the unit, as the machine is just now. */
export async function unitNow(): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < 5; i++) samples.push(await spend(verifyOnce, roundMs / 3));
  return median(samples);
}

/** Runs the operation for about so many milliseconds; answers microseconds of processor time for each. */
async function spend(operation: Operation, milliseconds: number): Promise<number> {
  const before = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let count = 0;
  while (performance.now() < end) {
    const result = operation();
    if (result instanceof Promise) await result;
    count++;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One after another, round and round: so that what is measured does not meet its own last input. */
export function cycle<T>(items: readonly T[]): () => T {
  let next = 0;
  return () => {
    const item = items[next++ % items.length];
    if (item === undefined) throw new RangeError('nothing to cycle');
    return item;
  };
}
