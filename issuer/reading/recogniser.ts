/** tesseract.js, kept offline: one recogniser per language, one picture at a time, parameters set only when they change. */
import { createWorker, OEM, PSM } from 'tesseract.js';
import type { Language } from './model.ts';

export interface Recognised {
  /** Without white space. */
  readonly text: string;
  /** As `text`, with the gaps the recogniser saw as single spaces. */
  readonly spaced: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** `raw`: a line taken as it stands, without looking for lines first. */
export type Layout = 'line' | 'raw' | 'block';

const modes = { line: PSM.SINGLE_LINE, raw: PSM.RAW_LINE, block: PSM.SINGLE_BLOCK } as const;

export interface Recogniser {
  /** `allow`: the only characters that may come out; undefined: all. */
  read(png: Uint8Array, as: { readonly layout: Layout; readonly allow?: string }): Promise<Recognised>;
}

/** `models`: a folder with `<language>.traineddata`. Without it tesseract.js would go to a CDN: it is never left out. */
export async function createRecogniser(language: Language, models: string): Promise<Recogniser> {
  const worker = await createWorker(language, OEM.LSTM_ONLY, {
    langPath: models,
    gzip: false,
    // The default would write the model into the working directory.
    cacheMethod: 'none',
    // Without a handler a failed reading would be thrown where nobody can catch it; the call is refused as well.
    errorHandler: () => undefined,
  });
  await worker.setParameters({ user_defined_dpi: '300', tessedit_pageseg_mode: modes.line });
  let layout: Layout = 'line';
  let allowed = '';
  let last: Promise<unknown> = Promise.resolve();

  async function run(png: Uint8Array, as: { readonly layout: Layout; readonly allow?: string }) {
    const allow = as.allow ?? '';
    if (as.layout !== layout || allow !== allowed) {
      await worker.setParameters({
        tessedit_pageseg_mode: modes[as.layout],
        tessedit_char_whitelist: allow,
      });
      layout = as.layout;
      allowed = allow;
    }
    const { data } = await worker.recognize(Buffer.from(png.buffer, png.byteOffset, png.length));
    const spaced = data.text.replace(/\s+/gu, ' ').trim();
    return { text: spaced.replaceAll(' ', ''), spaced, confidence: data.confidence / 100 };
  }

  return {
    read(png, as) {
      // One after another: layout and characters belong to the recogniser, not to the call.
      const reading = last.then(() => run(png, as));
      last = reading.catch(() => undefined);
      return reading;
    },
  };
}
