import { useSignal } from '@preact/signals';
import { type Code, codeOf } from '../../../shared/errors.ts';
import { errorText } from '../error-text.ts';
import { Fault, Screen, Warning, Working } from '../parts/screen.tsx';
import { TryIt } from '../parts/try-it.tsx';
import { createWallet } from '../session.ts';
import { t } from '../strings/index.ts';

/** The first screen: what this is, how to begin, and what to try in the demo. */
export function Welcome() {
  const busy = useSignal<'passkey' | 'passphrase' | undefined>(undefined);
  const fault = useSignal<Code | undefined>(undefined);

  const create = async (grade: 'passkey' | 'passphrase') => {
    busy.value = grade;
    fault.value = undefined;
    try {
      await createWallet(grade);
    } catch (error) {
      fault.value = codeOf(error);
    }
    busy.value = undefined;
  };
  const mayBeWeaker =
    fault.value === 'passkey_prf' || fault.value === 'passkey_missing' || fault.value === 'passphrase_wrong';

  return (
    <Screen title={t('welcome.title')}>
      <p class="lead">{t('welcome.lead')}</p>
      {fault.value === undefined ? null : <Fault text={errorText(fault.value)} />}
      <div class="stack">
        <button type="button" class="wide" disabled={busy.value !== undefined} onClick={() => void create('passkey')}>
          {t('welcome.create')}
        </button>
        {busy.value === undefined ? (
          <p class="faint">{t('welcome.createHint')}</p>
        ) : (
          <Working text={busy.value === 'passkey' ? t('welcome.creating') : t('passphrase.working')} />
        )}
      </div>
      {mayBeWeaker ? (
        <Warning>
          <h2>{t('welcome.weakerTitle')}</h2>
          <p>{t('welcome.weakerWhy')}</p>
          <button
            type="button"
            class="quiet"
            disabled={busy.value !== undefined}
            onClick={() => void create('passphrase')}
          >
            {t('welcome.weaker')}
          </button>
        </Warning>
      ) : null}
      <TryIt />
    </Screen>
  );
}
