import { useSignal } from '@preact/signals';
import { freeze, reportCardLost, saveContact, wasMe, wasNotMe } from '../actions.ts';
import { alerts, isBusy, overview, question, text, when } from '../state.ts';
import type { Alert } from '../views.ts';
import { deviceName } from '../words.ts';

export function SafetyTab() {
  const t = text.value;
  const found = alerts.value;
  const isFrozen = overview.value?.state === 'frozen';
  return (
    <main>
      <h1 class="sr-only">{t('tab_safety')}</h1>
      <section class="surface stack" aria-labelledby="alerts">
        <h2 id="alerts">{t('alerts')}</h2>
        {found?.alerts.length === 0 && <p class="faint">{t('noAlerts')}</p>}
        <ul class="rows">
          {found?.alerts.map((row) => (
            <AlertRow key={row.id} row={row} />
          ))}
        </ul>
      </section>
      {!isFrozen && (
        <section class="surface stack" aria-labelledby="freeze">
          <h2 id="freeze">{t('freezeTitle')}</h2>
          <p class="soft">{t('freezeBody')}</p>
          <button
            type="button"
            class="danger"
            disabled={isBusy.value}
            onClick={() => {
              question.value = { title: t('sure'), body: t('freezeSure'), confirm: t('freeze'), run: freeze };
            }}
          >
            {t('freeze')}
          </button>
          <h3>{t('cardLostTitle')}</h3>
          <p class="soft">{t('cardLostBody')}</p>
          <button
            type="button"
            class="danger"
            disabled={isBusy.value}
            onClick={() => {
              question.value = { title: t('sure'), body: t('freezeSure'), confirm: t('cardLost'), run: reportCardLost };
            }}
          >
            {t('cardLost')}
          </button>
        </section>
      )}
      {overview.value?.mail === true && <Contact />}
      <section class="surface stack" aria-labelledby="sign-ins">
        <h2 id="sign-ins">{t('signIns')}</h2>
        <p class="faint">{t('networkHint')}</p>
        <ul class="rows">
          {found?.sign_ins.map((row) => (
            <li key={`${row.at} ${row.agent} ${row.outcome}`}>
              <div class="line">
                <span>{deviceName(row.agent)}</span>
                <span class={`tag ${row.outcome === 'done' ? 'good' : 'bad'}`}>{t(`outcome_${row.outcome}`)}</span>
              </div>
              <p class="faint">
                {when(row.at)} · {t('network', { name: row.network })}
              </p>
            </li>
          ))}
        </ul>
      </section>
    </main>
  );
}

function AlertRow({ row }: { readonly row: Alert }) {
  const t = text.value;
  return (
    <li class="stack">
      <strong>{t(`alert_${row.kind}`)}</strong>
      <p class="faint">
        {when(row.at)} · {deviceName(row.agent)}
      </p>
      {row.answer === undefined ? (
        <div class="row">
          <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void wasMe(row.id)}>
            {t('mine')}
          </button>
          <button
            type="button"
            class="danger"
            title={t('notMeSure')}
            disabled={isBusy.value}
            onClick={() => void wasNotMe(row.id)}
          >
            {t('notMe')}
          </button>
        </div>
      ) : (
        <p class="soft">{t(`answered_${row.answer}`)}</p>
      )}
    </li>
  );
}

function Contact() {
  const t = text.value;
  const address = useSignal('');
  const now = overview.value?.contact_masked;
  return (
    <section class="surface stack" aria-labelledby="contact">
      <h2 id="contact">{t('contactTitle')}</h2>
      <p class="soft">{now === undefined ? t('contactNone') : t('contactNow', { address: now })}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void saveContact(address.value.trim());
        }}
      >
        <label for="email">{t('contactLabel')}</label>
        <input
          id="email"
          type="email"
          autocomplete="email"
          aria-describedby="email-hint"
          value={address.value}
          onInput={(event) => (address.value = event.currentTarget.value)}
        />
        <p id="email-hint" class="faint">
          {t('contactHint')}
        </p>
        <button type="submit" class="quiet" disabled={isBusy.value}>
          {t('contactSave')}
        </button>
      </form>
    </section>
  );
}
