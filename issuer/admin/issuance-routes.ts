import type { $ZodType } from 'zod/v4/core';
import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import type { StatusAct } from '../lifecycle/index.ts';
import { actOnIssuance } from './act-on-issuance.ts';
import { type AdminCalls, type AdminDeps, actorOf, onceHeaders } from './calls.ts';
import { findIssuances, type IssuanceEntry } from './issuance-list-store.ts';
import type { ActReason } from './reasons.ts';
import { actsOn } from './store.ts';
import * as wire from './wire.ts';

type ActSchema = $ZodType<{ readonly reason: ActReason }>;

/** Issuances: listed, found by person, and what officials do to them. */
export function issuanceAdminRoutes(deps: AdminDeps, calls: AdminCalls): readonly Route[] {
  const { db, clock, issuances, lifecycle } = deps;
  const { auth, findPerson, recordLook, once } = calls;
  const readers = auth('issuer-operator', 'lifecycle-operator', 'auditor');
  const shared = { tag: 'admin', wireErrors: wire.adminWire } as const;

  function actRoute(act: StatusAct, schema: ActSchema, summary: string): Route {
    return route({
      ...shared,
      method: 'POST',
      path: `/admin/issuances/:id/${act}`,
      summary,
      describedHeaders: onceHeaders,
      auth: auth('lifecycle-operator'),
      params: wire.idParams,
      body: { type: 'json', schema },
      replies: {
        200: { description: 'The issuance as it is now', schema: wire.issuanceView },
        404: { description: 'credential_unknown' },
        409: { description: 'credential_revoked, credential_state, idempotency_mismatch' },
      },
      handle: async (call) => {
        const issuanceId = call.params.id;
        const { reason } = call.body;
        const actor = actorOf(call, 'lifecycle-operator');
        await once(call, { reason }, async (trx) => {
          await actOnIssuance(trx, { issuanceId, act, reason, actor, now: clock.now() }, { issuances, lifecycle });
          return {};
        });
        return { json: await viewIssuance(issuanceId) };
      },
    });
  }

  async function viewIssuance(id: string): Promise<JsonObject> {
    const { entries } = await findIssuances(db.kysely, { id, limit: 1 }, { now: clock.now() });
    const [entry] = entries;
    if (entry === undefined) throw new HufuError('credential_unknown');
    return { ...entryJson(entry), acts: [...(await actsOn(db.kysely, id))] };
  }

  return [
    route({
      ...shared,
      method: 'GET',
      path: '/admin/issuances',
      summary: 'Issuances, newest first',
      auth: readers,
      query: wire.issuanceQuery,
      replies: { 200: { description: 'One page', schema: wire.issuancePage } },
      handle: async (call) => {
        const { configuration_id: configurationId, state, cursor, limit } = call.query;
        const page = await findIssuances(
          db.kysely,
          {
            limit: Number(limit ?? 50),
            ...(configurationId !== undefined && { configurationId }),
            ...(state !== undefined && { state }),
            ...(cursor !== undefined && { cursor }),
          },
          { now: clock.now() },
        );
        await recordLook(call, 'issuance.list', '-');
        return { json: pageJson(page) };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/admin/issuances/search',
      summary: 'Issuances to one person, by number',
      auth: readers,
      body: { type: 'json', schema: wire.searchRequest },
      replies: { 200: { description: 'One page', schema: wire.issuancePage }, 404: { description: 'person_unknown' } },
      handle: async (call) => {
        const { number, cursor, limit } = call.body;
        const { ref } = await findPerson(number);
        const filter = { personRef: ref, limit, ...(cursor !== undefined && { cursor }) };
        const page = await findIssuances(db.kysely, filter, { now: clock.now() });
        await recordLook(call, 'issuance.search', ref);
        return { json: pageJson(page) };
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/admin/issuances/:id',
      summary: 'One issuance and what officials did to it',
      auth: readers,
      params: wire.idParams,
      replies: {
        200: { description: 'The issuance', schema: wire.issuanceView },
        404: { description: 'credential_unknown' },
      },
      handle: async (call) => {
        const json = await viewIssuance(call.params.id);
        await recordLook(call, 'issuance.read', call.params.id);
        return { json };
      },
    }),
    actRoute('suspend', wire.actRequests.suspend, 'Suspend all copies of an issuance'),
    actRoute('resume', wire.actRequests.resume, 'Make a suspended issuance valid again'),
    actRoute('revoke', wire.actRequests.revoke, 'Revoke all copies of an issuance, for good'),
  ];
}

function pageJson(page: {
  readonly entries: readonly IssuanceEntry[];
  readonly cursor: string | undefined;
}): JsonObject {
  return { issuances: page.entries.map(entryJson), ...(page.cursor !== undefined && { cursor: page.cursor }) };
}

function entryJson(entry: IssuanceEntry): JsonObject {
  return {
    issuance_id: entry.id,
    offer_id: entry.offerId,
    person_ref: entry.personRef,
    configuration_id: entry.configurationId,
    state: entry.state,
    issued_at: entry.issuedAt,
    expires_at: entry.expiresAt,
    ...(entry.acceptedAt !== null && { accepted_at: entry.acceptedAt }),
    ...(entry.endedAt !== null && { ended_at: entry.endedAt }),
    ...(entry.endReason !== null && { end_reason: entry.endReason }),
  };
}
