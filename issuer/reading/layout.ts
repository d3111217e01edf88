/**
 * Where things are printed, as shares of the card. Windows are wider than what they hold, by about 2 % of the card on
 * every side: that is how far the corners may be off; the ink is then trimmed to (trim.ts).
 */
import type { Window } from './crop.ts';

const row = (middle: number, half = 0.06) => ({ top: middle - half, bottom: middle + half });

export const frontWindows = {
  name: { left: 0.145, right: 0.6, ...row(0.138) },
  sex: { left: 0.15, right: 0.262, ...row(0.264) },
  ethnicity: { left: 0.345, right: 0.61, ...row(0.264) },
  year: { left: 0.152, right: 0.264, ...row(0.384) },
  month: { left: 0.295, right: 0.363, ...row(0.384) },
  day: { left: 0.393, right: 0.46, ...row(0.384) },
  address: { left: 0.145, right: 0.61, top: 0.445, bottom: 0.83 },
  number: { left: 0.28, right: 0.985, ...row(0.875, 0.07) },
} as const satisfies Record<string, Window>;

export const backWindows = {
  authority: { left: 0.395, right: 0.93, ...row(0.759) },
  validity: { left: 0.395, right: 0.93, ...row(0.884) },
} as const satisfies Record<string, Window>;

export const portraitWindow: Window = { left: 0.64, right: 0.945, top: 0.13, bottom: 0.76 };
/** Where the back carries the red emblem. */
export const emblemWindow: Window = { left: 0.05, right: 0.22, top: 0.08, bottom: 0.35 };

/** Measured as the best size of letters: see docs/proofing.md. */
export const scales = { name: 0.6, row: 0.74, small: 0.6, digits: 0.69, address: 0.7 } as const;
