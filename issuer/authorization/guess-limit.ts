import { RateLimiterMemory } from 'rate-limiter-flexible';
import { RateLimited } from '../../shared/server/rate-limit.ts';

/** Counts wrong guesses only, so that a crowd of honest wallets behind one address is never in its way. */
export interface GuessLimit {
  /** Refused: `rate_limited`, when this address has guessed wrong too often. Looks, and counts nothing. */
  check(ip: string): Promise<void>;
  count(ip: string): Promise<void>;
}

export function createGuessLimit(options: { readonly guesses: number; readonly seconds: number }): GuessLimit {
  const limiter = new RateLimiterMemory({ points: options.guesses, duration: options.seconds });
  return {
    async check(ip) {
      const state = await limiter.get(ip);
      if (state !== null && state.consumedPoints >= options.guesses) {
        throw new RateLimited(Math.max(1, Math.ceil(state.msBeforeNext / 1000)));
      }
    },
    async count(ip) {
      // `penalty` counts past the limit without throwing: the refusal of this request is already decided.
      await limiter.penalty(ip, 1);
    },
  };
}
