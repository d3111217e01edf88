import { useState } from 'preact/hooks';
import { drawChallenge, goTo, redeemCode, sendFace, withoutFace } from '../actions.ts';
import { application, isBusy, text } from '../state.ts';
import type { FaceStep } from '../views.ts';
import { AskedNote } from './asked-note.tsx';
import { FaceCamera } from './face-camera.tsx';

/** Three ways, none of them better for the applicant; nothing of the face is taken without its own consent. */
export function Face() {
  const t = text.value;
  const [agrees, setAgrees] = useState(false);
  const [code, setCode] = useState('');
  const [challenge, setChallenge] = useState<{ readonly id: string; readonly steps: readonly FaceStep[] }>();
  const left = application.value?.face.attempts_left ?? 0;
  if (challenge !== undefined) {
    return (
      <main>
        <section class="surface stack">
          <h1>{t('faceTitle')}</h1>
          <FaceCamera
            steps={challenge.steps}
            onDone={(frames) => {
              setChallenge(undefined);
              void sendFace(challenge.id, frames);
            }}
            onStop={() => setChallenge(undefined)}
          />
        </section>
      </main>
    );
  }
  return (
    <main>
      <AskedNote />
      <section class="surface stack">
        <h1>{t('faceTitle')}</h1>
        <p class="soft">{t('faceBody')}</p>
      </section>
      <section class="surface stack">
        <h2>{t('wayPerson')}</h2>
        <p>{t('wayPersonBody')}</p>
        <button type="button" disabled={isBusy.value} onClick={() => void withoutFace()}>
          {t('wayPersonButton')}
        </button>
      </section>
      <section class="surface stack">
        <h2>{t('wayCamera')}</h2>
        <p>{t('wayCameraBody')}</p>
        <label class="tick">
          <input type="checkbox" checked={agrees} onChange={(event) => setAgrees(event.currentTarget.checked)} />
          {t('wayCameraConsent')}
        </label>
        <p class="faint">{t('attemptsLeft', { count: left })}</p>
        <button
          type="button"
          class="quiet"
          disabled={isBusy.value || !agrees || left === 0}
          onClick={() => void drawChallenge().then(setChallenge)}
        >
          {t('wayCameraButton')}
        </button>
      </section>
      <section class="surface stack">
        <h2>{t('wayCounter')}</h2>
        <p>{t('wayCounterBody')}</p>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void redeemCode(code.trim());
          }}
        >
          <label for="counter-code">{t('counterLabel')}</label>
          <input
            id="counter-code"
            class="num"
            autocomplete="one-time-code"
            maxLength={32}
            required
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <button type="submit" class="quiet" disabled={isBusy.value}>
            {t('counterButton')}
          </button>
        </form>
      </section>
      <div class="row">
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => goTo('fields')}>
          {t('backTo')}
        </button>
      </div>
    </main>
  );
}
