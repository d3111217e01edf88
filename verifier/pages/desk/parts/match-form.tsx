import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { match } from '../actions.ts';
import { isBusy, text, view } from '../state.ts';
import { CancelButton, WhichGuest } from './guest-line.tsx';

const tries = 3;

export function MatchForm() {
  const t = text.value;
  const digits = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  const tried = view.value?.match_tries ?? 0;
  // The guest is saying the number now: the cursor is where it goes, also after a wrong one.
  useEffect(() => {
    digits.value = '';
    input.current?.focus();
  }, [tried]);
  return (
    <section class="surface ask" aria-labelledby="ask-title">
      <h2 id="ask-title">{t('matchTitle')}</h2>
      <p id="match-hint">{t('matchHint')}</p>
      <form
        class="stack wide"
        onSubmit={(event) => {
          event.preventDefault();
          void match(digits.value);
        }}
      >
        <input
          ref={input}
          class="digits"
          aria-label={t('matchLabel')}
          aria-describedby={tried > 0 ? 'match-hint match-wrong' : 'match-hint'}
          aria-invalid={tried > 0}
          inputMode="numeric"
          autocomplete="off"
          required
          pattern="[0-9]{2}"
          maxLength={2}
          value={digits.value}
          onInput={(event) => (digits.value = event.currentTarget.value.replace(/[^0-9]/g, ''))}
        />
        <p id="match-wrong" class="bad-text" role="alert">
          {tried > 0 && t('matchWrong', { left: tries - tried })}
        </p>
        <button type="submit" disabled={isBusy.value || digits.value.length !== 2}>
          {t('matchButton')}
        </button>
      </form>
      <WhichGuest />
      <CancelButton />
    </section>
  );
}
