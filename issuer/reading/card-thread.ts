/** A thread of the readers' pool (card-reader.ts): one photo at a time, its recognisers in threads of their own. */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import * as z from 'zod';
import type { Answer } from './card-reader.ts';
import { prepareModels } from './model.ts';
import { readBack } from './read-back.ts';
import { type Recognisers, readFront } from './read-front.ts';
import { createRecogniser } from './recogniser.ts';

const { modelDir } = z.object({ modelDir: z.string() }).parse(workerData);
const ask = z.object({ side: z.enum(['front', 'back']), photo: z.instanceof(Uint8Array) });

// Decoded pixels of one person are not kept for the next.
sharp.cache(false);

async function openRecognisers(): Promise<Recognisers> {
  const models = prepareModels(modelDir);
  const [text, digits] = await Promise.all([createRecogniser('chi_sim', models), createRecogniser('eng', models)]);
  return { text, digits };
}

const recognisers = openRecognisers();

async function answer(message: unknown): Promise<Answer> {
  const { side, photo } = ask.parse(message);
  if (side === 'front') return { side, reading: await readFront(photo, await recognisers) };
  return { side, reading: await readBack(photo, await recognisers) };
}

parentPort?.on('message', (message) => {
  answer(message).then(
    (found) => parentPort?.postMessage(found),
    () => parentPort?.postMessage({ side: 'none' } satisfies Answer),
  );
});
