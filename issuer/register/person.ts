import * as z from 'zod';
import { decodeBase64, encodeBase64, parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import { type IdCard, isCivilDate, isEthnicGroup, type ResidentNumber } from '../../shared/id-card/index.ts';

/** A person as the population register knows them. Dates are civil dates 'YYYY-MM-DD' (UTC+8). */
export interface Person {
  readonly number: ResidentNumber;
  readonly name: string;
  readonly sex: 1 | 2;
  /** GB/T 3304, '01' to '56'. */
  readonly ethnicity: string;
  readonly birthdate: string;
  readonly address: { readonly regionCode: string; readonly region: string; readonly street: string };
  /** JPEG of at most 12 kB. */
  readonly picture: Uint8Array | undefined;
  /** The physical card; 'long-term' is the 长期 of people of 46 and over. */
  readonly card: { readonly authority: string; readonly validFrom: string; readonly validUntil: string };
  readonly drivingLicence?: DrivingLicence;
}

export interface DrivingLicence {
  readonly class: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly fileNumber: string;
}

/** Id of a register row: random, says nothing of the person, may be stored anywhere. */
export type PersonRef = string & { readonly __brand: 'PersonRef' };

export interface RegisteredPerson {
  readonly ref: PersonRef;
  readonly person: Person;
}

/** Where people are looked up. The embedded table is one adapter, an authority's own register another. */
export interface PopulationRegister {
  /** By number, for whoever was told it. Undefined: no such person. */
  findPerson(number: ResidentNumber): Promise<RegisteredPerson | undefined>;
  /** By reference, for what was begun with `findPerson`. */
  findPersonByRef(ref: string): Promise<RegisteredPerson | undefined>;
}

export const longTerm = 'long-term';

const civilDate = z.string().refine(isCivilDate);
/** One line of text as printed on a card: no control characters, no blanks around it, composed characters. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/[\p{C}\p{Zl}\p{Zp}]|^\s|\s$/u.test(text) && text === text.normalize('NFC'));
/** Letters and marks of any script, the middle dot of transcribed names, blank, hyphen, apostrophe, full stop. */
const name = line(100).refine((text) => /^[\p{L}\p{M}·. '’-]+$/u.test(text));

/** The rules for each item; what concerns two items together is `findContradiction`. */
export const personItems = {
  name,
  sex: z.enum(['1', '2']),
  ethnicity: z.string().refine(isEthnicGroup),
  birthdate: civilDate,
  region: line(100),
  street: line(200),
  card_authority: line(100),
  card_valid_from: civilDate,
  card_valid_until: z.union([z.literal(longTerm), civilDate]),
  licence_class: z.string().regex(/^[A-Z][1-9]?(?:[A-Z][1-9]?){0,5}$/),
  licence_valid_from: civilDate,
  licence_valid_until: z.union([z.literal(longTerm), civilDate]),
  licence_file_number: z.string().regex(/^\d{12}$/),
} as const;

export type Contradiction = 'sex_differs' | 'birthdate_differs' | 'card_dates' | 'licence_dates';

/** The first pair of items that cannot both be true: the number carries sex and birth date, a period has two ends. */
export function findContradiction(person: Person, idCard: IdCard): Contradiction | undefined {
  const number = idCard.parseIdNumber(person.number);
  if (number.sex !== person.sex) return 'sex_differs';
  if (number.birthdate !== person.birthdate) return 'birthdate_differs';
  if (!isPeriod(person.card) || person.card.validFrom < person.birthdate) return 'card_dates';
  if (person.drivingLicence !== undefined && !isPeriod(person.drivingLicence)) return 'licence_dates';
  return undefined;
}

function isPeriod(period: { readonly validFrom: string; readonly validUntil: string }): boolean {
  return period.validUntil === longTerm || period.validFrom < period.validUntil;
}

const stored = z.strictObject({
  number: z.custom<ResidentNumber>((value) => typeof value === 'string'),
  name: z.string(),
  sex: z.union([z.literal(1), z.literal(2)]),
  ethnicity: z.string(),
  birthdate: z.string(),
  address: z.strictObject({ regionCode: z.string(), region: z.string(), street: z.string() }),
  picture: z.string().optional(),
  card: z.strictObject({ authority: z.string(), validFrom: z.string(), validUntil: z.string() }),
  drivingLicence: z
    .strictObject({ class: z.string(), validFrom: z.string(), validUntil: z.string(), fileNumber: z.string() })
    .optional(),
});

/** What is sealed in the register's table. */
export function serializePerson(person: Person): string {
  const { picture, ...rest } = person;
  return JSON.stringify(picture === undefined ? rest : { ...rest, picture: encodeBase64(picture) });
}

/** The other way. The text comes out of our own envelope, yet it is read as strictly as anything else. */
export function parsePerson(text: string): Person {
  const { picture, drivingLicence, ...rest } = parseShape(stored, parseJsonObject(text), 'person');
  return {
    ...rest,
    picture: picture === undefined ? undefined : decodeBase64(picture),
    ...(drivingLicence !== undefined && { drivingLicence }),
  };
}
