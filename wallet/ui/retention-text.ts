import { t } from './strings/index.ts';

const units = { Y: 'retention.years', M: 'retention.months', D: 'retention.days' } as const;

/** ISO 8601 durations as askers write them (`P1Y`, `none`); anything else is shown as it is not: not at all. */
export function retentionText(retention: string): string {
  if (retention === 'none') return t('retention.none');
  const [, count, unit] = /^P([0-9]{1,4})([YMD])$/.exec(retention) ?? [];
  if (count === undefined || (unit !== 'Y' && unit !== 'M' && unit !== 'D')) return '';
  return t(units[unit], { count: Number(count) });
}
