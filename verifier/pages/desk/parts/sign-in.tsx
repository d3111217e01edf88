import { useSignal } from '@preact/signals';
import { signIn, signInDemo } from '../actions.ts';
import { isBusy, isDemo, text } from '../state.ts';

export function SignIn() {
  const t = text.value;
  const token = useSignal('');
  return (
    <main class="sign-in">
      <section class="surface">
        <h1>{t('signInTitle')}</h1>
        {isDemo.value && (
          <div class="stack">
            <button type="button" disabled={isBusy.value} onClick={() => void signInDemo()}>
              {t('signInDemo')}
            </button>
            <p class="faint">{t('signInDemoHint')}</p>
          </div>
        )}
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void signIn(token.value);
          }}
        >
          <label for="token">{t('signInToken')}</label>
          <input
            id="token"
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            aria-describedby="token-hint"
            value={token.value}
            onInput={(event) => (token.value = event.currentTarget.value)}
          />
          <p id="token-hint" class="faint">
            {t('signInHint')}
          </p>
          <button type="submit" class={isDemo.value ? 'quiet' : ''} disabled={isBusy.value}>
            {t('signInButton')}
          </button>
        </form>
      </section>
    </main>
  );
}
