/** What was read, in the spelling in which the applicant's fields are kept. Nothing is guessed: what does not fit is absent. */
import { ethnicGroupName, isCivilDate } from '../../shared/id-card/index.ts';
import { longTermWord } from './fields.ts';
import type { KeptBack, KeptField, KeptFront } from './stored-reading.ts';

export interface ReadValue<T> {
  readonly value: T;
  readonly doubtful: boolean;
}

export interface ReadValues {
  readonly name?: ReadValue<string>;
  readonly sex?: ReadValue<1 | 2>;
  readonly ethnicity?: ReadValue<string>;
  readonly birthdate?: ReadValue<string>;
  readonly address?: ReadValue<string>;
  readonly number?: ReadValue<string>;
  readonly authority?: ReadValue<string>;
  readonly valid_from?: ReadValue<string>;
  readonly valid_until?: ReadValue<string>;
}

export function readValues(front: KeptFront | undefined, back: KeptBack | undefined): ReadValues {
  const { name, sex, ethnicity, birthdate, address, number } = front?.fields ?? {};
  const { authority, validFrom, validUntil } = back?.fields ?? {};
  return {
    ...value('name', name, asText),
    ...value('sex', sex, asSex),
    ...value('ethnicity', ethnicity, asEthnicity),
    ...value('birthdate', birthdate, asDate),
    ...value('address', address, asText),
    ...value('number', number, (text) => (/^\d{17}[\dX]$/.test(text) ? text : undefined)),
    ...value('authority', authority, asText),
    ...value('valid_from', validFrom, asDate),
    ...value('valid_until', validUntil, (text) => (/^(?:长期|long-term)$/.test(text) ? longTermWord : asDate(text))),
  };
}

function value<N extends string, T>(
  name: N,
  field: KeptField | undefined,
  read: (text: string) => T | undefined,
): { readonly [name in N]?: ReadValue<T> } {
  const found = field === undefined ? undefined : read(field.text.trim());
  if (field === undefined || found === undefined) return {};
  return { [name]: { value: found, doubtful: field.doubtful } } as { readonly [name in N]: ReadValue<T> };
}

const asText = (text: string) => (text === '' ? undefined : text.normalize('NFC'));

function asSex(text: string): 1 | 2 | undefined {
  if (text === '男' || text === '1') return 1;
  return text === '女' || text === '2' ? 2 : undefined;
}

const codes = Array.from({ length: 56 }, (_, at) => String(at + 1).padStart(2, '0'));

function asEthnicity(text: string): string | undefined {
  const name = text.replace(/族$/u, '');
  return codes.find((code) => code === text || ethnicGroupName(code, 'zh-Hans') === name);
}

/** `1996年3月10日`, `2022.04.18` and `2022-04-18`. */
function asDate(text: string): string | undefined {
  const parts = /^(\d{4})[年.-](\d{1,2})[月.-](\d{1,2})日?$/u.exec(text.replaceAll(' ', ''));
  if (parts === null) return undefined;
  const [, year = '', month = '', day = ''] = parts;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isCivilDate(date) ? date : undefined;
}
