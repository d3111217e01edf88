import { effect } from '@preact/signals';
import type * as z from 'zod/mini';
import { systemClock } from '../../../shared/clock.ts';
import { maskName } from '../../../shared/id-card/index.ts';
import { ApiError, act, base, get, post } from './api.ts';
import * as state from './state.ts';
import { dayList, opened, type RequestView, requestView, revealed, session, welcome } from './views.ts';

const requestKey = 'hufu-desk-request';
const revealFor = 30_000;
const final: ReadonlySet<RequestView['status']> = new Set([
  'refused',
  'declined',
  'expired',
  'cancelled',
  'completed',
  'rejected',
]);

let events: EventSource | undefined;
let poll: ReturnType<typeof setTimeout> | undefined;
let hideNumber: ReturnType<typeof setTimeout> | undefined;

/** Runs one act: nothing else starts meanwhile, and what goes wrong becomes a sentence. */
async function doing(step: () => Promise<void>): Promise<void> {
  if (state.isBusy.value) return;
  state.isBusy.value = true;
  state.notice.value = undefined;
  try {
    await step();
  } catch (error) {
    failed(error);
  } finally {
    state.isBusy.value = false;
  }
}

function failed(error: unknown): void {
  const status = error instanceof ApiError ? error.status : -1;
  if (status === 401 && state.screen.value !== 'sign-in') {
    leave();
    state.notice.value = 'signedOut';
  } else if (status === 0) state.notice.value = 'offline';
  else if (status === 429) state.notice.value = 'tooMany';
  else state.notice.value = status === 401 ? 'signInWrong' : 'failed';
}

export function open(): Promise<void> {
  return doing(async () => {
    const found = await get('/api/desk', welcome);
    state.organisation.value = found.organisation;
    state.isDemo.value = found.demo;
    if (found.desk === undefined) {
      state.screen.value = 'sign-in';
      return;
    }
    await enter(found.desk);
    await resume();
  });
}

export function signIn(token: string): Promise<void> {
  return doing(async () => enter((await post('/api/desk/session', session, { token: token.trim() })).desk));
}

export function signInDemo(): Promise<void> {
  return doing(async () => enter((await post('/api/desk/demo-session', session)).desk));
}

export function signOut(): Promise<void> {
  return doing(async () => {
    await act('DELETE', '/api/desk/session');
    leave();
  });
}

async function enter(desk: string): Promise<void> {
  state.deskName.value = desk;
  state.screen.value = 'desk';
  await loadDay();
}

function leave(): void {
  clear();
  state.day.value = [];
  state.screen.value = 'sign-in';
}

/** A reloaded page goes on with the guest it had; the id alone opens nothing without the session. */
async function resume(): Promise<void> {
  const id = sessionStorage.getItem(requestKey);
  if (id === null) return;
  try {
    const found = await get(`/api/requests/${id}`, requestView);
    if (final.has(found.status)) return clear();
    const { room = '', guest = 1, guests = 1 } = found.context;
    state.room.value = room;
    state.guest.value = guest;
    state.guests.value = guests;
    state.shown.value = { id, qr: '', sameDeviceLink: '', shownAt: 0, renewals: 0 };
    state.view.value = found;
    watch(id);
  } catch {
    clear();
  }
}

async function loadDay(): Promise<void> {
  state.day.value = (await get('/api/records', dayList)).records;
}

export function showDay(): Promise<void> {
  return doing(async () => {
    await loadDay();
    state.screen.value = 'day';
  });
}

/** A new request for this guest. */
export function start(): Promise<void> {
  return doing(async () => {
    clear();
    const context = { room: state.room.value.trim(), guest: state.guest.value, guests: state.guests.value };
    const request = await post('/api/requests', opened, { scene: 'hotel', device: 'cross', context });
    state.shown.value = shownCode(request, 0);
    sessionStorage.setItem(requestKey, request.id);
    watch(request.id);
  });
}

function shownCode(request: z.infer<typeof opened>, renewals: number): state.Shown {
  const { id, qr, same_device_link: sameDeviceLink } = request;
  return { id, qr, sameDeviceLink, shownAt: systemClock.now(), renewals };
}

/** The next code for the same request. What goes wrong is tried again a second later. */
async function renew(from: state.Shown, renewals: number): Promise<void> {
  try {
    const request = await post(`/api/requests/${from.id}/renew`, opened);
    if (state.shown.value?.id !== from.id) return;
    state.shown.value = shownCode(request, renewals);
    state.notice.value = undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) await refresh(from.id);
    else failed(error);
  }
}

let isRenewing = false;
effect(() => {
  const { shown, view, secondsLeft, isPaused } = state;
  const isWaiting = view.value?.status === 'waiting' || view.value?.status === 'undetermined';
  if (shown.value === undefined || !isWaiting || secondsLeft.value > 0 || isPaused.value || isRenewing) return;
  isRenewing = true;
  void renew(shown.value, shown.value.renewals + 1).finally(() => {
    isRenewing = false;
  });
});

/** Another code although one was scanned, or after a pause: somebody is here. */
export function showAgain(): Promise<void> {
  return doing(async () => {
    const { shown, view } = state;
    if (shown.value === undefined) return;
    await renew(shown.value, 0);
    if (view.value !== undefined) view.value = { ...view.value, status: 'waiting' };
  });
}

export function cancel(): Promise<void> {
  return doing(async () => {
    const id = state.shown.value?.id;
    clear();
    if (id !== undefined) await act('DELETE', `/api/requests/${id}`);
  });
}

export function match(digits: string): Promise<void> {
  return doing(async () => {
    const id = state.shown.value?.id;
    if (id === undefined) return;
    show(await post(`/api/requests/${id}/match`, requestView, { match_number: digits }));
  });
}

export function reveal(): Promise<void> {
  return doing(async () => {
    const id = state.shown.value?.id;
    if (id === undefined) return;
    const found = await post(`/api/requests/${id}/reveal`, revealed);
    state.number.value = found.personal_administrative_number;
    hideNumber = setTimeout(hide, revealFor);
  });
}

export function hide(): void {
  clearTimeout(hideNumber);
  state.number.value = undefined;
}

export function complete(isPortraitCompared: boolean): Promise<void> {
  return doing(async () => {
    const current = state.view.value;
    if (current === undefined) return;
    await act('POST', `/api/requests/${current.id}/complete`, { portrait_compared: isPortraitCompared });
    hide();
    state.completedName.value = maskName(current.result?.claims.name ?? '');
    await refresh(current.id);
    await loadDay();
  });
}

export function reject(): Promise<void> {
  return doing(async () => {
    const id = state.shown.value?.id;
    if (id === undefined) return;
    await act('POST', `/api/requests/${id}/reject`);
    hide();
    await refresh(id);
  });
}

export async function nextGuest(): Promise<void> {
  state.guest.value += 1;
  await start();
}

export function nextRoom(): void {
  clear();
  state.room.value = '';
  state.guest.value = 1;
  state.guests.value = 1;
}

function clear(): void {
  stopWatching();
  hide();
  sessionStorage.removeItem(requestKey);
  state.shown.value = undefined;
  state.view.value = undefined;
  state.notice.value = undefined;
}

/** Server-sent events where they come through, a look every three seconds where they do not. */
function watch(id: string): void {
  stopWatching();
  events = new EventSource(`${base}/api/requests/${id}/events`);
  events.addEventListener('status', () => void refresh(id));
  events.addEventListener('error', () => {
    poll ??= setTimeout(() => {
      poll = undefined;
      void refresh(id);
      if (events?.readyState === EventSource.CLOSED && state.shown.value?.id === id) watch(id);
    }, 3_000);
  });
  void refresh(id);
}

function stopWatching(): void {
  events?.close();
  events = undefined;
  clearTimeout(poll);
  poll = undefined;
}

async function refresh(id: string): Promise<void> {
  try {
    const found = await get(`/api/requests/${id}`, requestView);
    if (state.shown.value?.id === id) show(found);
  } catch (error) {
    failed(error);
  }
}

function show(found: RequestView): void {
  state.view.value = found;
  if (final.has(found.status)) {
    stopWatching();
    sessionStorage.removeItem(requestKey);
  }
}
