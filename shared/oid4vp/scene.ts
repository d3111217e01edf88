import type * as z from 'zod/mini';
import { parseJsonObject, parseShape } from '../encoding/index.ts';
import { HufuError } from '../errors.ts';
import { signJwt, verifyJwt } from '../jwt/index.ts';
import type { Crypto, PublicJwk, Signer } from '../keys/index.ts';
import { type SceneStatementPayload, sceneStatementPayload, type verifierInfoEntry } from './schemas.ts';

/** The `format` of our `verifier_info` entry and the `typ` of the JWT in it. */
export const sceneFormat = 'hufu-scene+jwt';

/** Purpose, basis and retention of a request, as its asker states them. */
export type SceneStatement = SceneStatementPayload;

/** A statement signed with the relying party's access key, for one client identifier and a short time. */
export function createSceneStatement(
  statement: SceneStatement,
  options: { readonly signer: Signer; readonly now: number; readonly lifetime: number },
): Promise<string> {
  // Through text: what is left out is absent and not `undefined`.
  const payload = parseJsonObject(JSON.stringify(parseShape(sceneStatementPayload, statement, 'scene')));
  const times = { iat: options.now, exp: options.now + options.lifetime };
  return signJwt({ typ: sceneFormat }, { ...payload, ...times }, options.signer);
}

/**
 * The scene statement among a request's `verifier_info`, undefined where there is none; entries of other formats are
 * passed over (5.1). It must be signed with the key that signed the request and name the same client, otherwise the
 * whole request is refused: a statement of somebody else's purpose is worse than none.
 */
export async function verifySceneStatement(
  entries: readonly z.infer<typeof verifierInfoEntry>[],
  options: { readonly crypto: Crypto; readonly key: PublicJwk; readonly clientId: string; readonly now: number },
): Promise<SceneStatement | undefined> {
  const ours = entries.filter((entry) => entry.format === sceneFormat);
  const entry = ours[0];
  if (entry === undefined) return undefined;
  if (ours.length > 1 || typeof entry.data !== 'string')
    throw new HufuError('request_invalid', { at: 'verifier_info' });
  const { payload } = await verifyJwt(entry.data, {
    crypto: options.crypto,
    key: options.key,
    expectedTyp: sceneFormat,
    algs: ['ES256'],
    now: options.now,
    exp: 'required',
    expectedIss: options.clientId,
    at: 'verifier_info',
  });
  return parseShape(sceneStatementPayload, payload, 'verifier_info');
}

/**
 * How long the asker says it keeps a claim: the entry with the same path, else what holds for the whole scene.
 * Paths are written from the person's root; W3C paths are compared without their leading `credentialSubject`.
 */
export function retentionOf(scene: SceneStatement, path: readonly (string | number | null)[]): string {
  const wanted = JSON.stringify(path[0] === 'credentialSubject' ? path.slice(1) : path);
  return scene.claims.find((claim) => JSON.stringify(claim.path) === wanted)?.retention ?? scene.retention;
}
