import { acceptNotice, createAccount, signIn } from '../actions.ts';
import { isBusy, text } from '../state.ts';

export function SignIn() {
  const t = text.value;
  return (
    <main class="narrow">
      <section class="surface stack">
        <h1>{t('signInTitle')}</h1>
        <p class="soft">{t('signInBody')}</p>
        <button type="button" disabled={isBusy.value} onClick={() => void createAccount()}>
          {t('newButton')}
        </button>
      </section>
      <section class="surface stack">
        <h2>{t('knownTitle')}</h2>
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void signIn()}>
          {t('signInButton')}
        </button>
      </section>
    </main>
  );
}

const told = ['Purpose', 'Basis', 'What', 'Keep', 'Face'] as const;

/** Personal Information Protection Law, article 17: told before anything is collected, in words that are understood. */
export function NoticeStep() {
  const t = text.value;
  return (
    <main>
      <section class="surface stack">
        <h1>{t('noticeTitle')}</h1>
        {told.map((name) => (
          <div key={name} class="told">
            <h2>{t(`notice${name}`)}</h2>
            <p>{t(`notice${name}Body`)}</p>
          </div>
        ))}
        <button type="button" disabled={isBusy.value} onClick={() => void acceptNotice()}>
          {t('noticeAccept')}
        </button>
      </section>
    </main>
  );
}
