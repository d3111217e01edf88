/** The languages of every page, in order of preference where nothing is known of the reader. */
export const languages = ['zh-Hans', 'en'] as const;

export type Language = (typeof languages)[number];

/** A text in each language: names of credentials, issuers, purposes. */
export type Bilingual = Readonly<Record<Language, string>>;

/** Names between braces: `{count} guests` has the slot `count`. */
type Slots<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;

type SlotValues<Text extends string> = [Slots<Text>] extends [never]
  ? []
  : [values: Readonly<Record<Slots<Text>, string | number>>];

export type Texts<S extends Readonly<Record<string, string>>> = <K extends keyof S & string>(
  key: K,
  ...values: SlotValues<S[K]>
) => string;

/**
 * The texts of a room in both languages. A key missing in one of them, or misspelt where it is used, does not compile;
 * slots that differ between the languages are a TypeError when the program starts.
 */
export function createStrings<const S extends Readonly<Record<string, string>>>(table: {
  readonly 'zh-Hans': S;
  readonly en: Readonly<Record<keyof S, string>>;
}): (language: Language) => Texts<S> {
  for (const key of Object.keys(table['zh-Hans'])) {
    const slots = languages.map((language) =>
      [...(table[language][key] ?? '').matchAll(slot)]
        .map(([all]) => all)
        .sort()
        .join(),
    );
    if (slots[0] !== slots[1]) throw new TypeError(`the slots of "${key}" differ between the languages`);
  }
  return (language) =>
    (key, ...values) => {
      const filled: Readonly<Record<string, string | number>> = values[0] ?? {};
      // The slots of a text are known to the compiler; an unknown one would be a fault of this file.
      return String(table[language][key]).replace(slot, (_, name: string) => String(filled[name]));
    };
}

const slot = /\{([a-z][A-Za-z]*)\}/g;

/**
 * The language for a reader: the first of theirs that we have. Takes navigator.languages or an Accept-Language header;
 * any Chinese is ours, whatever its script, because both are read better than English.
 */
export function chooseLanguage(preferred: readonly string[] | string | undefined): Language {
  const tags = typeof preferred === 'string' ? parseAcceptLanguage(preferred) : (preferred ?? []);
  for (const tag of tags) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh') return 'zh-Hans';
    if (primary === 'en') return 'en';
  }
  return 'zh-Hans';
}

/** RFC 9110 12.5.4, best first; what is malformed is left out. */
function parseAcceptLanguage(header: string): readonly string[] {
  return header
    .slice(0, 500)
    .split(',')
    .flatMap((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = Number(
        /^\s*q=(\d(?:\.\d{1,3})?)\s*$/.exec(parameters.join(';'))?.[1] ?? (parameters.length === 0 ? 1 : 0),
      );
      return weight > 0 && /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? [{ tag, weight }] : [];
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
