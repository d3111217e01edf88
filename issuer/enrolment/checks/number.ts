/** The number by itself (GB 11643, GB/T 2260), and with what is printed beside it. */
import { doubt, fail, notDone, pass, rule } from './case.ts';

const checkDigit = rule('number.check-digit', '1', ({ number }) => {
  if (!('refused' in number)) return pass();
  return number.refused === 'id_check_digit' || number.refused === 'id_format' ? fail(number.refused) : pass();
});

const date = rule('number.date', '1', ({ number }) =>
  'refused' in number && number.refused === 'id_date' ? fail('id_date') : pass(),
);

const region = rule('number.region', '1', ({ number, isKnownCounty }) => {
  if ('refused' in number) return number.refused === 'id_region' ? fail('wrong_province') : notDone('number_refused');
  // A foreigner's number names a province and a country, both judged with the number; a permit's has one region each.
  if (number.kind !== 'resident') return pass();
  return isKnownCounty ? pass() : doubt('unknown_county');
});

const kind = rule('number.kind', '1', ({ number }) => {
  if ('refused' in number) return notDone('number_refused');
  return number.kind === 'resident' ? pass('resident') : doubt(number.kind.replaceAll('-', '_'));
});

const sex = rule('number.sex', '1', ({ number, typed }) => {
  if ('refused' in number || typed.sex === undefined) return notDone('not_said');
  return number.sex === typed.sex ? pass() : fail('sex_differs');
});

const birthdate = rule('number.birthdate', '1', ({ number, typed }) => {
  if ('refused' in number || typed.birthdate === undefined) return notDone('not_said');
  return number.birthdate === typed.birthdate ? pass() : fail('birthdate_differs');
});

export const numberRules = [checkDigit, date, region, kind, sex, birthdate] as const;
