import { useState } from 'preact/hooks';
import { ethnicGroupName } from '../../../../shared/id-card/index.ts';
import { goTo, send, withdraw } from '../actions.ts';
import { application, isBusy, language, text } from '../state.ts';
import type { FieldName } from '../views.ts';

const lines = [
  'name',
  'sex',
  'ethnicity',
  'birthdate',
  'address',
  'number',
  'authority',
  'valid_from',
  'valid_until',
] as const satisfies readonly FieldName[];

export function SendStep() {
  const t = text.value;
  const now = application.value;
  if (now === undefined) return null;
  const shown = (name: FieldName): string => {
    const value = now.fields[name];
    if (name === 'sex') return value === 1 ? t('male') : t('female');
    if (name === 'ethnicity') return ethnicGroupName(String(value ?? ''), language.value) ?? '';
    return value === 'long-term' ? t('longTerm') : String(value ?? '');
  };
  return (
    <main>
      <section class="surface stack">
        <h1>{t('sendTitle')}</h1>
        <p class="soft">{t('sendBody')}</p>
        <dl class="facts">
          {lines.map((name) => (
            <div key={name} class="fact">
              <dt>{t(name)}</dt>
              <dd>{shown(name)}</dd>
            </div>
          ))}
          <div class="fact">
            <dt>{t('faceWay')}</dt>
            <dd>{t(`faceWay_${now.face.way ?? 'person'}`)}</dd>
          </div>
        </dl>
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => goTo('fields')}>
          {t('change')}
        </button>
        <p>{t('sendTruth')}</p>
        <div class="row ends">
          <button type="button" class="quiet" disabled={isBusy.value} onClick={() => goTo('face')}>
            {t('backTo')}
          </button>
          <button type="button" disabled={isBusy.value} onClick={() => void send()}>
            {t('sendButton')}
          </button>
        </div>
      </section>
      <Withdraw />
    </main>
  );
}

/** Asked once more: the photos are gone at once. */
function Withdraw() {
  const t = text.value;
  const [isAsked, setAsked] = useState(false);
  if (!isAsked) {
    return (
      <div class="row">
        <button type="button" class="danger" disabled={isBusy.value} onClick={() => setAsked(true)}>
          {t('withdraw')}
        </button>
      </div>
    );
  }
  return (
    <section class="surface stack" role="alert">
      <p>{t('withdrawSure')}</p>
      <div class="row">
        <button type="button" class="danger" disabled={isBusy.value} onClick={() => void withdraw()}>
          {t('withdraw')}
        </button>
        <button type="button" class="quiet" onClick={() => setAsked(false)}>
          {t('withdrawNo')}
        </button>
      </div>
    </section>
  );
}
