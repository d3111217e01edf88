import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { passphraseMinLength } from '../../vault/index.ts';
import { passphraseQuestion } from '../passphrase-prompt.ts';
import { t } from '../strings/index.ts';

/** Asks for the passphrase of the weaker grade, in a dialog that holds the focus. */
export function PassphraseDialog() {
  const question = passphraseQuestion.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const fault = useSignal<'differ' | 'short' | undefined>(undefined);

  useEffect(() => {
    if (question === undefined) return;
    fault.value = undefined;
    dialog.current?.showModal();
  }, [question]);

  if (question === undefined) return null;
  const creating = question.reason === 'create';

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    const passphrase = String(form.get('passphrase') ?? '');
    if (creating && [...passphrase.normalize('NFC')].length < passphraseMinLength) {
      fault.value = 'short';
      return;
    }
    if (creating && passphrase !== String(form.get('again') ?? '')) {
      fault.value = 'differ';
      return;
    }
    question.answer(passphrase);
  };

  return (
    <dialog ref={dialog} aria-labelledby="passphrase-title" onCancel={() => question.answer(undefined)}>
      <form onSubmit={submit}>
        <h2 id="passphrase-title">{creating ? t('passphrase.titleCreate') : t('passphrase.titleEnter')}</h2>
        <label class="field">
          {t('passphrase.field')}
          <input
            name="passphrase"
            type="password"
            required
            autocomplete={creating ? 'new-password' : 'current-password'}
            aria-describedby={creating ? 'passphrase-hint' : undefined}
          />
        </label>
        {creating ? (
          <label class="field">
            {t('passphrase.again')}
            <input name="again" type="password" required autocomplete="new-password" />
          </label>
        ) : null}
        {creating ? (
          <p id="passphrase-hint" class="faint">
            {t('passphrase.hint', { count: passphraseMinLength })}
          </p>
        ) : null}
        {fault.value === undefined ? null : (
          <p class="fault" role="alert">
            {fault.value === 'differ' ? t('passphrase.differ') : t('passphrase.short', { count: passphraseMinLength })}
          </p>
        )}
        <div class="pair">
          <button type="button" class="quiet" onClick={() => question.answer(undefined)}>
            {t('action.cancel')}
          </button>
          <button type="submit">{t('passphrase.confirm')}</button>
        </div>
      </form>
    </dialog>
  );
}
