import * as z from 'zod/mini';
import { HufuError } from '../../shared/errors.ts';
import { civilDateAt, isCivilDate } from '../../shared/id-card/index.ts';
import { recordAudit } from '../../shared/server/audit.ts';
import { type AuthScheme, type Route, route } from '../../shared/server/routes.ts';
import { apiErrors, createReader, type RequestDeps, requestId } from '../requests/index.ts';
import { maskedGuest, parseGuestEntry } from './guest-entry.ts';
import { completeRequest, rejectRequest } from './keep-record.ts';
import { findDay, getRecord, type RecordRow } from './store.ts';

const idParams = z.object({ id: requestId });
const completeBody = z.strictObject({ portrait_compared: z.boolean() });
const dayQuery = z.object({ day: z.optional(z.string().check(z.refine(isCivilDate))) });

const listed = z.object({
  id: z.string(),
  scene: z.string(),
  created_at: z.int(),
  retain_until: z.int(),
  room: z.optional(z.string()),
  guest: z.optional(z.int()),
  guests: z.optional(z.int()),
  reference: z.optional(z.string()),
  name: z.string(),
  number: z.string(),
});
const dayList = z.object({ day: z.string(), records: z.array(listed) });
const whole = z.object({
  id: z.string(),
  scene: z.string(),
  created_at: z.int(),
  retain_until: z.int(),
  entry: z.record(z.string(), z.unknown()),
});

export interface RecordRoutesOptions {
  readonly deps: RequestDeps;
  readonly caller: AuthScheme;
}

export function recordRoutes({ deps, caller }: RecordRoutesOptions): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/requests/:id/complete',
      summary: 'The person was seen and is who the portrait shows: keep what the scene keeps, give up the rest',
      tag: 'records',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      body: { type: 'json', schema: completeBody, maxBytes: 1_024 },
      replies: { 204: { description: 'Kept.' }, 409: { description: 'Not accepted, or decided already.' } },
      handle: async (call) => {
        const act = { id: call.params.id, isPortraitCompared: call.body.portrait_compared, requestId: call.requestId };
        await completeRequest(deps, createReader(call), act);
        return {};
      },
    }),
    route({
      method: 'POST',
      path: '/api/requests/:id/reject',
      summary: 'The portrait is of somebody else: keep nothing',
      tag: 'records',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: { 204: { description: 'Nothing is kept.' }, 409: { description: 'Not accepted, or decided already.' } },
      handle: async (call) => {
        await rejectRequest(deps, createReader(call), { id: call.params.id, requestId: call.requestId });
        return {};
      },
    }),
    route({
      method: 'GET',
      path: '/api/records',
      summary: 'The register of one civil day (UTC+8), today unless said; names and numbers masked',
      tag: 'records',
      auth: caller,
      wireErrors: apiErrors,
      query: dayQuery,
      replies: { 200: { description: 'Newest first.', schema: dayList } },
      handle: async (call) => {
        const now = deps.clock.now();
        const day = call.query.day ?? civilDateAt(now);
        const rows = await findDay(deps.db.kysely, deps.envelope, day, now);
        return { json: { day, records: rows.map(listedView) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/records/:id',
      summary: 'One entry of the register in full; every look is on record',
      tag: 'records',
      auth: caller,
      wireErrors: apiErrors,
      params: idParams,
      replies: {
        200: { description: 'The entry.', schema: whole },
        404: { description: 'Unknown, or kept no longer.' },
      },
      handle: async (call) => {
        if (call.principal === undefined) throw new HufuError('unauthenticated');
        const { id: actor, roles } = call.principal;
        const entry = {
          at: deps.clock.now(),
          actor,
          role: roles[0] ?? '-',
          action: 'record.read',
          object: call.params.id,
        };
        const row = await deps.db.transaction(async (trx) => {
          await recordAudit(trx, { ...entry, outcome: 'done', requestId: call.requestId });
          return getRecord(trx, deps.envelope, call.params.id, deps.clock.now());
        });
        const { id, scene, created_at, retain_until } = row;
        return { json: { id, scene, created_at, retain_until, entry: parseGuestEntry(row.entry) } };
      },
    }),
  ];
}

function listedView(row: RecordRow) {
  const entry = parseGuestEntry(row.entry);
  const { room, guest, guests, reference } = entry;
  const { id, scene, created_at, retain_until } = row;
  return { id, scene, created_at, retain_until, room, guest, guests, reference, ...maskedGuest(entry) };
}
