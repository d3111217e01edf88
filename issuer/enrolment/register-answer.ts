/** Asking the population register, and telling an answer from the lack of one. Nothing here reaches the applicant. */
import { HufuError } from '../../shared/errors.ts';
import type { IdCard, IdNumber } from '../../shared/id-card/index.ts';
import type { Person, PopulationRegister, RegisteredPerson } from '../register/index.ts';

/** A person with what some registers know besides; a register that does not say is taken to know nothing against. */
export interface KnownPerson extends Person {
  readonly deceased?: boolean;
  readonly card: Person['card'] & { readonly lost?: boolean };
}

export type RegisterAnswer =
  /** down: no answer in time. odd: an answer that cannot be right; neither says anything of the person. */
  | { readonly kind: 'unavailable'; readonly reason: 'down' | 'odd' }
  /** The register knows residents only; for other kinds of numbers there is nothing to ask. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'found'; readonly ref: RegisteredPerson['ref']; readonly person: KnownPerson };

export async function askRegister(
  register: Pick<PopulationRegister, 'findPerson'>,
  number: IdNumber | { readonly refused: string },
  idCard: IdCard,
): Promise<RegisterAnswer> {
  if ('refused' in number || number.kind !== 'resident') return { kind: 'not-asked' };
  try {
    const found = await register.findPerson(idCard.parseResidentNumber(number.number));
    if (found === undefined) return { kind: 'unknown' };
    const { person } = found;
    const isOdd = person.number !== number.number || person.birthdate !== number.birthdate || person.sex !== number.sex;
    return isOdd ? { kind: 'unavailable', reason: 'odd' } : { kind: 'found', ref: found.ref, person };
  } catch (error) {
    // Whatever it was, it is not an answer. A fault of our own program must not look like a register that is down.
    if (!(error instanceof HufuError)) throw error;
    return { kind: 'unavailable', reason: 'down' };
  }
}
