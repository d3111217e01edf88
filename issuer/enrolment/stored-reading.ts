/** The part of a reading that is kept (sealed) beside what the applicant says. */
import * as z from 'zod';
import type { BackReading, FrontReading, PhotoQuality, ReadField } from './ports.ts';

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

/** Exactly the members that are kept: a reader may give more (a portrait, scores). */
export function keepFront({ quality: found, fields: f }: FrontReading): FrontReading {
  const { name, sex, ethnicity, birthdate, address, number } = f;
  return { quality: keepQuality(found), fields: keepFields({ name, sex, ethnicity, birthdate, address, number }) };
}

export function keepBack({ quality: found, fields: f }: BackReading): BackReading {
  const { authority, validFrom, validUntil } = f;
  return { quality: keepQuality(found), fields: keepFields({ authority, validFrom, validUntil }) };
}

function keepQuality({ blur, glare, tooSmall, notACard, wrongSide }: PhotoQuality): PhotoQuality {
  return { blur, glare, tooSmall, notACard, wrongSide };
}

function keepFields<N extends string>(fields: { readonly [name in N]?: ReadField | undefined }) {
  const kept: { [name in N]?: ReadField | undefined } = {};
  for (const name in fields) {
    const found = fields[name];
    if (found === undefined) continue;
    kept[name] = { text: found.text, confidence: found.confidence, doubtful: found.doubtful };
  }
  return kept;
}
