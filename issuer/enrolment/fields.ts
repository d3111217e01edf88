/** What stands on a card, as the applicant confirms it. Sealed wherever it is kept. */
import * as z from 'zod';
import { decodeUtf8, parseJsonObject, parseShape } from '../../shared/encoding/index.ts';
import { type IdCard, isCivilDate, isEthnicGroup } from '../../shared/id-card/index.ts';

export const longTermWord = 'long-term';

const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/[\p{C}\p{Zl}\p{Zp}]|^\s|\s$/u.test(text) && text === text.normalize('NFC'));
const civilDate = z.string().refine(isCivilDate);

/** Members that are absent were not said yet. Dates are 'YYYY-MM-DD'; the number is judged by `parseTyped`. */
export const typedFields = z.strictObject({
  name: line(100)
    .refine((text) => /^[\p{L}\p{M}·. '’-]+$/u.test(text))
    .optional(),
  sex: z.union([z.literal(1), z.literal(2)]).optional(),
  ethnicity: z.string().refine(isEthnicGroup).optional(),
  birthdate: civilDate.optional(),
  address: line(200).optional(),
  number: z.string().max(32).optional(),
  authority: line(100).optional(),
  valid_from: civilDate.optional(),
  valid_until: z.union([z.literal(longTermWord), civilDate]).optional(),
});

export type TypedFields = Readonly<z.output<typeof typedFields>>;
export type FieldName = keyof TypedFields;

/** The number in its strict spelling or not at all: nothing is turned into what might be somebody else's. Refused: `id_*`. */
export function checkTyped(typed: TypedFields, idCard: IdCard): TypedFields {
  if (typed.number !== undefined) idCard.parseIdNumber(typed.number, 'fields.number');
  return typed;
}

/** What has to be said before an application can be sent, for the kind of number that was typed. */
export function missingFields(typed: TypedFields, idCard: IdCard): readonly FieldName[] {
  const required: readonly FieldName[] = [
    'name',
    'sex',
    'birthdate',
    'number',
    'valid_from',
    'valid_until',
    // A permit carries neither ethnic group nor, in this form, an address and an authority that could be compared.
    ...(typed.number !== undefined && idCard.parseIdNumber(typed.number).kind !== 'resident'
      ? []
      : (['ethnicity', 'address', 'authority'] as const)),
  ];
  return required.filter((name) => typed[name] === undefined);
}

export function parseStoredTyped(sealedText: Uint8Array): TypedFields {
  return parseShape(typedFields, parseJsonObject(decodeUtf8(sealedText)), 'typed');
}
