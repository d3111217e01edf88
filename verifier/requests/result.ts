import * as z from 'zod/mini';
import { decodeUtf8, parseJsonObject, parseShape } from '../../shared/encoding/index.ts';

const bilingual = z.object({ 'zh-Hans': z.string(), en: z.string() });

/** How we know: what a clerk may rely on, and what an auditor would ask. No personal data. */
export const evidence = z.object({
  format: z.enum(['dc+sd-jwt', 'jwt_vc_json']),
  issuer: z.object({ id: z.string(), name: bilingual }),
  /** Algorithm of the issuer's signature. */
  alg: z.string(),
  /** When the status list was asked for, and when its issuer signed it. */
  status: z.object({ checked_at: z.int(), list_iat: z.int() }),
});
export type Evidence = z.infer<typeof evidence>;

/** What is sealed after an accepted answer: the asked claims and nothing else of the presentation. */
const storedResult = z.object({
  claims: z.record(z.string(), z.json()),
  evidence,
  match_number: z.optional(z.string()),
});
export type StoredResult = z.infer<typeof storedResult>;

const maxBytes = 131_072;

export function parseResult(bytes: Uint8Array): StoredResult {
  return parseShape(storedResult, parseJsonObject(decodeUtf8(bytes), { maxBytes }), 'result');
}
