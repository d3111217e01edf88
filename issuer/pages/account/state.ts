/** Everything the page knows, as signals; `actions.ts` changes it, the parts show it. */
import { computed, signal } from '@preact/signals';
import { chooseLanguage, type Language } from '../../../shared/look/index.ts';
import { strings } from './strings.ts';
import type { Access, Alerts, Devices, Overview } from './views.ts';

const languageKey = 'hufu-account-language';
const sizeKey = 'hufu-account-size';

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

/** not-me: the page was opened from the link in a mail. */
export type Screen = 'loading' | 'sign-in' | 'not-me' | 'not-me-done' | 'gone' | 'account';
export const screen = signal<Screen>('loading');
export const tabs = ['overview', 'safety', 'devices', 'data'] as const;
export type Tab = (typeof tabs)[number];
export const tab = signal<Tab>('overview');

/** A sentence about what happened, shown until the next act. */
export type Notice =
  | 'offline'
  | 'failed'
  | 'tooMany'
  | 'signedOut'
  | 'passkeyCancelled'
  | 'passkeyRefused'
  | 'passkeyUnsupported'
  | 'passkeyKnown'
  | 'lastPasskey'
  | 'newPasskeyCannot'
  | 'alertGone'
  | 'frozenNow'
  | 'unfrozenNow'
  | 'passkeyAdded'
  | 'contactSaved';
export const notice = signal<Notice | undefined>(undefined);
export const isBusy = signal(false);

export const overview = signal<Overview | undefined>(undefined);
export const devices = signal<Devices | undefined>(undefined);
export const alerts = signal<Alerts | undefined>(undefined);
export const accesses = signal<readonly Access[]>([]);

/** A question that has to be answered before something is done. */
export interface Question {
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly run: () => Promise<void>;
}
export const question = signal<Question | undefined>(undefined);

/** Instants as people here read them. */
export function when(seconds: number): string {
  return new Intl.DateTimeFormat(language.value, {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(seconds * 1000));
}

/** The day alone: where the hour says nothing. */
export function day(seconds: number): string {
  return new Intl.DateTimeFormat(language.value, { timeZone: 'Asia/Shanghai', dateStyle: 'medium' }).format(
    new Date(seconds * 1000),
  );
}
