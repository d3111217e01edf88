import type { Clock } from '../clock.ts';
import { HufuError } from '../errors.ts';
import { ageOn, civilDateAt, isCivilDate } from './civil-date.ts';
import { demoRegionCode, isProvince, permitRegionCodes } from './regions.ts';

/** A checked GB 11643 number of a resident: 18 characters, last one 0-9 or X. */
export type ResidentNumber = string & { readonly __brand: 'ResidentNumber' };
/** GB/T 2261.1: 1 male, 2 female (the two a card can carry). */
export type Sex = 1 | 2;
/**
 * resident: an identity card. residence-permit: the permit of residents of Hong Kong, Macao (81, 82) and Taiwan (83).
 * permanent-residence: the number of a foreigner's card since 2023-12-01 (9, province, ISO 3166-1 numeric country).
 */
export type IdNumberKind = 'resident' | 'residence-permit' | 'permanent-residence';

export interface IdNumber {
  readonly kind: IdNumberKind;
  readonly number: string;
  readonly birthdate: string;
  readonly sex: Sex;
  /** Six digits: where the number was first given, neither birth place nor address. Undefined on a foreigner's card. */
  readonly regionCode: string | undefined;
}

export interface IdCard {
  /**
   * Reads any of the three kinds. Nothing is normalised: a lower-case x, full-width digits, spaces or the 15-digit
   * form are refused rather than turned into what might be another person's number.
   * Refuses: id_format, id_check_digit, id_region (province), id_date (no such day, before 1900, future, over 130 years).
   */
  parseIdNumber(text: string, at?: string): IdNumber;
  /** The same, and only an identity card's number (others: id_kind). */
  parseResidentNumber(text: string, at?: string): ResidentNumber;
  /** Six digits below a known province; the county that does not exist only in the demo. */
  isRegionCode(code: string): boolean;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const oldestAge = 130;

/** ISO 7064 MOD 11-2 over the first 17 digits (GB 11643 4.4). */
export function checkCharacter(digits: string): string {
  let sum = 0;
  for (const [position, weight] of weights.entries()) sum += weight * (digits.charCodeAt(position) - 48);
  return '10X98765432'.charAt(sum % 11);
}

/**
 * `demoRegion: true` admits the county that does not exist (synthetic people); left out, a synthetic number is refused
 * with id_region. The service's configuration must not set it in production.
 */
export function createIdCard(options: { readonly clock: Clock; readonly demoRegion?: boolean }): IdCard {
  const demoRegion = options.demoRegion === true;

  function parseIdNumber(text: string, at = 'number'): IdNumber {
    if (text.length !== 18 || !/^\d{17}[\dX]$/.test(text)) throw new HufuError('id_format', { at });
    const kind = kindOf(text);
    if (kind === undefined) throw new HufuError('id_region', { at });
    const regionCode = kind === 'permanent-residence' ? undefined : text.slice(0, 6);
    if (regionCode === demoRegionCode && !demoRegion) throw new HufuError('id_region', { at });
    const birthdate = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
    if (!isCivilDate(birthdate)) throw new HufuError('id_date', { at });
    const age = ageOn(birthdate, civilDateAt(options.clock.now()));
    if (age === undefined || age > oldestAge) throw new HufuError('id_date', { at });
    if (checkCharacter(text) !== text.charAt(17)) throw new HufuError('id_check_digit', { at });
    return { kind, number: text, birthdate, sex: Number(text.charAt(16)) % 2 === 1 ? 1 : 2, regionCode };
  }

  return {
    parseIdNumber,
    parseResidentNumber(text, at = 'number') {
      const parsed = parseIdNumber(text, at);
      if (!isResident(parsed)) throw new HufuError('id_kind', { at });
      return parsed.number;
    },
    isRegionCode(code) {
      return /^\d{6}$/.test(code) && isProvince(code.slice(0, 2)) && (code !== demoRegionCode || demoRegion);
    },
  };
}

function isResident(parsed: IdNumber): parsed is IdNumber & { number: ResidentNumber } {
  return parsed.kind === 'resident';
}

function kindOf(text: string): IdNumberKind | undefined {
  if (permitRegionCodes.has(text.slice(0, 6))) return 'residence-permit';
  if (text.startsWith('9'))
    return isProvince(text.slice(1, 3)) && text.slice(3, 6) !== '000' ? 'permanent-residence' : undefined;
  return isProvince(text.slice(0, 2)) ? 'resident' : undefined;
}
