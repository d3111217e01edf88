/**
 * Civil dates of the People's Republic of China: one zone, UTC+8, no summer time. A date is 'YYYY-MM-DD' in the
 * Gregorian calendar, so two dates compare as text.
 *
 * The age rule (docs/claims.md): a person reaches age N at 00:00 UTC+8 of the Nth anniversary of the birth date;
 * somebody born on 29 February reaches it on 1 March in a common year. It never says "old enough" a day too early.
 */
const offsetSeconds = 8 * 3600;
const shape = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The civil date (UTC+8) of an instant in epoch seconds. */
export function civilDateAt(now: number): string {
  return new Date((now + offsetSeconds) * 1000).toISOString().slice(0, 10);
}

/** The last second (epoch seconds) that still belongs to a civil date in UTC+8. */
export function endOfCivilDate(date: string): number {
  if (!isCivilDate(date)) throw new TypeError('civil date');
  return Date.parse(`${date}T23:59:59+08:00`) / 1000;
}

/** True for a date that exists, from 1900 on. */
export function isCivilDate(text: string): boolean {
  const parts = shape.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return year >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/**
 * Whole years of age on a civil date. A birth date after that day has no age.
 * Both must be civil dates (TypeError otherwise: they were parsed at the edge).
 */
export function ageOn(birthdate: string, date: string): number | undefined {
  if (!isCivilDate(birthdate) || !isCivilDate(date)) throw new TypeError('civil date');
  if (birthdate > date) return undefined;
  const years = Number(date.slice(0, 4)) - Number(birthdate.slice(0, 4));
  // Month and day compare as text; '02-29' sorts after '02-28' and before '03-01', which is exactly the rule.
  return date.slice(5) >= birthdate.slice(5) ? years : years - 1;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
