import { useRef, useState } from 'preact/hooks';
import { encodeBase64 } from '../../../../shared/encoding/index.ts';
import type { FaceFrame } from '../actions.ts';
import { stillOf } from '../photo.ts';
import { text } from '../state.ts';
import type { FaceStep } from '../views.ts';
import { useCamera } from './camera.tsx';

const stillSide = 960;
const words = {
  look: 'do_look',
  'turn-left': 'do_turnLeft',
  'turn-right': 'do_turnRight',
  'open-mouth': 'do_openMouth',
} as const satisfies Record<FaceStep, string>;

interface Props {
  readonly steps: readonly FaceStep[];
  readonly onDone: (frames: readonly FaceFrame[]) => void;
  readonly onStop: () => void;
}

/** One picture for each step, in the order the issuer drew. Nothing is measured here: a person looks at them. */
export function FaceCamera({ steps, onDone, onStop }: Props) {
  const t = text.value;
  const video = useCamera('user', onStop);
  const [frames, setFrames] = useState<readonly FaceFrame[]>([]);
  const began = useRef<number | undefined>(undefined);
  const isTaking = useRef(false);
  const step = steps[frames.length];
  if (step === undefined) return null;

  const take = async () => {
    const shown = video.current;
    if (shown === null || shown.videoWidth === 0 || isTaking.current) return;
    isTaking.current = true;
    began.current ??= performance.now();
    const at = Math.round(performance.now() - began.current);
    const picture = await stillOf(shown, stillSide);
    const image = encodeBase64(new Uint8Array(await picture.arrayBuffer()));
    isTaking.current = false;
    const all = [...frames, { step, at_ms: at, image }];
    if (all.length === steps.length) onDone(all);
    else setFrames(all);
  };
  return (
    <>
      <p class="faint">{t('faceStep', { at: frames.length + 1, count: steps.length })}</p>
      <p class="large" role="status">
        {t(words[step])}
      </p>
      <div class="finder">
        <video ref={video} class="mirror" muted playsInline aria-label={t(words[step])} />
        <div class="guide oval" aria-hidden="true" />
      </div>
      <div class="row">
        <button type="button" onClick={() => void take()}>
          {t('faceTake')}
        </button>
        <button type="button" class="quiet" onClick={onStop}>
          {t('faceStop')}
        </button>
      </div>
    </>
  );
}
