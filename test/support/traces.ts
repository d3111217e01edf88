/** Where and in which spelling a personal value could have been left: plain text, base64 in any alignment, hex, any case. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every spelling to search for. Base64 hides the first and last characters of a value, so its middle is taken. */
export function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const aligned = [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift, 0x20), bytes]);
    const inner = (text: string) =>
      text.slice(Math.ceil((shift * 4) / 3), Math.floor((shifted.length * 4) / 3 / 4) * 4 - 1);
    return [inner(shifted.toString('base64')), inner(shifted.toString('base64url'))];
  });
  const escaped = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const all = [
    value,
    encodeURIComponent(value),
    escaped,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...aligned,
  ];
  return [...new Set(all.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]))].filter(
    (text) => text.length >= 6,
  );
}

/** The names of the values that stand in these bytes, whatever way they were spelled. */
export function valuesIn(haystack: Buffer, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    spellings(value).some((text) => haystack.includes(text)) ? [name] : [],
  );
}

/** Every file below a folder, by path. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path, await readFile(path));
  }
  return found;
}
