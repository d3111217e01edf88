/** One record of the import file into a person, or into every fault it has: column and reason, never a value. */
import type { $ZodType } from 'zod/v4/core';
import { safeParse } from 'zod/v4/core';
import { codeOf } from '../../shared/errors.ts';
import type { IdCard, ResidentNumber } from '../../shared/id-card/index.ts';
import { type Contradiction, type DrivingLicence, findContradiction, type Person, personItems } from './person.ts';
import type { PictureFault } from './picture.ts';

export const requiredColumns = [
  'number',
  'name',
  'sex',
  'ethnicity',
  'birthdate',
  'region_code',
  'region',
  'street',
  'card_authority',
  'card_valid_from',
  'card_valid_until',
] as const;
const licenceColumns = ['licence_class', 'licence_valid_from', 'licence_valid_until', 'licence_file_number'] as const;
export const optionalColumns = ['picture', ...licenceColumns] as const;

export type Column = (typeof requiredColumns)[number] | (typeof optionalColumns)[number];

export type RowReason =
  | 'value'
  | 'missing'
  | 'id_format'
  | 'id_check_digit'
  | 'id_date'
  | 'id_region'
  | 'id_kind'
  | 'duplicate'
  | 'picture_path'
  | PictureFault
  | Contradiction;

export interface RowFault {
  readonly line: number;
  readonly column: Column;
  readonly reason: RowReason;
}

export type RowResult =
  | { readonly person: Person; readonly faults?: undefined }
  | { readonly person?: undefined; readonly faults: readonly RowFault[] };

const contradictionColumn: Readonly<Record<Contradiction, Column>> = {
  sex_differs: 'sex',
  birthdate_differs: 'birthdate',
  card_dates: 'card_valid_until',
  licence_dates: 'licence_valid_until',
};

/** `cells` holds the columns the file has; an empty cell is an absent value. */
export function readPersonRow(
  cells: ReadonlyMap<Column, string>,
  options: {
    readonly line: number;
    readonly idCard: IdCard;
    readonly picture: Uint8Array | PictureFault | 'picture_path' | undefined;
  },
): RowResult {
  const { line, idCard, picture } = options;
  const faults: RowFault[] = [];
  const fault = (column: Column, reason: RowReason) => faults.push({ line, column, reason });
  const text = (column: Column) => cells.get(column) ?? '';

  function item<T>(column: keyof typeof personItems, schema: $ZodType<T>): T | undefined {
    const value = text(column);
    const result = safeParse(schema, value);
    if (result.success) return result.data;
    fault(column, value === '' ? 'missing' : 'value');
    return undefined;
  }

  let number: ResidentNumber | undefined;
  try {
    number = text('number') === '' ? undefined : idCard.parseResidentNumber(text('number'));
    if (number === undefined) fault('number', 'missing');
  } catch (error) {
    fault('number', numberReason(error));
  }
  const name = item('name', personItems.name);
  const sex = item('sex', personItems.sex);
  const ethnicity = item('ethnicity', personItems.ethnicity);
  const birthdate = item('birthdate', personItems.birthdate);
  const regionCode = text('region_code');
  if (!idCard.isRegionCode(regionCode)) fault('region_code', regionCode === '' ? 'missing' : 'value');
  const region = item('region', personItems.region);
  const street = item('street', personItems.street);
  const authority = item('card_authority', personItems.card_authority);
  const validFrom = item('card_valid_from', personItems.card_valid_from);
  const validUntil = item('card_valid_until', personItems.card_valid_until);
  if (typeof picture === 'string') fault('picture', picture);
  const licence = licenceColumns.some((column) => text(column) !== '') ? readLicence() : undefined;

  function readLicence(): DrivingLicence | undefined {
    const licenceClass = item('licence_class', personItems.licence_class);
    const from = item('licence_valid_from', personItems.licence_valid_from);
    const until = item('licence_valid_until', personItems.licence_valid_until);
    const fileNumber = item('licence_file_number', personItems.licence_file_number);
    if (licenceClass === undefined || from === undefined || until === undefined || fileNumber === undefined)
      return undefined;
    return { class: licenceClass, validFrom: from, validUntil: until, fileNumber };
  }

  if (
    faults.length > 0 ||
    number === undefined ||
    name === undefined ||
    sex === undefined ||
    ethnicity === undefined ||
    birthdate === undefined ||
    region === undefined ||
    street === undefined ||
    authority === undefined ||
    validFrom === undefined ||
    validUntil === undefined
  ) {
    return { faults };
  }
  const person: Person = {
    number,
    name,
    sex: sex === '1' ? 1 : 2,
    ethnicity,
    birthdate,
    address: { regionCode, region, street },
    picture: picture instanceof Uint8Array ? picture : undefined,
    card: { authority, validFrom, validUntil },
    ...(licence !== undefined && { drivingLicence: licence }),
  };
  const contradiction = findContradiction(person, idCard);
  if (contradiction !== undefined) fault(contradictionColumn[contradiction], contradiction);
  return faults.length > 0 ? { faults } : { person };
}

const numberReasons = ['id_format', 'id_check_digit', 'id_date', 'id_region', 'id_kind'] as const;

function numberReason(error: unknown): RowReason {
  const code = codeOf(error);
  const reason = numberReasons.find((known) => known === code);
  if (reason === undefined) throw error;
  return reason;
}
