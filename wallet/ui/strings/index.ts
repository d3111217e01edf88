import { computed } from '@preact/signals';
import { createStrings } from '../../../shared/look/index.ts';
import { language } from '../preferences.ts';
import { en } from './en.ts';
import { zhHans } from './zh-hans.ts';

const strings = createStrings({ 'zh-Hans': zhHans, en });
const current = computed(() => strings(language.value));

/** Texts without slots, which a table may name. */
export type StringKey = {
  [K in keyof typeof zhHans]: (typeof zhHans)[K] extends `${string}{${string}}${string}` ? never : K;
}[keyof typeof zhHans];

/** A text in the language of the page; whoever uses it while rendering follows a change of language. */
export const t: ReturnType<typeof strings> = (key, ...values) => current.value(key, ...values);
