/**
 * A certified face service of the authority over HTTP (contract: docs/face-service.md). JSON both ways, a bearer token,
 * pictures as base64 JPEG; ten seconds, no redirect. Only the three answers of the contract are answers: whatever else
 * comes back, late or not at all, leaves the check undone, and a person decides.
 */
import * as z from 'zod';
import { encodeBase64, parseJson, parseShape } from '../../shared/encoding/index.ts';
import type { FetchText } from '../../shared/fetch.ts';
import type { FaceAnswer, FaceMatcher, LivenessChecker } from './ports.ts';

const timeoutMs = 10_000;
const maxBytes = 4_096;

const matchAnswer = z.strictObject({ result: z.enum(['same', 'different', 'unsure']) });
const livenessAnswer = z.strictObject({ result: z.enum(['live', 'not_live', 'unsure']) });

export interface FaceServiceOptions {
  /** Address without a slash at the end; `/match` and `/liveness` are below it. */
  readonly url: string;
  readonly token: string;
  readonly fetchText: FetchText;
}

/** Both questions, asked of one service. An installation that names it vouches that it is certified. */
export function createFaceService(options: FaceServiceOptions): {
  readonly faceMatcher: FaceMatcher;
  readonly livenessChecker: LivenessChecker;
} {
  const name = new URL(options.url).host;
  const known = { name, certified: true } as const;

  async function ask<S extends z.ZodType>(path: string, question: object, schema: S): Promise<z.output<S>> {
    const { text } = await options.fetchText(`${options.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${options.token}` },
      body: JSON.stringify(question),
      accept: 'application/json',
      expectedTypes: ['application/json'],
      timeoutMs,
      maxBytes,
    });
    return parseShape(schema, parseJson(text, { maxBytes }), 'face_service');
  }

  return {
    faceMatcher: {
      ...known,
      async match({ reference, frames }) {
        const question = { reference: encodeBase64(reference), frames: frames.map(encodeBase64) };
        const answers: Readonly<Record<string, FaceAnswer>> = { same: 'yes', different: 'no' };
        return answers[(await ask('/match', question, matchAnswer)).result] ?? 'unsure';
      },
    },
    livenessChecker: {
      ...known,
      async check({ frames, steps }) {
        const question = { frames: frames.map(encodeBase64), steps };
        const answers: Readonly<Record<string, FaceAnswer>> = { live: 'yes', not_live: 'no' };
        return answers[(await ask('/liveness', question, livenessAnswer)).result] ?? 'unsure';
      },
    },
  };
}
