import type { Retention } from './scene.ts';

/**
 * The instant a term ends: calendar days, months or years (UTC) after `start`; `start` itself where nothing is kept.
 * 29 February plus a year is 1 March: a day longer rather than shorter than the law asks.
 */
export function addRetention(start: number, retention: Retention): number {
  const parts = /^P([0-9]{1,4})([DMY])$/.exec(retention);
  if (parts === null) return start;
  const amount = Number(parts[1]);
  const end = new Date(start * 1000);
  if (parts[2] === 'D') end.setUTCDate(end.getUTCDate() + amount);
  else if (parts[2] === 'M') end.setUTCMonth(end.getUTCMonth() + amount);
  else end.setUTCFullYear(end.getUTCFullYear() + amount);
  return Math.floor(end.getTime() / 1000);
}
