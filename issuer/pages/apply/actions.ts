import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { ApiError, act, get, post } from './api.ts';
import { makePasskey, touch } from './passkey.ts';
import { photoOf } from './photo.ts';
import * as state from './state.ts';
import * as views from './views.ts';

const noticeOf: Readonly<Record<string, state.Notice>> = {
  offline: 'offline',
  rate_limited: 'tooMany',
  passkey_invalid: 'passkeyRefused',
  challenge_unknown: 'changed',
  image_invalid: 'imageInvalid',
  unsupported_media_type: 'imageInvalid',
  image_limit: 'imageLimit',
  too_large: 'imageLimit',
  invalid_request: 'fieldWrong',
  shape: 'fieldWrong',
  application_incomplete: 'incomplete',
  application_state: 'changed',
  application_unknown: 'changed',
  consent_missing: 'changed',
  forbidden: 'frozen',
  state_unknown: 'flowUnknown',
  counter_code: 'counterCode',
  attempts_exhausted: 'attempts',
};

/** Runs one act: nothing else starts meanwhile, what needs a fresh touch asks for one, what goes wrong is a sentence. */
async function doing(run: () => Promise<void>): Promise<void> {
  if (state.isBusy.value) return;
  state.isBusy.value = true;
  state.notice.value = undefined;
  try {
    await withTouch(run);
  } catch (error) {
    failed(error);
  } finally {
    state.isBusy.value = false;
  }
}

async function withTouch(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'sign_in_again') throw error;
    await touch();
    await run();
  }
}

function failed(error: unknown): void {
  if (error instanceof ApiError && error.code === 'unauthenticated') {
    state.notice.value = state.application.value === undefined ? undefined : 'signedOut';
    state.application.value = undefined;
    state.offer.value = undefined;
    state.screen.value = 'sign-in';
    return;
  }
  if (state.screen.value === 'loading') state.screen.value = 'sign-in';
  if (error instanceof ApiError) state.notice.value = noticeFor(error);
  else if (!browserSupportsWebAuthn()) state.notice.value = 'passkeyUnsupported';
  else state.notice.value = error instanceof Error && isCancelled(error) ? 'passkeyCancelled' : 'failed';
}

function noticeFor({ code, at }: ApiError): state.Notice {
  return at === 'fields.number' && code !== 'application_incomplete' ? 'numberWrong' : (noticeOf[code] ?? 'failed');
}

function isCancelled(error: Error): boolean {
  return ['NotAllowedError', 'AbortError'].includes(error.name);
}

export function open(): Promise<void> {
  state.flow.value = /^[A-Za-z0-9_-]{16,64}$/.exec(new URLSearchParams(location.search).get('flow') ?? '')?.[0];
  return doing(enter);
}

/** What is under way, or a new draft; then wherever it was left. */
async function enter(): Promise<void> {
  const { application } = await get('apply/api/application', views.applicationReply);
  const isOver = application?.state === 'refused' || application?.state === 'withdrawn';
  if (application === null || (!isOver && state.flow.value !== undefined)) return begin();
  show(application);
  goOn();
}

async function begin(body: { readonly again?: boolean } = {}): Promise<void> {
  const flow = state.flow.value;
  const opened = flow === undefined ? body : { ...body, flow };
  state.offer.value = undefined;
  try {
    await change('application', opened);
  } catch (error) {
    if (flow === undefined || !(error instanceof ApiError) || error.code !== 'state_unknown') throw error;
    // The wallet's way back is over; the application is worth going on with all the same.
    state.flow.value = undefined;
    await change('application', body);
    state.notice.value = 'flowUnknown';
  }
  goOn();
}

async function change(path: string, body?: object | Blob): Promise<views.Application> {
  const { application } = await post(`apply/api/${path}`, views.applicationReply, body);
  if (application === null) throw new ApiError('application_unknown');
  show(application);
  return application;
}

function show(application: views.Application): void {
  state.application.value = application;
}

/** To the first thing that is not done. */
function goOn(): void {
  const application = state.application.value;
  if (application === undefined) return;
  const { state: now, missing, notice } = application;
  if (now !== 'draft' && now !== 'asked') state.screen.value = 'progress';
  else if (!notice.accepted || missing.includes('notice')) state.screen.value = 'notice';
  else if (missing.includes('front')) state.screen.value = 'front';
  else if (missing.includes('back')) state.screen.value = 'back';
  else if (missing.some((name) => name.startsWith('fields.'))) state.screen.value = 'fields';
  else state.screen.value = now === 'asked' ? 'front' : 'face';
}

export function goTo(step: state.Step): void {
  state.notice.value = undefined;
  state.screen.value = step;
}

export const signIn = () =>
  doing(async () => {
    await touch();
    await enter();
  });

export const createAccount = () =>
  doing(async () => {
    await makePasskey();
    await enter();
  });

export const signOut = () =>
  doing(async () => {
    await act('account/api/sign-out');
    state.application.value = undefined;
    state.offer.value = undefined;
    state.screen.value = 'sign-in';
  });

/** Nothing of the face yet: whoever does not choose a way has chosen a person's look. */
export const acceptNotice = () =>
  doing(async () => {
    const notice = state.application.value?.notice.current;
    await change('consent', { notice, way: 'person', face: false });
    state.screen.value = 'front';
  });

export const sendPhoto = (side: 'front' | 'back', picture: Blob) =>
  doing(async () => {
    await change(`evidence/${side}`, await photoOf(picture));
  });

export const saveFields = (fields: views.Fields) =>
  doing(async () => {
    const { missing } = await change('fields', fields);
    if (missing.some((name) => name.startsWith('fields.'))) state.notice.value = 'incomplete';
    else state.screen.value = 'face';
  });

async function chooseWay(way: 'camera' | 'person' | 'counter'): Promise<void> {
  const notice = state.application.value?.notice.current;
  await change('consent', { notice, way, face: way === 'camera' });
}

export const withoutFace = () =>
  doing(async () => {
    await chooseWay('person');
    state.screen.value = 'send';
  });

export const redeemCode = (code: string) =>
  doing(async () => {
    await chooseWay('counter');
    await change('counter-code', { code });
    state.screen.value = 'send';
  });

/** What to do before the camera; undefined where it cannot be done. */
export async function drawChallenge() {
  let drawn: { readonly id: string; readonly steps: readonly views.FaceStep[] } | undefined;
  await doing(async () => {
    await chooseWay('camera');
    drawn = await post('apply/api/face/challenge', views.challengeReply);
  });
  return drawn;
}

export interface FaceFrame {
  readonly step: views.FaceStep;
  readonly at_ms: number;
  /** JPEG, base64. */
  readonly image: string;
}

export const sendFace = (challenge: string, frames: readonly FaceFrame[]) =>
  doing(async () => {
    const { result } = await post('apply/api/face', views.faceReply, { challenge, frames });
    const { application } = await get('apply/api/application', views.applicationReply);
    if (application !== null) show(application);
    if (result === 'not_completed') state.notice.value = 'faceAgain';
    else state.screen.value = 'send';
  });

export const send = () =>
  doing(async () => {
    await change('send');
    state.screen.value = 'progress';
  });

export const withdraw = () =>
  doing(async () => {
    await change('withdraw');
    state.screen.value = 'progress';
  });

export const applyAgain = () => doing(() => begin({ again: true }));
export const resume = () => doing(async () => goOn());

/** Asks in the background; only a change is shown, and a lost line is no news. */
export async function refresh(): Promise<void> {
  try {
    const { state: now } = await get('apply/api/progress', views.progressReply);
    if (now === state.application.value?.state || state.isBusy.value) return;
    const { application } = await get('apply/api/application', views.applicationReply);
    if (application !== null) show(application);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unauthenticated') failed(error);
  }
}

export const takeOffer = () =>
  doing(async () => {
    state.offer.value = await post('apply/api/offer', views.offerReply);
  });

export const returnToWallet = () =>
  doing(async () => {
    const { redirect } = await post('apply/api/return', views.returnReply, { flow: state.flow.value });
    location.assign(redirect);
  });
