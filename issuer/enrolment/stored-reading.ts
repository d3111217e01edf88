/** The part of a reading that is kept (sealed) beside what the applicant says. */
import * as z from 'zod';
import type { BackReading, FrontReading, PhotoQuality, ReadField } from '../reading/index.ts';

const field = z.object({ text: z.string(), confidence: z.number(), doubtful: z.boolean() });
const quality = z.object({
  blur: z.boolean(),
  glare: z.boolean(),
  tooSmall: z.boolean(),
  notACard: z.boolean(),
  wrongSide: z.boolean(),
});
const one = field.optional();

export const storedFront = z.object({
  quality,
  fields: z.object({ name: one, sex: one, ethnicity: one, birthdate: one, address: one, number: one }),
});
export const storedBack = z.object({
  quality,
  fields: z.object({ authority: one, validFrom: one, validUntil: one }),
});

export type KeptFront = Readonly<z.output<typeof storedFront>>;
export type KeptBack = Readonly<z.output<typeof storedBack>>;
export type KeptQuality = KeptFront['quality'];
export type KeptField = Readonly<z.output<typeof field>>;

/** Exactly the members that are kept: the reader also gives a portrait and scores. */
export function keepFront({ quality: found, fields: f }: FrontReading): KeptFront {
  const { name, sex, ethnicity, birthdate, address, number } = f;
  return { quality: keepQuality(found), fields: keepFields({ name, sex, ethnicity, birthdate, address, number }) };
}

export function keepBack({ quality: found, fields: f }: BackReading): KeptBack {
  const { authority, validFrom, validUntil } = f;
  return { quality: keepQuality(found), fields: keepFields({ authority, validFrom, validUntil }) };
}

function keepQuality({ blur, glare, tooSmall, notACard, wrongSide }: PhotoQuality): KeptQuality {
  return { blur, glare, tooSmall, notACard, wrongSide };
}

function keepFields<N extends string>(fields: { readonly [name in N]: ReadField | undefined }) {
  const kept: { [name in N]?: KeptField } = {};
  for (const name in fields) {
    const found = fields[name];
    if (found === undefined) continue;
    kept[name] = { text: found.text, confidence: found.confidence, doubtful: found.doubtful };
  }
  return kept;
}
