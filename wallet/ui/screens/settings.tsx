import { Screen } from '../parts/screen.tsx';
import { TryIt } from '../parts/try-it.tsx';
import { WipeButton } from '../parts/wipe-button.tsx';
import { language, largeType, setLanguage, setLargeType } from '../preferences.ts';
import { grade, lock } from '../session.ts';
import { t } from '../strings/index.ts';

export function Settings() {
  const weak = grade.value === 'passphrase';
  return (
    <Screen title={t('settings.title')}>
      <fieldset class="surface choice">
        <legend>{t('settings.language')}</legend>
        <label lang="zh-Hans">
          <input
            type="radio"
            name="language"
            checked={language.value === 'zh-Hans'}
            onChange={() => setLanguage('zh-Hans')}
          />
          <span>中文（简体）</span>
        </label>
        <label lang="en">
          <input type="radio" name="language" checked={language.value === 'en'} onChange={() => setLanguage('en')} />
          <span>English</span>
        </label>
      </fieldset>
      <fieldset class="surface choice">
        <legend>{t('settings.reading')}</legend>
        <label>
          <input type="checkbox" checked={largeType.value} onChange={() => setLargeType(!largeType.value)} />
          <span>{t('settings.largeType')}</span>
        </label>
      </fieldset>
      <section class="surface form" aria-labelledby="protection-title">
        <h2 id="protection-title">{t('settings.protection')}</h2>
        <p>
          <span class={`tag ${weak ? 'warn' : 'good'}`}>
            {weak ? t('settings.gradePassphrase') : t('settings.gradePasskey')}
          </span>
        </p>
        <p class="soft">{weak ? t('settings.gradePassphraseText') : t('settings.gradePasskeyText')}</p>
        <p class="faint">{t('settings.autoLock')}</p>
        <button type="button" class="quiet" onClick={() => lock('wish')}>
          {t('settings.lock')}
        </button>
      </section>
      <section class="surface form" aria-labelledby="wipe-title">
        <h2 id="wipe-title">{t('settings.wipe')}</h2>
        <p class="soft">{t('settings.wipeText')}</p>
        <WipeButton label={t('settings.wipe')} />
      </section>
      <TryIt created />
    </Screen>
  );
}
