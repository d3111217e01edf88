/** What may be asked of whom, why and for how long: data, and the two forms it takes on the wire. */
import { HufuError } from '../../shared/errors.ts';
import { age } from './age.ts';
import { hotel } from './hotel.ts';
import type { Scene } from './scene.ts';

export { type CredentialTypes, createQuestions, type SceneQuestion, sceneQuery } from './query.ts';
export { addRetention } from './retention.ts';
export type { Retention, Scene } from './scene.ts';
export { sceneStatement, wantsMatchNumber } from './statement.ts';

const scenes: readonly Scene[] = [hotel, age];

/** A scene that must exist, because a stored request names it. Refused: `not_found`. */
export function getScene(id: string): Scene {
  const scene = findScene(id);
  if (scene === undefined) throw new HufuError('not_found', { at: 'scene' });
  return scene;
}

export function findScene(id: string): Scene | undefined {
  return scenes.find((scene) => scene.id === id);
}

export const sceneIds: readonly string[] = scenes.map((scene) => scene.id);
