/** /apply/api: what the apply pages do. Cookies of the holder's session, from our own pages only. */
import { HufuError } from '../../shared/errors.ts';
import type { Database } from '../../shared/server/database.ts';
import { type AuthScheme, type Call, type RequestHead, type Route, route } from '../../shared/server/routes.ts';
import { sessionWire } from '../passkeys/index.ts';
import type { IssuerTables } from '../tables.ts';
import type { Applicant } from './applicant-acts.ts';
import { applicationJson, attemptsLeft, progressJson } from './apply-json.ts';
import type { Enrolment } from './enrolment.ts';
import { maxImageBytes } from './images.ts';
import type { ApplyFlows } from './ports.ts';
import * as wire from './wire.ts';

export interface ApplyRoutesDeps {
  readonly db: Database<IssuerTables>;
  readonly enrolment: Enrolment;
  /** Of holder accounts. */
  readonly auth: AuthScheme;
  /** The holder's session of a request that `auth` let pass. */
  readonly sessionOf: (head: RequestHead) => Promise<{ readonly id: string }>;
  /** Undefined: no wallet can lead here or be led back to. */
  readonly flows: ApplyFlows | undefined;
  /** What is applied for by those whom no wallet sent. */
  readonly defaultConfigurationIds: readonly string[];
}

const faceResults: Readonly<Record<string, 'completed' | 'captured'>> = {
  challenge_completed: 'completed',
  not_measured: 'captured',
};
const maxFaceBytes = 4 * 1024 * 1024;
/** Nothing that is served back can run, whatever it is taken for. */
const pictureHeaders = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Content-Disposition': 'attachment; filename="photo.jpg"',
} as const;

export function applyRoutes(deps: ApplyRoutesDeps): readonly Route[] {
  const { db, enrolment, auth, flows } = deps;
  const { applicant, face } = enrolment;
  const shared = { tag: 'apply', auth, origin: 'same', wireErrors: sessionWire } as const;
  const perAccount = (points: number) => ({ points, seconds: 600, key: (call: Caller) => accountOf(call) });
  const whole = { 200: { description: 'The application as it is now', schema: wire.applicationReply } };

  const current = async (call: Caller) => {
    const found = await enrolment.findForApplicant(accountOf(call));
    return { json: { application: found === undefined ? null : applicationJson(found) } };
  };

  return [
    route({
      ...shared,
      method: 'GET',
      path: '/apply/api/application',
      summary: 'The application under way, else the latest; null where there never was one',
      replies: whole,
      handle: current,
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/application',
      summary: 'Begin, or go on with what was begun; an approved one stays unless `again`',
      body: { type: 'json', schema: wire.openRequest },
      rate: perAccount(30),
      replies: { ...whole, 404: { description: 'state_unknown: no such flow' } },
      async handle(call) {
        const { flow, again } = call.body;
        const wanted = flow === undefined ? deps.defaultConfigurationIds : await flows?.configurationIdsOf(flow);
        if (wanted === undefined) throw new HufuError('state_unknown', { at: 'flow' });
        const found = await enrolment.findForApplicant(accountOf(call));
        const isApproved = found?.state === 'approved' && !found.replaced;
        if (!isApproved || again)
          await db.transaction((trx) => enrolment.openApplication(trx, accountOf(call), wanted));
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/consent',
      summary: 'The notice was read; how the face is compared, with the separate consent to a capture or without',
      body: { type: 'json', schema: wire.consentRequest },
      replies: { ...whole, 409: { description: 'consent_missing, application_state' } },
      async handle(call) {
        await applicant.consent(byOf(call), call.body);
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/evidence/:side',
      summary: 'A photo of one side of the card; it is read at once',
      params: wire.sideParams,
      body: {
        type: 'bytes',
        media: ['image/jpeg', 'image/png'],
        schema: wire.photoBody,
        maxBytes: maxImageBytes,
      },
      rate: perAccount(60),
      replies: {
        ...whole,
        409: { description: 'consent_missing, application_state' },
        413: { description: 'image_limit: over 8 MB or 40 megapixels, or a side under 200 pixels' },
        415: { description: 'image_invalid: not a still JPEG or PNG of 8 bits in grey or colour' },
      },
      async handle(call) {
        const mediaType = (call.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
        await applicant.putSide(byOf(call), call.params.side, { bytes: call.body, mediaType });
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/apply/api/evidence/:side',
      summary: 'The photo as it is kept, to its owner',
      params: wire.sideParams,
      replies: { 200: { description: 'The photo', type: 'image/jpeg' }, 404: { description: 'not_found' } },
      async handle(call) {
        const bytes = await enrolment.readOwnEvidence(accountOf(call), call.params.side);
        if (bytes === undefined) throw new HufuError('not_found');
        return { bytes, type: 'image/jpeg', headers: pictureHeaders };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/fields',
      summary: 'What stands on the card, as the applicant says; what is not named stays as it was',
      body: { type: 'json', schema: wire.fieldsRequest },
      replies: {
        ...whole,
        400: { description: 'id_format, id_check_digit, id_date, id_region; shape' },
        409: { description: 'consent_missing, application_state' },
      },
      async handle(call) {
        await applicant.putFields(byOf(call), call.body);
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/face/challenge',
      summary: 'What to do before the camera, in which order; at most five times',
      rate: perAccount(20),
      replies: {
        200: { description: 'The challenge', schema: wire.challengeReply },
        409: { description: 'consent_missing, attempts_exhausted, application_state' },
      },
      async handle(call) {
        const { id } = await deps.sessionOf(call);
        const { id: challenge, steps, expiresAt } = await face.createChallenge(byOf(call), id);
        return { json: { id: challenge, steps, expires_at: expiresAt } };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/face',
      summary: 'What was captured: a picture and a measurement for each step',
      body: { type: 'json', schema: wire.faceRequest, maxBytes: maxFaceBytes },
      rate: perAccount(20),
      replies: {
        200: { description: 'Whether the challenge was completed', schema: wire.faceReply },
        401: { description: 'challenge_unknown: answered, over, or of another session' },
      },
      async handle(call) {
        const { id } = await deps.sessionOf(call);
        const frames = call.body.frames.map(({ step, at_ms, image, measured }) => ({
          step,
          at: at_ms,
          jpeg: wire.frameBytes(image),
          measured,
        }));
        const answer = { challengeId: call.body.challenge, frames };
        const reason = await face.answerChallenge(byOf(call), id, answer);
        const view = await enrolment.findForApplicant(accountOf(call));
        return {
          json: {
            result: faceResults[reason] ?? 'not_completed',
            reason,
            attempts_left: view === undefined ? 0 : attemptsLeft(view),
          },
        };
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/counter-code',
      summary: 'The code that was given at a counter',
      body: { type: 'json', schema: wire.counterCodeRequest },
      rate: perAccount(10),
      replies: { ...whole, 400: { description: 'counter_code' } },
      async handle(call) {
        await applicant.useCounterCode(byOf(call), call.body.code);
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/send',
      summary: 'Send it; sending again changes nothing',
      replies: { ...whole, 409: { description: 'application_incomplete (`at` says what), application_state' } },
      async handle(call) {
        await enrolment.send(byOf(call));
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/withdraw',
      summary: 'End a draft, or what was asked back; the photos are gone at once',
      replies: { ...whole, 409: { description: 'application_state' } },
      async handle(call) {
        await applicant.withdraw(byOf(call));
        return current(call);
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/apply/api/progress',
      summary: 'How far it is, for a page that waits',
      replies: { 200: { description: 'State, who is waited for, since when', schema: wire.progressReply } },
      handle: async (call) => ({ json: progressJson(await enrolment.findForApplicant(accountOf(call))) }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/apply/api/return',
      summary: 'Back to the wallet, with what there is: an approved application or one that is waited for',
      body: { type: 'json', schema: wire.returnRequest },
      replies: { 200: { description: 'Where to go', schema: wire.returnReply }, 404: { description: 'state_unknown' } },
      async handle(call) {
        const accountId = accountOf(call);
        if (flows === undefined) throw new HufuError('state_unknown', { at: 'flow' });
        const found = await enrolment.findForApplicant(accountId);
        if (found === undefined) throw new HufuError('application_unknown');
        if (found.state === 'draft' || found.state === 'asked') throw new HufuError('application_state');
        return { json: { redirect: await flows.complete(call.body.flow, accountId, found.id) } };
      },
    }),
  ];
}

type Caller = Pick<Call, 'principal' | 'requestId'>;

function accountOf({ principal }: Pick<Caller, 'principal'>): string {
  if (principal === undefined) throw new TypeError('an apply route without its guard');
  return principal.id;
}

function byOf(call: Caller): Applicant {
  return { accountId: accountOf(call), requestId: call.requestId };
}
