import { HufuError } from '../../shared/errors.ts';
import { readAudit, recordAudit } from '../../shared/server/audit.ts';
import { type Call, type Route, route } from '../../shared/server/routes.ts';
import type { Enrolment } from '../enrolment/index.ts';
import { caseJson } from './case-json.ts';
import { figuresOf } from './figures.ts';
import { type GuardDeps, staffGuard } from './guard.ts';
import type { Review, Reviewer } from './review.ts';
import { may } from './roles.ts';
import { findStaff } from './staff-store.ts';
import * as wire from './wire.ts';

export interface ReviewRoutesDeps extends GuardDeps {
  readonly review: Review;
  readonly enrolment: Enrolment;
}

/** Nothing that is served can run, whatever it is taken for. */
const pictureHeaders = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Content-Disposition': 'attachment; filename="photo.jpg"',
} as const;

export function reviewRoutes(deps: ReviewRoutesDeps): readonly Route[] {
  const { db, clock, review, enrolment } = deps;
  const shared = { tag: 'console', origin: 'same', wireErrors: wire.consoleWire } as const;
  const reviewers = { ...shared, auth: staffGuard(deps, may.review, 'review') } as const;
  const empty = { type: 'json', schema: wire.nothing, maxBytes: 16 } as const;
  const versioned = { type: 'json', schema: wire.versionRequest, maxBytes: 64 } as const;
  const done = { 204: { description: 'Done.' } } as const;
  const refused = {
    403: { description: 'forbidden: one’s own application or proposal' },
    404: { description: 'not_found: nothing under review has this id' },
    409: { description: 'conflict: not in your hands, or waiting for a second person; application_state' },
  } as const;
  const whole = { 200: { description: 'The application', schema: wire.caseReply }, ...refused };

  return [
    route({
      ...shared,
      auth: staffGuard(deps, may.enter, 'console'),
      method: 'GET',
      path: '/console/api/me',
      summary: 'Who is signed in',
      replies: { 200: { description: 'Name and roles', schema: wire.me } },
      async handle(call) {
        const { id } = byOf(call);
        const staff = await findStaff(db.kysely, id);
        if (staff === undefined) throw new HufuError('unauthenticated');
        return { json: { id, name: staff.name, roles: staff.roles.split(' ') } };
      },
    }),
    route({
      ...reviewers,
      method: 'GET',
      path: '/console/api/queue',
      summary: 'What waits for a decision, urgent ones first; never one’s own',
      replies: { 200: { description: 'The queue', schema: wire.queueReply } },
      async handle(call) {
        const by = byOf(call);
        const now = clock.now();
        const applications = (await review.queue(by)).map((row) => ({
          id: row.id,
          sent_at: row.sent_at,
          reason: row.reason,
          priority: row.priority === 1,
          claim: row.claimed_by === null || (row.claimed_until ?? 0) <= now ? 'free' : whose(row.claimed_by, by),
          claimed_until: row.claimed_until,
          second: row.proposed_by === null ? 'none' : whose(row.proposed_by, by),
        }));
        return { json: { applications } };
      },
    }),
    route({
      ...reviewers,
      method: 'POST',
      path: '/console/api/applications/:id/claim',
      summary: 'Take it in hand for 15 minutes; one at a time',
      params: wire.idParams,
      body: empty,
      replies: whole,
      async handle(call) {
        const by = byOf(call);
        await review.claim(by, call.params.id);
        return { json: caseJson(await review.open(by, call.params.id, false), by.id, false) };
      },
    }),
    route({
      ...reviewers,
      method: 'POST',
      path: '/console/api/applications/:id/release',
      summary: 'Put it back',
      params: wire.idParams,
      body: empty,
      replies: { ...done, ...refused },
      async handle(call) {
        await review.release(byOf(call), call.params.id);
        return {};
      },
    }),
    route({
      ...shared,
      auth: staffGuard(deps, may.handOver, 'hand-over'),
      method: 'POST',
      path: '/console/api/applications/:id/hand-over',
      summary: 'Take it out of somebody’s hands',
      params: wire.idParams,
      body: empty,
      replies: { ...done, ...refused },
      async handle(call) {
        await review.handOver(byOf(call), call.params.id);
        return {};
      },
    }),
    route({
      ...reviewers,
      method: 'GET',
      path: '/console/api/applications/:id',
      summary: 'The one in hand, names and numbers masked',
      params: wire.idParams,
      replies: whole,
      async handle(call) {
        const by = byOf(call);
        return { json: caseJson(await review.open(by, call.params.id, false), by.id, false) };
      },
    }),
    route({
      ...reviewers,
      method: 'POST',
      path: '/console/api/applications/:id/look',
      summary: 'The one in hand in full; each look is recorded',
      params: wire.idParams,
      body: empty,
      replies: whole,
      async handle(call) {
        const by = byOf(call);
        return { json: caseJson(await review.open(by, call.params.id, true), by.id, true) };
      },
    }),
    route({
      ...reviewers,
      method: 'GET',
      path: '/console/api/applications/:id/evidence/:evidence',
      summary: 'A picture of the one in hand; each look is recorded',
      params: wire.evidenceParams,
      replies: { 200: { description: 'The picture', type: 'image/jpeg' }, ...refused },
      async handle(call) {
        const { id, evidence: evidenceId } = call.params;
        const bytes = await review.readEvidence(byOf(call), { id, evidenceId });
        return { bytes, type: 'image/jpeg', headers: pictureHeaders };
      },
    }),
    route({
      ...reviewers,
      method: 'POST',
      path: '/console/api/applications/:id/decision',
      summary: 'Approve, refuse or ask; or put it before a second person where that is the rule',
      params: wire.idParams,
      body: { type: 'json', schema: wire.verdictRequest, maxBytes: 4_096 },
      replies: { 200: { description: 'Decided, or proposed', schema: wire.verdictReply }, ...refused },
      async handle(call) {
        const { note, ...verdict } = call.body;
        const outcome = await review.decide(byOf(call), call.params.id, {
          ...verdict,
          ...(note !== undefined && { note }),
        });
        return { json: { outcome } };
      },
    }),
    route({
      ...reviewers,
      method: 'POST',
      path: '/console/api/applications/:id/confirm',
      summary: 'The second person agrees: it is decided as proposed',
      params: wire.idParams,
      body: versioned,
      replies: { ...done, ...refused },
      async handle(call) {
        await review.confirm(byOf(call), call.params.id, call.body.version);
        return {};
      },
    }),
    route({
      ...reviewers,
      method: 'POST',
      path: '/console/api/applications/:id/decline',
      summary: 'The proposal is off the table',
      params: wire.idParams,
      body: versioned,
      replies: { ...done, ...refused },
      async handle(call) {
        await review.decline(byOf(call), call.params.id, call.body.version);
        return {};
      },
    }),
    route({
      ...shared,
      auth: staffGuard(deps, may.giveCodes, 'counter-codes'),
      method: 'POST',
      path: '/console/api/counter-codes',
      summary: 'A one-time code for a person who was seen at the counter with their card',
      body: { type: 'json', schema: wire.counterRequest, maxBytes: 128 },
      replies: {
        200: { description: 'The code, shown this once', schema: wire.counterReply },
        400: { description: 'id_format, id_check_digit, id_date, id_region' },
      },
      async handle(call) {
        const by = byOf(call);
        const code = await db.transaction((trx) => enrolment.createCounterCode(trx, { ...call.body, by }));
        return { json: { code: code.code, expires_at: code.expiresAt } };
      },
    }),
    route({
      ...shared,
      auth: staffGuard(deps, may.count, 'figures'),
      method: 'GET',
      path: '/console/api/figures',
      summary: 'The last 24 hours in numbers; by person for supervisors and auditors',
      replies: { 200: { description: 'Waiting, median time, outcomes', schema: wire.figuresReply } },
      async handle(call) {
        const byPerson = may.countByPerson.some((role) => call.principal?.roles.includes(role));
        return { json: await figuresOf(db.kysely, { now: clock.now(), byPerson }) };
      },
    }),
    route({
      ...shared,
      auth: staffGuard(deps, may.readAudit, 'audit'),
      method: 'GET',
      path: '/console/api/audit',
      summary: 'What was done to one object; that it was read is recorded',
      query: wire.auditQuery,
      replies: { 200: { description: 'Oldest first, at most 1000', schema: wire.auditReply } },
      async handle(call) {
        const { id: actor, role, requestId } = byOf(call);
        const found = await readAudit(db.kysely, call.query);
        const entries = found.map(({ at, actor: who, role: as, action, outcome, reason = null }) => {
          return { at, actor: who, role: as, action, outcome, reason };
        });
        const entry = { at: clock.now(), actor, role, requestId, action: 'audit.read', outcome: 'done' } as const;
        await db.transaction((trx) => recordAudit(trx, { ...entry, object: call.query.object }));
        return { json: { entries } };
      },
    }),
  ];
}

function byOf({ principal, requestId }: Pick<Call, 'principal' | 'requestId'>): Reviewer {
  if (principal === undefined) throw new TypeError('a console route without its guard');
  return { id: principal.id, role: principal.roles.join(' '), requestId };
}

function whose(id: string, by: Reviewer): 'mine' | 'other' {
  return id === by.id ? 'mine' : 'other';
}
