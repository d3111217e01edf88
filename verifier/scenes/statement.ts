import type { Bilingual } from '../../shared/look/index.ts';
import type { SceneStatement } from '../../shared/oid4vp/index.ts';
import type { Scene } from './scene.ts';

/** What the holder is told about a scene, for `createSceneStatement`. `detail` names the occasion: a room, an order. */
export function sceneStatement(
  scene: Scene,
  occasion: { readonly clientId: string; readonly device: 'cross' | 'same'; readonly detail?: Bilingual },
): SceneStatement {
  return {
    iss: occasion.clientId,
    scene: scene.id,
    purpose: { ...scene.purpose },
    ...(occasion.detail === undefined ? {} : { detail: { ...occasion.detail } }),
    ...(scene.legalBasis === undefined ? {} : { legal_basis: { ...scene.legalBasis } }),
    retention: scene.retention,
    claims: scene.claims.map((claim) => ({
      path: [...claim.path],
      retention: claim.retention,
      ...(claim.note === undefined ? {} : { note: { ...claim.note } }),
    })),
    match_number: wantsMatchNumber(scene, occasion.device),
  };
}

/** Whether an answer must carry the two digits: the phone and the desk are not the same device. */
export function wantsMatchNumber(scene: Scene, device: 'cross' | 'same'): boolean {
  return scene.matchNumber === 'cross-device' && device === 'cross';
}
