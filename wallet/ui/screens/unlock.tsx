import { useSignal } from '@preact/signals';
import { type Code, codeOf } from '../../../shared/errors.ts';
import { waiting } from '../arrival.ts';
import { errorText } from '../error-text.ts';
import { Fault, Screen, Working } from '../parts/screen.tsx';
import { WipeButton } from '../parts/wipe-button.tsx';
import { grade, unlockWallet } from '../session.ts';
import { t } from '../strings/index.ts';

export function Unlock() {
  const busy = useSignal(false);
  const fault = useSignal<Code | undefined>(undefined);

  const unlock = async () => {
    busy.value = true;
    fault.value = undefined;
    try {
      await unlockWallet();
    } catch (error) {
      fault.value = codeOf(error);
    }
    busy.value = false;
  };

  return (
    <Screen title={t('unlock.title')}>
      <p class="lead">{grade.value === 'passphrase' ? t('unlock.leadPassphrase') : t('unlock.lead')}</p>
      {waiting.value === undefined ? null : <p class="notice">{t('unlock.waiting')}</p>}
      {fault.value === undefined ? null : <Fault text={errorText(fault.value)} />}
      <button type="button" class="wide" disabled={busy.value} onClick={() => void unlock()}>
        {t('unlock.action')}
      </button>
      {busy.value && grade.value === 'passphrase' ? <Working text={t('passphrase.working')} /> : null}
      <details class="lost">
        <summary>{t('unlock.lost')}</summary>
        <p>{t('unlock.lostText')}</p>
        <WipeButton label={t('unlock.startOver')} />
      </details>
    </Screen>
  );
}
