/**
 * The active challenge: what to do before the camera, in an order drawn here, answered once within two minutes. What
 * comes back was measured in the applicant's own browser and can be made up; so this only finds captures that do not
 * even pretend well, and its best result is that the challenge was completed.
 */
import * as z from 'zod';
import { HufuError } from '../../shared/errors.ts';
import type { Crypto } from '../../shared/keys/index.ts';

export const faceSteps = ['look', 'turn-left', 'turn-right', 'open-mouth'] as const;
export type FaceStep = (typeof faceSteps)[number];

export const challengeSeconds = 120;
export const maxFaceAttempts = 5;
const movements = ['turn-left', 'turn-right', 'open-mouth'] as const;
const movementCount = 4;

/** Look first, for a picture to compare; then four movements, none twice in a row: 24 orders. */
export function drawSteps(crypto: Pick<Crypto, 'randomBytes'>): readonly FaceStep[] {
  const steps: FaceStep[] = ['look'];
  while (steps.length <= movementCount) {
    const choices = movements.filter((step) => step !== steps.at(-1));
    steps.push(drawn(choices, crypto));
  }
  return steps;
}

/** Even chances: bytes that would favour the first choices are drawn again. */
function drawn<T>(choices: readonly T[], crypto: Pick<Crypto, 'randomBytes'>): T {
  for (;;) {
    const [byte = 255] = crypto.randomBytes(1);
    const fair = 256 - (256 % choices.length);
    const choice = choices[byte % choices.length];
    if (byte < fair && choice !== undefined) return choice;
  }
}

/** One moment of the capture, as the page's mesh measured it. */
export const measurement = z.strictObject({
  /** How many faces were seen. */
  faces: z.int().min(0).max(10),
  /** Degrees; positive when the head is turned to the person's own left. */
  yaw: z.number().min(-180).max(180),
  /** 0 closed to 1 wide open. */
  mouth: z.number().min(0).max(1),
  /** Height of the face as a share of the picture's. */
  size: z.number().min(0).max(1),
  /** 0 dark to 1 bright. */
  brightness: z.number().min(0).max(1),
  /** 0 blurred to 1 sharp. */
  sharpness: z.number().min(0).max(1),
});

export interface CapturedStep {
  readonly step: FaceStep;
  /** Milliseconds since the capture began. */
  readonly at: number;
  /** Undefined where the browser cannot measure: then a person looks, and nothing is said about the movement. */
  readonly measured: z.output<typeof measurement> | undefined;
  /** SHA-256 of the picture. */
  readonly sha256: string;
}

/** Thresholds, shown in the console as they are here. */
export const faceRules = {
  version: '1',
  turnDegrees: 15,
  straightDegrees: 12,
  mouthOpen: 0.3,
  minSize: 0.2,
  maxSize: 0.95,
  minBrightness: 0.15,
  maxBrightness: 0.95,
  minSharpness: 0.1,
  minStepMs: 150,
} as const;

export type ChallengeReason =
  | 'challenge_completed'
  | 'not_measured'
  | 'wrong_order'
  | 'no_face'
  | 'several_faces'
  | 'too_small'
  | 'too_close'
  | 'too_dark'
  | 'too_bright'
  | 'blurred'
  | 'not_performed'
  | 'same_picture'
  | 'too_fast';

/** Numbered checks, cheap and certain ones first; the first that fails is the reason. */
export function judgeCapture(steps: readonly FaceStep[], captured: readonly CapturedStep[]): ChallengeReason {
  // 1. what was asked, in the order in which it was asked
  if (steps.length !== captured.length || steps.some((step, at) => captured[at]?.step !== step)) return 'wrong_order';
  const isMeasured = captured.every(({ measured }) => measured !== undefined);
  for (const { measured } of captured) {
    // 2. one face, large, sharp and lit enough to be compared
    const fault = measured && qualityFault(measured);
    if (fault !== undefined) return fault;
  }
  // 3. the movement itself
  if (captured.some(({ step, measured }) => measured && !isPerformed(step, measured))) return 'not_performed';
  // 4. a new picture for every step
  if (new Set(captured.map(({ sha256 }) => sha256)).size !== captured.length) return 'same_picture';
  // 5. at the pace of a head
  const rest = captured.slice(1);
  if (rest.some(({ at }, n) => at - (captured[n]?.at ?? 0) < faceRules.minStepMs)) return 'too_fast';
  return isMeasured ? 'challenge_completed' : 'not_measured';
}

function qualityFault(measured: z.output<typeof measurement>): ChallengeReason | undefined {
  if (measured.faces === 0) return 'no_face';
  if (measured.faces > 1) return 'several_faces';
  if (measured.size < faceRules.minSize) return 'too_small';
  if (measured.size > faceRules.maxSize) return 'too_close';
  if (measured.brightness < faceRules.minBrightness) return 'too_dark';
  if (measured.brightness > faceRules.maxBrightness) return 'too_bright';
  return measured.sharpness < faceRules.minSharpness ? 'blurred' : undefined;
}

function isPerformed(step: FaceStep, { yaw, mouth }: z.output<typeof measurement>): boolean {
  switch (step) {
    case 'look':
      return Math.abs(yaw) <= faceRules.straightDegrees;
    case 'turn-left':
      return yaw >= faceRules.turnDegrees;
    case 'turn-right':
      return yaw <= -faceRules.turnDegrees;
    case 'open-mouth':
      return mouth >= faceRules.mouthOpen;
  }
}

const storedSteps = z.array(z.enum(faceSteps));

export function parseSteps(text: string): readonly FaceStep[] {
  const parsed = storedSteps.safeParse(JSON.parse(text));
  if (!parsed.success) throw new HufuError('integrity', { at: 'face_challenge' });
  return parsed.data;
}
