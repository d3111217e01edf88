/** Limits by key and time window. In memory: it holds per process; docs/decisions/rate-limits.md says what that means. */
import { isIP } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HufuError } from '../errors.ts';

export interface RateLimit {
  /** Counts one call. Refused: `rate_limited`, with the seconds to wait. */
  take(key: string): Promise<void>;
}

export class RateLimited extends HufuError {
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('rate_limited');
    this.retryAfter = retryAfter;
  }
}

/** What one household or machine can rotate through counts as one: an IPv4 address, or an IPv6 network of 64 bits. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%', 1).join('').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros: string[] = tail === undefined ? [] : new Array(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

export function createRateLimit(options: { readonly points: number; readonly seconds: number }): RateLimit {
  const limiter = new RateLimiterMemory({ points: options.points, duration: options.seconds });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new RateLimited(Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
      }
    },
  };
}
