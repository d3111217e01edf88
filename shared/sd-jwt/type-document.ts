import * as z from 'zod/mini';
import { parseJson, parseShape } from '../encoding/index.ts';
import { codeOf, HufuError } from '../errors.ts';

const text = z.string().check(z.minLength(1));
/** W3C SRI 3.1: one or more hash expressions. */
const integrity = text;

const picture = z.object({
  uri: text,
  'uri#integrity': z.optional(integrity),
  alt_text: z.optional(z.string()),
});

/** SD-JWT VC 8.1.1. SVG templates (8.1.2) are not read: we draw cards ourselves. */
const rendering = z.object({
  simple: z.optional(
    z.object({
      logo: z.optional(picture),
      background_image: z.optional(picture),
      background_color: z.optional(z.string()),
      text_color: z.optional(z.string()),
    }),
  ),
});

/** SD-JWT VC 8. */
const typeDisplay = z.object({
  locale: text,
  name: text,
  description: z.optional(z.string()),
  rendering: z.optional(rendering),
});

/** SD-JWT VC 9. */
const claimMetadata = z.object({
  path: z.array(z.union([z.string(), z.null(), z.int().check(z.nonnegative())])).check(z.minLength(1), z.maxLength(32)),
  display: z.optional(z.array(z.object({ locale: text, label: text, description: z.optional(z.string()) }))),
  mandatory: z._default(z.boolean(), false),
  sd: z._default(z.enum(['always', 'allowed', 'never']), 'allowed'),
  svg_id: z.optional(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/))),
});

/** SD-JWT VC 6.2. Unknown members are ignored. */
export const typeDocument = z.object({
  vct: text,
  name: z.optional(z.string()),
  description: z.optional(z.string()),
  extends: z.optional(text),
  'extends#integrity': z.optional(integrity),
  display: z.optional(z.array(typeDisplay)),
  claims: z.optional(z.array(claimMetadata)),
});

export type TypeDocument = z.output<typeof typeDocument>;
export type TypeDisplay = z.output<typeof typeDisplay>;
export type ClaimMetadata = z.output<typeof claimMetadata>;

/**
 * One type metadata document as served. Refused: `meta_limit` (size, depth, count), `meta_invalid` (all else: not
 * strict JSON, a wrong shape, a path or an `svg_id` given twice).
 */
export function parseTypeDocument(json: string, at = 'type'): TypeDocument {
  let document: TypeDocument;
  try {
    document = parseShape(typeDocument, parseJson(json, {}, at), at);
  } catch (cause) {
    throw new HufuError(codeOf(cause) === 'json_limit' ? 'meta_limit' : 'meta_invalid', { at, cause });
  }
  const claims = document.claims ?? [];
  const svgIds = claims.flatMap((claim) => claim.svg_id ?? []);
  if (hasRepeats(claims.map(({ path }) => JSON.stringify(path))) || hasRepeats(svgIds)) {
    throw new HufuError('meta_invalid', { at: `${at}.claims` });
  }
  return document;
}

function hasRepeats(values: readonly string[]): boolean {
  return new Set(values).size !== values.length;
}
