import type { JsonObject } from '../../shared/encoding/index.ts';
import { HufuError } from '../../shared/errors.ts';
import { type Route, route } from '../../shared/server/routes.ts';
import type { CreatedOffer, OfferView } from '../issuance/index.ts';
import { type AdminCalls, type AdminDeps, actorOf, onceHeaders } from './calls.ts';
import * as wire from './wire.ts';

/** Offers: made for a person by number (in the body, never in an address), looked at and cancelled by id. */
export function offerRoutes(deps: AdminDeps, calls: AdminCalls): readonly Route[] {
  const { clock, catalogue, offers } = deps;
  const { auth, findPerson, recordLook, once } = calls;
  const shared = { tag: 'admin', wireErrors: wire.adminWire } as const;

  return [
    route({
      ...shared,
      method: 'POST',
      path: '/admin/offers',
      summary: 'Offer credentials to a person in the register',
      describedHeaders: onceHeaders,
      auth: auth('issuer-operator'),
      body: { type: 'json', schema: wire.offerRequest },
      replies: {
        201: { description: 'The offer; the transaction code is told this once', schema: wire.createdOffer },
        400: { description: 'id_format, id_check_digit, id_date, id_region, id_kind, unknown_configuration' },
        404: { description: 'person_unknown' },
        409: { description: 'person_ineligible, idempotency_mismatch' },
      },
      handle: async (call) => {
        const { body } = call;
        const { ref, person } = await findPerson(body.number);
        for (const id of body.configuration_ids) {
          const configuration = catalogue.findConfiguration(id);
          if (configuration === undefined) throw new HufuError('unknown_configuration');
          catalogue.checkEligible(configuration, person, clock.now());
        }
        const json = await once(call, body, async (trx) =>
          offerJson(
            await offers.createOffer(trx, {
              personId: ref,
              configurationIds: body.configuration_ids,
              txCode: body.tx_code,
              byReference: body.by_reference,
              lifetimeSeconds: body.lifetime_seconds,
              actor: actorOf(call, 'issuer-operator'),
            }),
          ),
        );
        return { status: 201, json };
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/admin/offers/:id',
      summary: 'State of an offer',
      auth: auth('issuer-operator', 'auditor'),
      params: wire.idParams,
      replies: { 200: { description: 'The offer', schema: wire.offerView }, 404: { description: 'offer_unknown' } },
      handle: async (call) => {
        const found = await offers.findOffer(call.params.id);
        if (found === undefined) throw new HufuError('offer_unknown');
        await recordLook(call, 'offer.read', found.offerId);
        return { json: offerViewJson(found) };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/admin/offers/:id/cancel',
      summary: 'End an offer nobody has redeemed',
      describedHeaders: onceHeaders,
      auth: auth('issuer-operator'),
      params: wire.idParams,
      replies: {
        200: { description: 'The offer as it is now', schema: wire.offerView },
        404: { description: 'offer_unknown' },
        409: { description: 'offer_ended, idempotency_mismatch' },
      },
      handle: async (call) => {
        const { id } = call.params;
        await once(call, {}, async (trx) => {
          await offers.cancelOffer(trx, id, actorOf(call, 'issuer-operator'));
          return {};
        });
        const found = await offers.findOffer(id);
        if (found === undefined) throw new HufuError('offer_unknown');
        return { json: offerViewJson(found) };
      },
    }),
  ];
}

function offerJson(created: CreatedOffer): JsonObject {
  return {
    offer_id: created.offerId,
    credential_offer: JSON.parse(JSON.stringify(created.offer)),
    link: created.link,
    ...(created.reference !== undefined && { credential_offer_uri: created.reference }),
    ...(created.txCode !== undefined && { tx_code: created.txCode }),
    expires_at: created.expiresAt,
  };
}

function offerViewJson(view: OfferView): JsonObject {
  return {
    offer_id: view.offerId,
    person_ref: view.personId,
    configuration_ids: [...view.configurationIds],
    state: view.state,
    created_at: view.createdAt,
    created_by: view.createdBy,
    expires_at: view.expiresAt,
    ...(view.redeemedAt !== undefined && { redeemed_at: view.redeemedAt }),
  };
}
