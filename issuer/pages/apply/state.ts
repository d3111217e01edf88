/** Everything the page knows, as signals; `actions.ts` changes it, the parts show it. */
import { computed, signal } from '@preact/signals';
import { chooseLanguage, type Language } from '../../../shared/look/index.ts';
import { strings } from './strings.ts';
import type { Application, Offer } from './views.ts';

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

export const steps = ['notice', 'front', 'back', 'fields', 'face', 'send'] as const;
export type Step = (typeof steps)[number];
export type Screen = 'loading' | 'sign-in' | 'progress' | Step;
export const screen = signal<Screen>('loading');

export const noticeNames = [
  'offline',
  'failed',
  'tooMany',
  'signedOut',
  'passkeyCancelled',
  'passkeyRefused',
  'passkeyUnsupported',
  'imageInvalid',
  'imageLimit',
  'numberWrong',
  'fieldWrong',
  'incomplete',
  'changed',
  'frozen',
  'flowUnknown',
  'counterCode',
  'attempts',
  'cameraAway',
  'faceAgain',
] as const;
/** A sentence about what happened, shown until the next act. */
export type Notice = (typeof noticeNames)[number];
export const notice = signal<Notice | undefined>(undefined);
export const isBusy = signal(false);

export const application = signal<Application | undefined>(undefined);
export const offer = signal<Offer | undefined>(undefined);
/** Of the wallet that led here, while it can be led back to. */
export const flow = signal<string | undefined>(undefined);

/** Instants as people here read them. */
export function when(seconds: number): string {
  return new Intl.DateTimeFormat(language.value, {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(seconds * 1000));
}
