/** What every page looks and sounds like: `tokens.css` (colours, type, the card) and the machinery of texts in two languages. */
export { type Bilingual, chooseLanguage, createStrings, type Language, languages, type Texts } from './strings.ts';
