/** Numbers that look random and are the same on every run: mulberry32. For drawing fixtures, never for secrets. */
export interface Dice {
  /** 0 to 1, 1 excluded. */
  roll(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    roll,
    between: (from, to) => from + Math.floor(roll() * (to - from + 1)),
    pick(items) {
      const found = items[Math.floor(roll() * items.length)];
      if (found === undefined) throw new TypeError('nothing to pick from');
      return found;
    },
  };
}
