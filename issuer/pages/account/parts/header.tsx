import { showTab, signOut } from '../actions.ts';
import { isBusy, isLarge, language, overview, screen, switchLanguage, switchSize, tab, tabs, text } from '../state.ts';

export function Header() {
  const t = text.value;
  const isOpen = screen.value === 'account';
  const alerts = overview.value?.open_alerts ?? 0;
  return (
    <header>
      <div class="bar">
        <p class="place">
          <strong>{t('account')}</strong>
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
          {isOpen && (
            <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void signOut()}>
              {t('signOut')}
            </button>
          )}
        </div>
      </div>
      {isOpen && (
        <nav class="tabs" aria-label={t('sections')}>
          {tabs.map((name) => (
            <button
              key={name}
              type="button"
              class="quiet"
              aria-current={tab.value === name ? 'page' : undefined}
              onClick={() => void showTab(name)}
            >
              {name === 'safety' && alerts > 0 ? t('tabAlerts', { count: alerts }) : t(`tab_${name}`)}
            </button>
          ))}
        </nav>
      )}
    </header>
  );
}
