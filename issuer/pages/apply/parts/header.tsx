import { signOut } from '../actions.ts';
import { isBusy, isLarge, language, notice, screen, steps, switchLanguage, switchSize, text } from '../state.ts';

export function Header() {
  const t = text.value;
  const at = (steps as readonly string[]).indexOf(screen.value);
  return (
    <header>
      <div class="bar">
        <p class="place">
          <strong>{t('apply')}</strong>
        </p>
        <div class="tools">
          <button type="button" class="quiet" aria-pressed={isLarge.value} onClick={switchSize}>
            {t('largeType')}
          </button>
          <button
            type="button"
            class="quiet"
            lang={language.value === 'en' ? 'zh-Hans' : 'en'}
            onClick={switchLanguage}
          >
            {t('language')}
          </button>
          {screen.value !== 'loading' && screen.value !== 'sign-in' && (
            <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void signOut()}>
              {t('signOut')}
            </button>
          )}
        </div>
      </div>
      {at >= 0 && (
        <nav aria-label={t('steps')}>
          <ol class="steps">
            {steps.map((name, n) => (
              <li key={name} class={n < at ? 'past' : undefined} aria-current={n === at ? 'step' : undefined}>
                {t(`step_${name}`)}
              </li>
            ))}
          </ol>
        </nav>
      )}
    </header>
  );
}

/** Said aloud by screen readers, whenever it changes. */
export function NoticeBar() {
  const name = notice.value;
  return (
    <div class="notice-place" role="status">
      {name !== undefined && <p class="notice">{text.value(`notice_${name}`)}</p>}
    </div>
  );
}
