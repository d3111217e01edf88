/** What was read against what was drawn. */
import { isWholeNumber } from '../../issuer/reading/read-items.ts';
import type { BackReading, FrontReading, PhotoQuality, ReadField } from '../../issuer/reading/types.ts';
import type { CardPerson } from '../support/cards/people.ts';

export interface Outcome {
  readonly right: Readonly<Record<string, boolean>>;
  /** Not marked doubtful. */
  readonly sure: Readonly<Record<string, boolean>>;
  /** Another number than the card's, and its check character fits. */
  readonly wrongButValid: boolean;
  readonly photoIsGood: boolean;
}

const frontItems = ['number', 'birthdate', 'sex', 'ethnicity', 'name', 'address'] as const;
const backItems = ['authority', 'validFrom', 'validUntil'] as const;

export function compareFront(person: CardPerson, { fields, quality }: FrontReading): Outcome {
  const number = fields.number?.text ?? '';
  const wrongButValid = number !== person.number && isWholeNumber(number);
  return compare(frontItems, person, fields, { wrongButValid, photoIsGood: isGood(quality) });
}

export function compareBack(person: CardPerson, { fields, quality }: BackReading): Outcome {
  return compare(backItems, person, fields, { wrongButValid: false, photoIsGood: isGood(quality) });
}

function compare<N extends keyof CardPerson>(
  items: readonly N[],
  person: CardPerson,
  fields: { readonly [name in N]?: ReadField },
  rest: Pick<Outcome, 'wrongButValid' | 'photoIsGood'>,
): Outcome {
  const every = (test: (field: ReadField | undefined, item: N) => boolean) =>
    Object.fromEntries(items.map((item) => [item, test(fields[item], item)]));
  return {
    right: every((field, item) => field?.text === person[item]),
    sure: every((field) => field?.doubtful === false),
    ...rest,
  };
}

function isGood({ blur, glare, tooSmall, notACard, wrongSide }: PhotoQuality): boolean {
  return !blur && !glare && !tooSmall && !notACard && !wrongSide;
}
