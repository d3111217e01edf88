import { computed } from '@preact/signals';
import { language } from './preferences.ts';
import { t } from './strings/index.ts';

const formats = computed(() => {
  const locale = language.value === 'zh-Hans' ? 'zh-CN' : 'en-GB';
  return {
    date: new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', day: 'numeric' }),
    dateTime: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    time: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  };
});

export function dateText(seconds: number): string {
  return formats.value.date.format(seconds * 1000);
}

export function dateTimeText(seconds: number): string {
  return formats.value.dateTime.format(seconds * 1000);
}

/** "1 year", "3 days", with the plural of the language. */
export function durationText(count: number, unit: 'year' | 'month' | 'day'): string {
  const locale = language.value === 'zh-Hans' ? 'zh-CN' : 'en-GB';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

export function timeText(seconds: number): string {
  return formats.value.time.format(seconds * 1000);
}

/** "2 minutes ago", for what was looked at. */
export function agoText(seconds: number, now: number): string {
  const age = Math.max(0, now - seconds);
  const { relative } = formats.value;
  if (age < 60) return t('time.justNow');
  if (age < 3600) return relative.format(-Math.floor(age / 60), 'minute');
  if (age < 86_400) return relative.format(-Math.floor(age / 3600), 'hour');
  return relative.format(-Math.floor(age / 86_400), 'day');
}

/** A civil date as written on a card (YYYY-MM-DD), which has no time zone. */
export function civilDateText(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  if (year === undefined || month === undefined || day === undefined || Number.isNaN(year + month + day)) return date;
  return formats.value.date.format(new Date(year, month - 1, day));
}
