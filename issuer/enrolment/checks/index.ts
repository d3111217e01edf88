/** Every check of an application, by name, with the version of its rule. Pure: facts in, findings out. */
import { agreementRules } from './agreement.ts';
import { cardRules } from './card.ts';
import type { Case, Finding } from './case.ts';
import { faceRules, standingRules } from './face.ts';
import { numberRules } from './number.ts';
import { registerRules } from './register.ts';

export type { Case, Finding, ServiceAnswer } from './case.ts';

const rules = [
  ...cardRules,
  ...numberRules,
  ...agreementRules,
  ...faceRules,
  ...registerRules,
  ...standingRules,
] as const;

export type CheckName = (typeof rules)[number]['name'];

export const checkNames: readonly CheckName[] = rules.map(({ name }) => name);

export function runChecks(facts: Case): readonly Finding[] {
  return rules.map(({ name, version, check }) => {
    const [result, reason] = check(facts);
    return { name, result, reason, ruleVersion: version };
  });
}
