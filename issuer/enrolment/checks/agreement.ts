/**
 * What was typed against what was read. A reading that doubts itself proves nothing against anybody; the name is read
 * wrong so often (proofing.md 1.4) that one character is the reader's fault sooner than the applicant's, and the
 * register decides.
 */
import { readValues } from '../read-values.ts';
import { doubt, notDone, pass, rule } from './case.ts';

const identity = rule('typed.number', '1', ({ typed, readFront, readBack }) => {
  if (readFront === undefined) return notDone('not_read');
  const read = readValues(readFront, readBack).number;
  if (read === undefined || read.doubtful) return notDone('not_read');
  return read.value === typed.number ? pass() : doubt('corrected');
});

const dates = rule('typed.dates', '1', ({ typed, readFront, readBack }) => {
  if (readFront === undefined || readBack === undefined) return notDone('not_read');
  const read = readValues(readFront, readBack);
  const pairs = [
    [read.birthdate, typed.birthdate],
    [read.valid_from, typed.valid_from],
    [read.valid_until, typed.valid_until],
  ] as const;
  const sure = pairs.filter(([field]) => field !== undefined && !field.doubtful);
  if (sure.some(([field, said]) => field?.value !== said)) return doubt('corrected');
  return sure.length === pairs.length ? pass() : notDone('not_read');
});

const name = rule('typed.name', '1', ({ typed, readFront, readBack }) => {
  const read = readFront && readValues(readFront, readBack).name;
  if (read === undefined || typed.name === undefined) return notDone('not_read');
  const distance = differing(read.value, typed.name);
  if (distance === 0) return pass();
  if (distance === 1 || read.doubtful) return pass('corrected');
  return doubt('corrected');
});

export const agreementRules = [identity, dates, name] as const;

/** How many characters differ, place by place; what one has and the other lacks counts as well. */
export function differing(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let count = 0;
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) if (left[at] !== right[at]) count += 1;
  return count;
}
