import { showDay, signOut } from '../actions.ts';
import { day, deskName, isLarge, language, organisation, screen, switchLanguage, switchSize, text } from '../state.ts';

export function DeskHeader() {
  const t = text.value;
  const isOpen = screen.value === 'desk' || screen.value === 'day';
  return (
    <header class="bar">
      <p class="place">
        <strong>{organisation.value}</strong>
        {isOpen && <span class="soft"> · {deskName.value}</span>}
      </p>
      <div class="tools">
        {screen.value === 'desk' && (
          <button type="button" class="quiet" onClick={() => void showDay()}>
            {t('todayCount', { count: day.value.length })}
          </button>
        )}
        {screen.value === 'day' && (
          <button type="button" class="quiet" onClick={() => (screen.value = 'desk')}>
            {t('backToDesk')}
          </button>
        )}
        <button type="button" class="quiet" aria-pressed={isLarge.value} onClick={switchSize}>
          {t('largeType')}
        </button>
        <button type="button" class="quiet" lang={language.value === 'en' ? 'zh-Hans' : 'en'} onClick={switchLanguage}>
          {t('language')}
        </button>
        {isOpen && (
          <button type="button" class="quiet" onClick={() => void signOut()}>
            {t('signOut')}
          </button>
        )}
      </div>
    </header>
  );
}
