import { type DcqlQuery, parseDcql } from '../../shared/dcql/index.ts';
import type { JsonObject } from '../../shared/encoding/index.ts';
import type { Scene, SceneClaim } from './scene.ts';

/** How a kind of credential is called in each format: from the configuration, since issuers name their own types. */
export interface CredentialTypes {
  readonly vctValues: readonly string[];
  /** Outer array: alternatives; inner: all of them (OpenID4VP 1.0 B.1.1). */
  readonly typeValues: readonly (readonly string[])[];
}

export const queryIds = { 'dc+sd-jwt': 'resident_sd', jwt_vc_json: 'resident_vc' } as const;

/**
 * The DCQL query of a scene (OpenID4VP 1.0, 6): one credential query per format, either of which will do. DCQL knows
 * no optional claims, so each query lists its choices in order: with the optional claims, then without them.
 */
export function sceneQuery(scene: Scene, types: CredentialTypes): JsonObject {
  const credentials = scene.formats.map((format): JsonObject => {
    const root = format === 'jwt_vc_json' ? ['credentialSubject'] : [];
    return {
      id: queryIds[format],
      format,
      meta:
        format === 'jwt_vc_json'
          ? { type_values: types.typeValues.map((alternative) => [...alternative]) }
          : { vct_values: [...types.vctValues] },
      claims: scene.claims.map((claim) => ({
        id: claimId(claim),
        path: [...root, ...claim.path],
        ...(claim.values === undefined ? {} : { values: [...claim.values] }),
      })),
      claim_sets: claimSets(scene),
    };
  });
  const options = scene.formats.map((format) => [queryIds[format]]);
  return { credentials, credential_sets: [{ options }] };
}

function claimSets(scene: Scene): string[][] {
  const all = scene.claims.map(claimId);
  const required = scene.claims.filter((claim) => claim.optional !== true).map(claimId);
  return required.length === all.length ? [all] : [all, required];
}

function claimId(claim: SceneClaim): string {
  return claim.path.join('_');
}

/** A scene's question as it is sent, and as answers are judged by it. */
export interface SceneQuestion {
  readonly wire: JsonObject;
  readonly query: DcqlQuery;
}

/** The questions of all scenes for one installation's credential types, each made once. */
export function createQuestions(types: CredentialTypes): (scene: Scene) => SceneQuestion {
  const made = new Map<string, SceneQuestion>();
  return (scene) => {
    const known = made.get(scene.id);
    if (known !== undefined) return known;
    const wire = sceneQuery(scene, types);
    const question = { wire, query: parseDcql(wire) };
    made.set(scene.id, question);
    return question;
  };
}
