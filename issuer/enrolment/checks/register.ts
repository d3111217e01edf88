/** What the population register says beside what the applicant says. The register's own values stay in the register. */
import { differing } from './agreement.ts';
import { type Case, doubt, fail, notDone, pass, rule } from './case.ts';

function found({ register }: Case) {
  return register.kind === 'found' ? register.person : undefined;
}

const person = rule('register.person', '1', ({ register }) => {
  switch (register.kind) {
    case 'unavailable':
      return notDone(register.reason);
    case 'not-asked':
      return notDone('other_kind_of_number');
    case 'unknown':
      return fail('not_in_register');
    case 'found':
      return pass();
  }
});

const name = rule('register.name', '1', (facts) => {
  const known = found(facts);
  if (known === undefined || facts.typed.name === undefined) return notDone('not_asked');
  const distance = differing(known.name, facts.typed.name);
  if (distance === 0) return pass();
  // One character may be a slip or another person of nearly that name: a machine cannot know.
  return distance === 1 ? doubt('one_character_differs') : fail('name_differs');
});

const validity = rule('register.validity', '1', (facts) => {
  const card = found(facts)?.card;
  if (card === undefined) return notDone('not_asked');
  const { valid_from: from, valid_until: until } = facts.typed;
  if (card.validFrom === from && card.validUntil === until) return pass();
  // A card of an earlier period was replaced; whoever holds it up may have found it.
  return from !== undefined && from < card.validFrom ? fail('replaced_card') : doubt('validity_differs');
});

const authority = rule('register.authority', '1', (facts) => {
  const card = found(facts)?.card;
  if (card === undefined) return notDone('not_asked');
  return card.authority === facts.typed.authority ? pass() : doubt('authority_differs');
});

const alive = rule('register.alive', '1', (facts) => {
  const known = found(facts);
  if (known === undefined) return notDone('not_asked');
  return known.deceased === true ? fail('deceased') : pass();
});

const card = rule('register.card', '1', (facts) => {
  const known = found(facts);
  if (known === undefined) return notDone('not_asked');
  return known.card.lost === true ? fail('reported_lost') : pass();
});

export const registerRules = [person, name, validity, authority, alive, card] as const;
