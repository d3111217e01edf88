import { t } from './strings/index.ts';
import { durationText } from './time-text.ts';

const units = { Y: 'year', M: 'month', D: 'day' } as const;

/** ISO 8601 durations as askers write them (`P1Y`, `none`); anything else is shown as it is not: not at all. */
/** The same as a remark beside a claim. */
export function keptText(retention: string): string {
  const time = retentionText(retention);
  return retention === 'none' || time === '' ? time : t('entry.keptFor', { time });
}

export function retentionText(retention: string): string {
  if (retention === 'none') return t('retention.none');
  const [, count, unit] = /^P([0-9]{1,4})([YMD])$/.exec(retention) ?? [];
  if (count === undefined || (unit !== 'Y' && unit !== 'M' && unit !== 'D')) return '';
  return durationText(Number(count), units[unit]);
}
