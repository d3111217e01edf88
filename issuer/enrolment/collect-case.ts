/** Everything the checks need to know of an application, from where it is: our tables, the register, face services. */

import { codeOf, HufuError } from '../../shared/errors.ts';
import { civilDateAt, type IdNumber } from '../../shared/id-card/index.ts';
import type { Case, ServiceAnswer } from './checks/index.ts';
import { findUse } from './counter-codes.ts';
import { isCounty } from './counties.ts';
import type { EnrolmentDeps, Trx } from './deps.ts';
import { findEvidence, openEvidence } from './evidence-store.ts';
import { parseSteps } from './face-challenge.ts';
import { findAnswered } from './face-store.ts';
import type { FaceAnswer, FaceService } from './ports.ts';
import { askRegister, type RegisterAnswer } from './register-answer.ts';
import { openFields } from './sealed-fields.ts';
import { type ApplicationRow, findActiveOf, isNumberUnderWay } from './store.ts';

/** Outside a transaction: it waits for others. */
export async function collectCase(row: ApplicationRow, deps: EnrolmentDeps): Promise<Case> {
  const db = deps.db.kysely;
  const { typed, readFront, readBack } = await openFields(db, deps.envelope, row);
  const evidence = await findEvidence(db, row.id);
  const hashOf = (kind: 'front' | 'back') => evidence.find((one) => one.kind === kind)?.sha256;
  const number = numberOf(typed.number ?? '', deps);
  const region = 'refused' in number ? '' : (number.regionCode ?? '');
  const register = await askRegister(deps.register, number, deps.idCard);
  const answered = await findAnswered(db, row.id);
  const services = await askServices(row, { register, deps });
  return {
    today: civilDateAt(deps.clock.now()),
    typed,
    number,
    isKnownCounty: isCounty(region) || deps.extraCounties.includes(region),
    front: hashOf('front'),
    back: hashOf('back'),
    readFront,
    readBack,
    face: {
      way: row.face_way ?? undefined,
      challenge: answered?.result == null ? undefined : { result: answered.result, reason: answered.reason ?? '' },
      ...services,
    },
    register,
    duplicates: await findDuplicates(db, row, register),
    counterCode: row.number_index === null ? 'none' : await findUse(db, row.id, row.number_index),
  };
}

function numberOf(text: string, { idCard }: EnrolmentDeps): IdNumber | { readonly refused: string } {
  try {
    return idCard.parseIdNumber(text);
  } catch (error) {
    if (!(error instanceof HufuError)) throw error;
    return { refused: codeOf(error) };
  }
}

async function findDuplicates(db: Trx, row: ApplicationRow, register: RegisterAnswer): Promise<Case['duplicates']> {
  const underWay = row.number_index !== null && (await isNumberUnderWay(db, row.number_index, row.id));
  const active = register.kind === 'found' ? await findActiveOf(db, register.ref) : undefined;
  if (active === undefined) return { underWay, holder: 'none' };
  return { underWay, holder: active.account_id === row.account_id ? 'same-account' : 'other-account' };
}

/** The register's portrait is what a face is compared with; a card's own portrait proves only the card. */
async function askServices(
  row: ApplicationRow,
  { register, deps }: { readonly register: RegisterAnswer; readonly deps: EnrolmentDeps },
): Promise<{ readonly match: ServiceAnswer; readonly liveness: ServiceAnswer }> {
  const off = { kind: 'off' } as const;
  const { faceMatcher, livenessChecker } = deps;
  const answered = await findAnswered(deps.db.kysely, row.id);
  if (row.face_way !== 'camera' || row.face_consent_at === null || answered?.result !== 'pass') {
    return { match: off, liveness: off };
  }
  const frames = await openCaptures(row.id, deps);
  const reference = register.kind === 'found' ? register.person.picture : undefined;
  if (frames.length === 0) return { match: off, liveness: off };
  return {
    match:
      faceMatcher === undefined || reference === undefined
        ? off
        : await askService(faceMatcher, () => faceMatcher.match({ reference, frames })),
    liveness:
      livenessChecker === undefined
        ? off
        : await askService(livenessChecker, () => livenessChecker.check({ frames, steps: parseSteps(answered.steps) })),
  };
}

async function askService(service: FaceService, ask: () => Promise<FaceAnswer>): Promise<ServiceAnswer> {
  try {
    return { kind: 'answered', answer: await ask(), service: service.name, certified: service.certified };
  } catch (error) {
    if (!(error instanceof HufuError)) throw error;
    return { kind: 'down' };
  }
}

async function openCaptures(applicationId: string, { db, envelope }: EnrolmentDeps): Promise<readonly Uint8Array[]> {
  const captures = (await findEvidence(db.kysely, applicationId)).filter(({ kind }) => kind === 'capture');
  const frames: Uint8Array[] = [];
  for (const { id } of captures) {
    const frame = await openEvidence(db.kysely, envelope, { applicationId, id });
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}
