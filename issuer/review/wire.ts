/** Words of the console's API: snake_case, times in epoch seconds. */
import * as z from 'zod';
import type { WireErrors } from '../../shared/server/wire.ts';
import { approveReasons, askReasons, refuseReasons } from '../enrolment/index.ts';
import { assertionResponse, registrationResponse, sessionWire } from '../passkeys/index.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const time = z.int().min(0);
const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const version = z.int().min(1);
const note = z.string().min(1).max(500).optional();

export const nothing = z.strictObject({});
export const idParams = z.object({ id });
export const evidenceParams = z.object({ id, evidence: id });
export const inviteRequest = z.strictObject({ token });
export const acceptRequest = z.strictObject({ token, passkey: registrationResponse });
export const signInRequest = assertionResponse;
export const versionRequest = z.strictObject({ version });
export const verdictRequest = z.discriminatedUnion('decision', [
  z.strictObject({ version, decision: z.literal('approve'), reason: z.enum(approveReasons), note }),
  z.strictObject({ version, decision: z.literal('refuse'), reason: z.enum(refuseReasons), note }),
  z.strictObject({ version, decision: z.literal('ask'), reason: z.enum(askReasons), note }),
]);
export const counterRequest = z.strictObject({ number: z.string().min(1).max(32) });
export const auditQuery = z.strictObject({ object: z.string().min(1).max(64) });

export const me = z.object({ id, name: z.string(), roles: z.array(z.string()) });
export const queueReply = z.object({
  applications: z.array(
    z.object({
      id,
      sent_at: time.nullable(),
      reason: z.string().nullable(),
      priority: z.boolean(),
      claim: z.enum(['free', 'mine', 'other']),
      claimed_until: time.nullable(),
      second: z.enum(['none', 'mine', 'other']).meta({ description: 'A proposal waits for a second person; whose' }),
    }),
  ),
});

const read = z.object({ text: z.string(), doubtful: z.boolean() }).nullable();
const decision = z.enum(['approve', 'refuse', 'ask']);

export const caseReply = z.object({
  id,
  version,
  reason: z.string().nullable(),
  priority: z.boolean(),
  sent_at: time.nullable(),
  claimed_until: time.nullable(),
  masked: z.boolean(),
  face: z.object({ way: z.string().nullable(), result: z.string().nullable() }),
  fields: z.array(
    z.object({
      name: z.string(),
      typed: z.string().nullable(),
      read,
      register: z.enum(['agrees', 'differs', 'unknown']),
    }),
  ),
  evidence: z.array(z.object({ id, kind: z.string(), width: z.int(), height: z.int() })),
  checks: z.array(z.object({ name: z.string(), result: z.string(), reason: z.string(), rule: z.string() })),
  needs_second: z.array(decision),
  against_register: z.boolean(),
  proposal: z
    .object({ decision, reason: z.string(), note: z.string().nullable(), by: z.string(), mine: z.boolean(), at: time })
    .nullable(),
});

export const verdictReply = z.object({ outcome: z.enum(['decided', 'proposed']) });
export const counterReply = z.object({ code: z.string(), expires_at: time });
export const figuresReply = z.object({
  waiting: z.int(),
  oldest_at: time.nullable(),
  median_seconds: z.int().nullable(),
  outcomes: z.array(z.object({ state: z.string(), reason: z.string(), count: z.int() })),
  by_person: z.array(z.object({ name: z.string(), count: z.int() })).optional(),
});
export const auditReply = z.object({
  entries: z.array(
    z.object({
      at: time,
      actor: z.string(),
      role: z.string(),
      action: z.string(),
      outcome: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});

export const consoleWire: WireErrors = {
  style: 'problem',
  table: {
    ...sessionWire.table,
    application_state: {
      status: 409,
      error: 'application_state',
      description: 'The application has changed since it was looked at.',
    },
    person_unknown: {
      status: 409,
      error: 'person_unknown',
      description: 'The register does not know this person: there is nobody to approve.',
    },
  },
};
