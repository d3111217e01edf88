import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';
import { ApiError, act, base, get, getText, leave, post } from './api.ts';
import * as state from './state.ts';
import { alerts, ceremony, devices, holdings, opened, overview } from './views.ts';

const tokenShape = /^#not-me=([A-Za-z0-9_-]{43})$/;
let mailToken: string | undefined;

const noticeOf: Readonly<Record<string, state.Notice>> = {
  offline: 'offline',
  rate_limited: 'tooMany',
  passkey_invalid: 'passkeyRefused',
  challenge_unknown: 'passkeyRefused',
  conflict: 'lastPasskey',
  forbidden: 'newPasskeyCannot',
  alert_unknown: 'alertGone',
};

/** Runs one act: nothing else starts meanwhile, what needs a fresh touch asks for one, what goes wrong is a sentence. */
async function doing(step: () => Promise<void>): Promise<void> {
  if (state.isBusy.value) return;
  state.isBusy.value = true;
  state.notice.value = undefined;
  try {
    await withTouch(step);
  } catch (error) {
    failed(error);
  } finally {
    state.isBusy.value = false;
  }
}

async function withTouch(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'sign_in_again') throw error;
    await touch();
    await step();
  }
}

function failed(error: unknown): void {
  if (error instanceof ApiError && error.code === 'unauthenticated') {
    state.notice.value = state.screen.value === 'account' ? 'signedOut' : undefined;
    forget();
    state.screen.value = 'sign-in';
    return;
  }
  if (state.screen.value === 'loading') state.screen.value = 'sign-in';
  if (error instanceof ApiError) state.notice.value = noticeOf[error.code] ?? 'failed';
  else if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
    state.notice.value = 'passkeyKnown';
  else if (!browserSupportsWebAuthn()) state.notice.value = 'passkeyUnsupported';
  else state.notice.value = error instanceof Error && isCancelled(error) ? 'passkeyCancelled' : 'failed';
}

function isCancelled(error: Error): boolean {
  return ['NotAllowedError', 'AbortError'].includes(error.name);
}

/** The options are WebAuthn's own vocabulary, made by our server and read by the browser. */
async function touch(): Promise<void> {
  const optionsJSON = (await post('sign-in/options', ceremony)) as unknown as PublicKeyCredentialRequestOptionsJSON;
  await act('sign-in', await startAuthentication({ optionsJSON }));
}

async function makePasskey(): Promise<void> {
  const options = await post('passkeys/registration-options', ceremony);
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  await act('passkeys', await startRegistration({ optionsJSON }));
}

export function open(): Promise<void> {
  mailToken = tokenShape.exec(location.hash)?.[1];
  if (mailToken !== undefined) {
    // The word is for this once; it stays in no history.
    history.replaceState(undefined, '', location.pathname);
    state.screen.value = 'not-me';
    return Promise.resolve();
  }
  return doing(enter);
}

async function enter(): Promise<void> {
  state.overview.value = await get('overview', overview);
  state.screen.value = 'account';
  await load(state.tab.value);
}

async function load(tab: state.Tab): Promise<void> {
  state.overview.value = await get('overview', overview);
  if (tab === 'safety') state.alerts.value = await get('alerts', alerts);
  if (tab === 'devices') state.devices.value = await get('devices', devices);
  if (tab === 'data') state.accesses.value = (await get('holdings', holdings)).accesses;
}

function forget(): void {
  state.overview.value = undefined;
  state.devices.value = undefined;
  state.alerts.value = undefined;
  state.accesses.value = [];
  state.question.value = undefined;
  state.tab.value = 'overview';
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
    await leave('sign-out');
    forget();
    state.screen.value = 'sign-in';
  });

export const showTab = (tab: state.Tab) =>
  doing(async () => {
    await load(tab);
    state.tab.value = tab;
  });

/** An act of the API, and then the tab as it is now. */
function change(path: string, done?: state.Notice, body: object = {}): Promise<void> {
  return doing(async () => {
    await act(path, body);
    await load(state.tab.value);
    state.notice.value = done;
  });
}

export const freeze = () => change('freeze', 'frozenNow');
export const reportCardLost = () => change('card-lost', 'frozenNow');
export const unfreeze = () => change('unfreeze', 'unfrozenNow');
export const wasMe = (id: string) => change(`alerts/${id}/mine`);
export const wasNotMe = (id: string) => change(`alerts/${id}/not-me`, 'frozenNow');
export const removePasskey = (id: string) => change(`passkeys/${id}/remove`);
export const endSession = (id: string) => change(`sessions/${id}/remove`);
export const removeWallet = (id: string) => change(`wallets/${id}/remove`);
export const saveContact = (email: string) => change('contact', 'contactSaved', { email: email === '' ? null : email });

export const addPasskey = () =>
  doing(async () => {
    await makePasskey();
    await load(state.tab.value);
    state.notice.value = 'passkeyAdded';
  });

export const correct = () =>
  doing(async () => {
    await post('corrections', opened);
    location.assign(`${base}/apply`);
  });

export const download = () =>
  doing(async () => {
    const url = URL.createObjectURL(new Blob([await getText('export')], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'hufu-account.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });

export const deleteAccount = () =>
  doing(async () => {
    await act('delete', { confirm: 'delete' });
    forget();
    state.screen.value = 'gone';
  });

export const wasNotMeByMail = () =>
  doing(async () => {
    if (mailToken === undefined) return;
    await act('not-me', { token: mailToken });
    mailToken = undefined;
    state.screen.value = 'not-me-done';
  });

export const goSignIn = () => {
  state.notice.value = undefined;
  state.screen.value = 'sign-in';
};
