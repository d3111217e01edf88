/** A claimed application as the console gets it, with names and numbers or without. */
import type * as z from 'zod';
import { ethnicGroupName, maskName, maskNumber } from '../../shared/id-card/index.ts';
import type { ReviewView } from '../enrolment/index.ts';
import { isAgainstRegister, type OpenedCase } from './review.ts';
import type { caseReply } from './wire.ts';

type CaseJson = z.output<typeof caseReply>;
type FieldJson = CaseJson['fields'][number];
type Kept = { readonly text: string; readonly doubtful: boolean } | undefined;

/** The checks that compare this field with the register; what is not named here the register is not asked for. */
const registerChecks: Readonly<Record<string, string>> = {
  name: 'register.name',
  number: 'register.person',
  valid_until: 'register.validity',
  authority: 'register.authority',
};

export function caseJson({ view, proposal, needsSecond }: OpenedCase, by: string, unmasked: boolean): CaseJson {
  return {
    id: view.id,
    version: view.version,
    reason: view.reason ?? null,
    priority: view.priority,
    sent_at: view.sentAt ?? null,
    claimed_until: view.claimedUntil ?? null,
    masked: !unmasked,
    face: { way: view.face.way ?? null, result: view.face.result ?? null },
    fields: fieldsOf(view, unmasked ? plain : mask),
    evidence: view.evidence.map(({ id, kind, width, height }) => ({ id, kind, width, height })),
    checks: view.checks.map(({ name, result, reason, rule_version: rule }) => ({ name, result, reason, rule })),
    needs_second: [...needsSecond],
    against_register: isAgainstRegister(view),
    proposal:
      proposal === undefined
        ? null
        : {
            decision: proposal.decision,
            reason: proposal.reason,
            note: proposal.note ?? null,
            by: proposal.byName,
            mine: proposal.by === by,
            at: proposal.at,
          },
  };
}

type Show = (name: string, text: string) => string;
const plain: Show = (_name, text) => text;
/** Sex and validity say little; everything else is a word of the person's. */
const mask: Show = (name, text) => {
  if (name === 'name') return maskName(text);
  if (name === 'number') return maskNumber(text);
  return ['sex', 'valid_from', 'valid_until'].includes(name) ? text : '***';
};

function fieldsOf(view: ReviewView, show: Show): FieldJson[] {
  const { typed, readFront, readBack, checks } = view;
  const front = readFront?.fields;
  const back = readBack?.fields;
  const sex = typed.sex === undefined ? undefined : typed.sex === 1 ? '男' : '女';
  const ethnicity = typed.ethnicity === undefined ? undefined : ethnicGroupName(typed.ethnicity, 'zh-Hans');
  const rows: readonly (readonly [string, string | undefined, Kept])[] = [
    ['name', typed.name, front?.name],
    ['sex', sex, front?.sex],
    ['ethnicity', ethnicity, front?.ethnicity],
    ['birthdate', typed.birthdate, front?.birthdate],
    ['address', typed.address, front?.address],
    ['number', typed.number, front?.number],
    ['authority', typed.authority, back?.authority],
    ['valid_from', typed.valid_from, back?.validFrom],
    ['valid_until', typed.valid_until, back?.validUntil],
  ];
  return rows.map(([name, said, read]) => {
    const compared = checks.find((check) => check.name === registerChecks[name])?.result;
    return {
      name,
      typed: said === undefined ? null : show(name, said),
      read: read === undefined ? null : { text: show(name, read.text), doubtful: read.doubtful },
      register: compared === 'pass' ? 'agrees' : compared === 'fail' || compared === 'doubt' ? 'differs' : 'unknown',
    };
  });
}
