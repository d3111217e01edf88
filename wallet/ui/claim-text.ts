import type { Path } from '../../shared/dcql/index.ts';
import { isJsonObject, type Json } from '../../shared/encoding/index.ts';
import { ethnicGroupName, maskName, maskNumber } from '../../shared/id-card/index.ts';
import { personPath } from '../core/cards.ts';
import { type Localized, localName, plainText } from '../core/plain-text.ts';
import { language } from './preferences.ts';
import { type StringKey, t } from './strings/index.ts';
import { civilDateText } from './time-text.ts';

/** How a claim is written for a person: in full, and masked, which is the default everywhere. */
interface Manner {
  readonly full: (value: Json) => string;
  /** Absent where the value says too little to be hidden. */
  readonly masked?: (value: Json) => string;
}

const hidden = '••••';
const text = (value: Json) => (typeof value === 'string' || typeof value === 'number' ? plainText(String(value)) : '');
const plain: Manner = { full: text };
const date: Manner = { full: (value) => civilDateText(text(value)) };
const number: Manner = { full: text, masked: (value) => groupedNumber(maskNumber(text(value))) };
const yesOrNo: Manner = { full: (value) => (value === true ? t('value.yes') : t('value.no')) };

const manners: Readonly<Record<string, Manner>> = {
  name: { full: text, masked: (value) => maskName(text(value)) },
  name_masked: plain,
  sex: { full: (value) => (value === 1 ? t('value.male') : value === 2 ? t('value.female') : text(value)) },
  ethnicity: {
    full: (value) => ethnicGroupName(text(value), language.value) ?? text(value),
    masked: () => hidden,
  },
  birthdate: { ...date, masked: (value) => `${text(value).slice(0, 4)}-**-**` },
  personal_administrative_number: number,
  document_number: number,
  file_number: number,
  number_last4: plain,
  'address.region': plain,
  'address.region_code': plain,
  picture: { full: () => t('value.portrait'), masked: () => t('value.portrait') },
  card_issuing_authority: plain,
  card_valid_from: date,
  licence_valid_from: date,
  date_of_expiry: date,
  vehicle_class: plain,
  issuing_country: { full: (value) => countryName(text(value)) },
  issuing_authority: plain,
};

function mannerOf(path: Path): Manner {
  const name = personPath(path).join('.');
  const known = Object.hasOwn(manners, name) ? manners[name] : undefined;
  if (known !== undefined) return known;
  if (name.startsWith('age_equal_or_over.')) return yesOrNo;
  return { full: text, masked: () => hidden };
}

/** Eighteen characters as people read them out: place, date, rest. */
export function groupedNumber(number: string): string {
  return number.length === 18 ? `${number.slice(0, 6)} ${number.slice(6, 14)} ${number.slice(14)}` : number;
}

/** A country by its name in the reader's language; what is no code of two letters stays as it is. */
function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([language.value], { type: 'region' }).of(code) ?? code;
}

/** An address as it is written: the larger place first. */
const addressOrder = ['region', 'locality', 'street_address'];

/** The value at a path as text. Objects are written member by member, as an address is. */
export function claimValue(path: Path, value: Json, shown: 'masked' | 'full'): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map((element) => claimValue(path, element, shown)).join(', ');
  if (isJsonObject(value)) {
    const parts = Object.entries(value).filter(([name]) => name !== 'region_code');
    const order = (name: string) => addressOrder.indexOf(name);
    parts.sort(([a], [b]) => order(a) - order(b));
    return parts.map(([name, member]) => claimValue([...path, name], member, shown)).join(' ');
  }
  if (typeof value === 'boolean') return yesOrNo.full(value);
  const manner = mannerOf(path);
  return shown === 'masked' ? (manner.masked ?? manner.full)(value) : manner.full(value);
}

const ownNames: Readonly<Record<string, StringKey>> = {
  name: 'claim.name',
  sex: 'claim.sex',
  ethnicity: 'claim.ethnicity',
  birthdate: 'claim.birthdate',
  address: 'claim.address',
  personal_administrative_number: 'claim.personal_administrative_number',
  picture: 'claim.picture',
  phone_number: 'claim.phone_number',
  date_of_expiry: 'claim.date_of_expiry',
};

/** What a claim is called: as its issuer calls it, else as we do, else by its name on the wire. */
export function claimLabel(path: Path, names: Localized): string {
  const own = personPath(path);
  const named = localName(names, language.value);
  if (named !== undefined && named !== '') return named;
  const ours = Object.hasOwn(ownNames, own.join('.')) ? ownNames[own.join('.')] : undefined;
  if (ours !== undefined) return t(ours);
  return plainText(own.filter((step) => typeof step === 'string').join(' · '), 60);
}

/** Whether there is a picture behind a path: it is drawn, not written. */
export function isPortrait(path: Path): boolean {
  return personPath(path).join('.') === 'picture';
}
