import { correct, deleteAccount, download } from '../actions.ts';
import { accesses, isBusy, overview, question, text, when } from '../state.ts';
import { actName, actorName } from '../words.ts';

export function DataTab() {
  const t = text.value;
  const isVerified = overview.value?.real_name.verified === true;
  return (
    <main>
      <h1 class="sr-only">{t('tab_data')}</h1>
      <section class="surface stack" aria-labelledby="held">
        <h2 id="held">{t('held')}</h2>
        <ul class="plain">
          <li>{t('heldAccount')}</li>
          {overview.value?.contact_masked !== undefined && <li>{t('heldContact')}</li>}
          <li>{t('heldApplications')}</li>
          <li>{t('heldCredentials')}</li>
          <li>{t('heldRegister')}</li>
        </ul>
        <h3>{t('downloadTitle')}</h3>
        <p class="soft">{t('downloadBody')}</p>
        <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void download()}>
          {t('download')}
        </button>
      </section>
      {isVerified && (
        <section class="surface stack" aria-labelledby="correct">
          <h2 id="correct">{t('correctTitle')}</h2>
          <p class="soft">{t('correctBody')}</p>
          <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void correct()}>
            {t('correct')}
          </button>
        </section>
      )}
      <section class="surface stack" aria-labelledby="accesses">
        <h2 id="accesses">{t('accesses')}</h2>
        <p class="faint">{t('accessesHint')}</p>
        {accesses.value.length === 0 && <p class="faint">{t('noAccesses')}</p>}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keyboard */}
        <ul class="rows scroll" tabIndex={0} aria-labelledby="accesses">
          {accesses.value.map((row, index) => (
            <li key={`${accesses.value.length - index}`} class="line">
              <span>
                <strong>{actorName(row)}</strong> {actName(row.action)}
              </span>
              <span class="faint num">{when(row.at)}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="surface stack" aria-labelledby="delete">
        <h2 id="delete">{t('deleteTitle')}</h2>
        <p class="soft">{t('deleteBody')}</p>
        <button
          type="button"
          class="danger"
          disabled={isBusy.value}
          onClick={() => {
            question.value = { title: t('sure'), body: t('deleteSure'), confirm: t('delete'), run: deleteAccount };
          }}
        >
          {t('delete')}
        </button>
      </section>
    </main>
  );
}
