/** Everything the page knows, as signals; `actions.ts` changes it, the parts show it. */
import { computed, signal } from '@preact/signals';
import { systemClock } from '../../../shared/clock.ts';
import { chooseLanguage, type Language } from '../../../shared/look/index.ts';
import { strings } from './strings.ts';
import type { DayEntry, RequestView } from './views.ts';

const languageKey = 'hufu-desk-language';
const sizeKey = 'hufu-desk-size';

const chosen = localStorage.getItem(languageKey);
export const language = signal<Language>(
  chosen === 'en' || chosen === 'zh-Hans' ? chosen : chooseLanguage(navigator.languages),
);
export const text = computed(() => strings(language.value));
export const isLarge = signal(localStorage.getItem(sizeKey) === 'large');

export function switchLanguage(): void {
  language.value = language.value === 'en' ? 'zh-Hans' : 'en';
  localStorage.setItem(languageKey, language.value);
}

export function switchSize(): void {
  isLarge.value = !isLarge.value;
  localStorage.setItem(sizeKey, isLarge.value ? 'large' : 'normal');
}

export type Screen = 'loading' | 'sign-in' | 'desk' | 'day';
export const screen = signal<Screen>('loading');
export const organisation = signal('');
export const deskName = signal('');
export const isDemo = signal(false);

/** A sentence about something that did not work, shown until the next act. */
export type Notice = 'offline' | 'failed' | 'tooMany' | 'signInWrong' | 'signedOut';
export const notice = signal<Notice | undefined>(undefined);
export const isBusy = signal(false);

export const room = signal('');
export const guests = signal(1);
export const guest = signal(1);

/** The code on the screen. */
export interface Shown {
  readonly id: string;
  readonly qr: string;
  /** The same request for a wallet on this computer. */
  readonly sameDeviceLink: string;
  /** Epoch seconds. */
  readonly shownAt: number;
  readonly renewals: number;
}
export const shown = signal<Shown | undefined>(undefined);
export const view = signal<RequestView | undefined>(undefined);
/** The whole number, for as long as it is revealed. */
export const number = signal<string | undefined>(undefined);
/** Name of the guest who was just completed, masked; the request itself has given it up. */
export const completedName = signal('');

export const day = signal<readonly DayEntry[]>([]);

export const now = signal(systemClock.now());
setInterval(() => {
  now.value = systemClock.now();
}, 1_000);

/** Seconds a code is shown before the next one takes its place. */
export const renewEvery = 28;
/** After this many nobody seems to be there: the code pauses. */
export const maxRenewals = 20;

export const isPaused = computed(() => (shown.value?.renewals ?? 0) >= maxRenewals);
export const secondsLeft = computed(() => Math.max(0, (shown.value?.shownAt ?? 0) + renewEvery - now.value));
