/** Limits by key and time window. In memory: it holds per process; docs/decisions/rate-limits.md says what that means. */
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
