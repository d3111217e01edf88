/** Instants are epoch seconds (RFC 7519 NumericDate, whole). Powers are passed in: nothing else may read the time. */
export interface Clock {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

export const systemClock: Clock = { now: () => Math.floor(Date.now() / 1000) };

/** A clock that stands still until it is moved: for tests, and for replaying a moment. */
export function fixedClock(start: number): Clock & { set(now: number): void; advance(seconds: number): void } {
  let now = start;
  return {
    now: () => now,
    set: (next) => {
      now = next;
    },
    advance: (seconds) => {
      now += seconds;
    },
  };
}
