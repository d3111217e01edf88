/**
 * Face, duplicates and the counter. A challenge that was completed shows that somebody did what was asked before a
 * camera or a program that stands in for one; it does not show a living person, and no reason here says so.
 */
import { doubt, fail, notDone, pass, rule, type ServiceAnswer } from './case.ts';

const challenge = rule('face.challenge', '1', ({ face }) => {
  if (face.way !== 'camera') return notDone(face.way === undefined ? 'not_chosen' : 'without_camera');
  if (face.challenge === undefined) return notDone('not_answered');
  return [face.challenge.result, face.challenge.reason];
});

const match = rule('face.match', '1', ({ face }) => judged(face.match));
const liveness = rule('face.liveness', '1', ({ face }) => judged(face.liveness));

/** What is not certified may lower trust and never raises it. */
function judged(given: ServiceAnswer) {
  if (given.kind !== 'answered') return notDone(given.kind === 'off' ? 'person_compares' : 'service_down');
  if (given.answer === 'no') return given.certified ? fail('service_refused') : doubt('hint_against');
  if (!given.certified) return notDone('person_compares');
  return given.answer === 'yes' ? pass('service_confirmed') : doubt('service_unsure');
}

const underWay = rule('duplicate.application', '1', ({ duplicates }) =>
  duplicates.underWay ? doubt('another_under_way') : pass(),
);

const holder = rule('duplicate.holder', '1', ({ duplicates }) => {
  if (duplicates.holder === 'other-account') return doubt('other_account');
  return pass(duplicates.holder === 'same-account' ? 'replacement' : 'first');
});

const counter = rule('counter.code', '1', ({ counterCode }) => {
  if (counterCode === 'none') return notDone('no_code');
  return counterCode === 'used' ? pass('seen_at_counter') : fail('code_of_another_number');
});

export const faceRules = [challenge, match, liveness] as const;
export const standingRules = [underWay, holder, counter] as const;
