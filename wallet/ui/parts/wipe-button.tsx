import { useSignal } from '@preact/signals';
import { wipeWallet } from '../session.ts';
import { t } from '../strings/index.ts';
import { Working } from './screen.tsx';

/** Erasing everything, asked twice. */
export function WipeButton(props: { readonly label: string }) {
  const step = useSignal<'no' | 'asked' | 'wiping'>('no');
  if (step.value === 'wiping') return <Working text={t('settings.wiping')} />;
  if (step.value === 'no') {
    return (
      <button
        type="button"
        class="danger"
        onClick={() => {
          step.value = 'asked';
        }}
      >
        {props.label}
      </button>
    );
  }
  return (
    <div class="notice bad" role="alert">
      <p>{t('settings.wipeAsk')}</p>
      <div class="pair">
        <button
          type="button"
          class="quiet"
          onClick={() => {
            step.value = 'no';
          }}
        >
          {t('action.cancel')}
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => {
            step.value = 'wiping';
            void wipeWallet();
          }}
        >
          {t('settings.wipeYes')}
        </button>
      </div>
    </div>
  );
}
