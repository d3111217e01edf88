/** What a person may be shown as by default: enough to recognise one's own card, not enough to use it. */

/** `林一舟` -> `林*舟`, `王芳` -> `王*`, one character -> `*`. Counts code points, so rare characters stay whole. */
export function maskName(name: string): string {
  const characters = [...name];
  const first = characters[0] ?? '';
  const last = characters.at(-1) ?? '';
  if (characters.length < 2) return '*';
  if (characters.length === 2) return `${first}*`;
  return `${first}${'*'.repeat(characters.length - 2)}${last}`;
}

/** `33019919960312412X` -> `**************412X`. */
export function maskNumber(number: string): string {
  const shown = number.slice(-4);
  return '*'.repeat(number.length - shown.length) + shown;
}
