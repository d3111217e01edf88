import { effect, signal } from '@preact/signals';
import { chooseLanguage, type Language, languages } from '../../shared/look/index.ts';

/** The only things in web storage besides the vault's counter: how somebody likes to read. */
const languageName = 'hufu.language';
const sizeName = 'hufu.size';

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden; then the wish lasts as long as the page.
  }
}

const storedLanguage = languages.find((known) => known === read(languageName));

export const language = signal<Language>(storedLanguage ?? chooseLanguage(navigator.languages));
export const largeType = signal(read(sizeName) === 'large');

/** Keeps the document in step with the preferences. */
export function applyPreferences(root: HTMLElement): void {
  effect(() => {
    root.lang = language.value;
  });
  effect(() => {
    if (largeType.value) root.dataset.size = 'large';
    else delete root.dataset.size;
  });
}

export function setLanguage(next: Language): void {
  language.value = next;
  write(languageName, next);
}

export function setLargeType(next: boolean): void {
  largeType.value = next;
  write(sizeName, next ? 'large' : 'normal');
}
