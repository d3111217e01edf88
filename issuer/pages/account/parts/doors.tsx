import { createAccount, goSignIn, signIn, wasNotMeByMail } from '../actions.ts';
import { isBusy, text } from '../state.ts';

export function SignIn() {
  const t = text.value;
  return (
    <main class="narrow">
      <section class="surface stack">
        <h1>{t('signInTitle')}</h1>
        <p class="soft">{t('signInBody')}</p>
        <button type="button" disabled={isBusy.value} onClick={() => void signIn()}>
          {t('signInButton')}
        </button>
      </section>
      <section class="surface stack">
        <h2>{t('newTitle')}</h2>
        <p class="soft">{t('newBody')}</p>
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void createAccount()}>
          {t('newButton')}
        </button>
      </section>
    </main>
  );
}

/** Opened from the link in a mail: nothing happens by itself, since mail programs open links as well. */
export function NotMe() {
  const t = text.value;
  return (
    <main class="narrow">
      <section class="surface stack">
        <h1>{t('mailTitle')}</h1>
        <p>{t('mailBody')}</p>
        <button type="button" class="danger" disabled={isBusy.value} onClick={() => void wasNotMeByMail()}>
          {t('mailButton')}
        </button>
      </section>
    </main>
  );
}

export function NotMeDone() {
  const t = text.value;
  return (
    <main class="narrow">
      <section class="surface stack">
        <h1>{t('mailDoneTitle')}</h1>
        <p>{t('mailDoneBody')}</p>
        <button type="button" onClick={goSignIn}>
          {t('toSignIn')}
        </button>
      </section>
    </main>
  );
}

export function Gone() {
  const t = text.value;
  return (
    <main class="narrow">
      <section class="surface stack">
        <h1>{t('goneTitle')}</h1>
        <p>{t('goneBody')}</p>
      </section>
    </main>
  );
}
