import { useRef, useState } from 'preact/hooks';
import { goTo, sendPhoto } from '../actions.ts';
import { base } from '../api.ts';
import { stillOf } from '../photo.ts';
import { application, isBusy, text } from '../state.ts';
import type { Photo } from '../views.ts';
import { AskedNote } from './asked-note.tsx';
import { useCamera } from './camera.tsx';

type Side = 'front' | 'back';

export function PhotoStep({ side }: { readonly side: Side }) {
  const t = text.value;
  const [isFilming, setFilming] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const photo = application.value?.[side] ?? undefined;
  const isFine = photo?.problems.length === 0;
  const next = () => goTo(side === 'front' ? 'back' : 'fields');
  const take = (picture: Blob) => {
    setFilming(false);
    void sendPhoto(side, picture);
  };
  return (
    <main>
      <AskedNote />
      <section class="surface stack">
        <h1>{t(side)}</h1>
        <p class="soft">{t(`${side}Hint`)}</p>
        {isFilming ? (
          <CardCamera onTake={take} onClose={() => setFilming(false)} />
        ) : (
          <>
            {photo !== undefined && <PhotoShown side={side} photo={photo} />}
            <p role="status" class={isBusy.value ? 'reading' : 'sr-only'}>
              {isBusy.value ? t('photoReading') : ''}
            </p>
            {photo !== undefined && !isBusy.value && <Problems photo={photo} />}
            <div class="row">
              <button
                type="button"
                class={isFine ? 'quiet' : ''}
                disabled={isBusy.value}
                onClick={() => setFilming(true)}
              >
                {t('cameraOpen')}
              </button>
              <button type="button" class="quiet" disabled={isBusy.value} onClick={() => file.current?.click()}>
                {t('fileChoose')}
              </button>
              <input
                ref={file}
                type="file"
                accept="image/jpeg,image/png"
                hidden
                aria-label={t('fileChoose')}
                onChange={(event) => {
                  const [picture] = event.currentTarget.files ?? [];
                  event.currentTarget.value = '';
                  if (picture !== undefined) take(picture);
                }}
              />
            </div>
          </>
        )}
        <div class="row ends">
          <button
            type="button"
            class="quiet"
            disabled={isBusy.value}
            onClick={() => goTo(side === 'front' ? 'notice' : 'front')}
          >
            {t('backTo')}
          </button>
          {photo !== undefined && (
            <button type="button" class={isFine ? '' : 'quiet'} disabled={isBusy.value} onClick={next}>
              {isFine ? t('next') : t('keepAnyway')}
            </button>
          )}
        </div>
      </section>
    </main>
  );
}

export function PhotoShown({ side, photo }: { readonly side: Side; readonly photo: Photo }) {
  const t = text.value;
  const { at, width, height } = photo;
  return (
    <img
      key={at}
      class="photo"
      src={`${base}/apply/api/evidence/${side}#${at}`}
      width={width}
      height={height}
      alt={t('photoOf', { side: t(side) })}
    />
  );
}

function Problems({ photo }: { readonly photo: Photo }) {
  const t = text.value;
  if (photo.problems.length === 0) return <p class="tag good">{t('photoGood')}</p>;
  return (
    <div class="problems">
      <p class="tag warn">{t('photoBad')}</p>
      <ul class="plain">
        {photo.problems.map((name) => (
          <li key={name}>{t(`problem_${name}`)}</li>
        ))}
      </ul>
    </div>
  );
}

function CardCamera({ onTake, onClose }: { readonly onTake: (picture: Blob) => void; readonly onClose: () => void }) {
  const t = text.value;
  const video = useCamera('environment', onClose);
  const shoot = async () => {
    if (video.current !== null && video.current.videoWidth > 0) onTake(await stillOf(video.current));
  };
  return (
    <>
      <div class="finder">
        <video ref={video} muted playsInline aria-label={t('cameraGuide')} />
        <div class="guide" aria-hidden="true">
          <span>{t('cameraGuide')}</span>
        </div>
      </div>
      <div class="row">
        <button type="button" onClick={() => void shoot()}>
          {t('cameraTake')}
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          {t('cameraClose')}
        </button>
      </div>
    </>
  );
}
