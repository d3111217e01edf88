/** Directional overrides and isolates, zero-width and other invisible characters, controls: never part of a name. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/**
 * Somebody else's words as they may be shown: normalised, without characters that hide or turn others round, and not
 * endless. It is still only text: who shows it makes a text node of it.
 */
export function plainText(text: string, maxLength = 200): string {
  const clean = text.normalize('NFC').replace(invisible, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...clean];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : clean;
}

/** Names in several languages, as metadata has them. */
export type Localized = readonly { readonly locale?: string | undefined; readonly name: string }[];

/** The name in the wanted language, else in English, else whatever comes first; cleaned. */
export function localName(names: Localized, language: string): string | undefined {
  const wanted = language.toLowerCase();
  const base = wanted.split('-')[0] ?? wanted;
  const find = (test: (locale: string) => boolean) => names.find(({ locale }) => test((locale ?? '').toLowerCase()));
  const found =
    find((locale) => locale === wanted) ??
    find((locale) => locale.split('-')[0] === base) ??
    find((locale) => locale.split('-')[0] === 'en') ??
    names[0];
  return found === undefined ? undefined : plainText(found.name);
}
