/**
 * Recognition models, cut from the registry packages into the data folder at first use; nothing is ever fetched.
 * A `.traineddata` file is an int32 count, as many int64 offsets (-1: absent), then the components. The packages carry
 * the legacy engine's components as well; the LSTM engine reads only numbers 17 to 23, a tenth of the bytes, and the
 * package's small integer model reads names markedly worse (docs/proofing.md).
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const lstm = { network: 17, characters: 21, recoder: 22, version: 23 } as const;

const languages = {
  chi_sim: [17, 18, 19, 20, 21, 22, 23],
  // Digits are no words: without the dictionaries.
  eng: [lstm.network, lstm.characters, lstm.recoder, lstm.version],
} as const satisfies Record<string, readonly number[]>;

export type Language = keyof typeof languages;

/** Folder that holds `<language>.traineddata` for every language, built when it is missing. */
export function prepareModels(modelDir: string): string {
  // The folder's name says how its content was made: another recipe is another folder.
  const folder = join(modelDir, 'tesseract-4.0.0-lstm-1');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const language of ['chi_sim', 'eng'] as const) {
    const file = join(folder, `${language}.traineddata`);
    if (existsSync(file)) continue;
    const unfinished = `${file}.${process.pid}.${performance.now()}`;
    writeFileSync(unfinished, keepComponents(readPackaged(language), languages[language]));
    // Several threads may build at once: each renames a whole file into place.
    renameSync(unfinished, file);
  }
  return folder;
}

function readPackaged(language: Language): Buffer {
  const home = createRequire(import.meta.url).resolve(`@tesseract.js-data/${language}/package.json`);
  return gunzipSync(readFileSync(join(dirname(home), '4.0.0', `${language}.traineddata.gz`)));
}

/** Components keep their order and their numbers; the others are marked absent. */
export function keepComponents(model: Buffer, kept: readonly number[]): Buffer {
  const count = model.readInt32LE(0);
  const offsets = Array.from({ length: count }, (_, at) => Number(model.readBigInt64LE(4 + 8 * at)));
  const ends = [...offsets.filter((offset) => offset >= 0), model.length].sort((a, b) => a - b);
  const header = Buffer.alloc(4 + 8 * count);
  header.writeInt32LE(count, 0);
  const parts: Buffer[] = [];
  let position = header.length;
  for (const [at, offset] of offsets.entries()) {
    const isKept = offset >= 0 && kept.includes(at);
    header.writeBigInt64LE(BigInt(isKept ? position : -1), 4 + 8 * at);
    if (!isKept) continue;
    const part = model.subarray(
      offset,
      ends.find((end) => end > offset),
    );
    parts.push(part);
    position += part.length;
  }
  return Buffer.concat([header, ...parts]);
}
