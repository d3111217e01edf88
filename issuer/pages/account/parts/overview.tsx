import { unfreeze } from '../actions.ts';
import { base } from '../api.ts';
import { day, isBusy, overview, text, when } from '../state.ts';
import type { Application, Credential, Overview } from '../views.ts';
import { applicationState, credentialName } from '../words.ts';

export function OverviewTab() {
  const t = text.value;
  const found = overview.value;
  if (found === undefined) return null;
  return (
    <main>
      <h1 class="sr-only">{t('tab_overview')}</h1>
      {found.state === 'frozen' && <Frozen found={found} />}
      <RealName found={found} />
      <section class="surface stack" aria-labelledby="progress">
        <h2 id="progress">{t('progress')}</h2>
        {found.applications.length === 0 ? (
          <p class="faint">{t('noApplications')}</p>
        ) : (
          <ul class="rows">
            {found.applications.map((row) => (
              <ApplicationRow key={row.id} row={row} />
            ))}
          </ul>
        )}
      </section>
      <section class="surface stack" aria-labelledby="credentials">
        <h2 id="credentials">{t('credentials')}</h2>
        {found.credentials.length === 0 ? (
          <p class="faint">{t('noCredentials')}</p>
        ) : (
          <ul class="rows">
            {found.credentials.map((row) => (
              <li key={row.id}>
                <CredentialLine row={row} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </main>
  );
}

function Frozen({ found }: { readonly found: Overview }) {
  const t = text.value;
  return (
    <section class="surface stack alarm" aria-labelledby="frozen">
      <h2 id="frozen">{t('frozenTitle')}</h2>
      <p>
        {t('frozenSince', { time: when(found.frozen_at ?? 0) })} {t(`frozen_${found.freeze_reason ?? 'holder'}`)}
      </p>
      <p class="soft">{t('frozenAdvice')}</p>
      <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void unfreeze()}>
        {t('unfreeze')}
      </button>
    </section>
  );
}

function RealName({ found }: { readonly found: Overview }) {
  const t = text.value;
  const { verified, name_masked, number_last4, card_valid_until } = found.real_name;
  return (
    <section class="surface stack" aria-labelledby="real-name">
      <div class="line">
        <h2 id="real-name">{t('realName')}</h2>
        <span class={`tag ${verified ? 'good' : 'warn'}`}>{t(verified ? 'verified' : 'unverified')}</span>
      </div>
      {!verified && (
        <>
          <p class="soft">{t('unverifiedBody')}</p>
          <a class="button" href={`${base}/apply`}>
            {t('apply')}
          </a>
        </>
      )}
      {verified && name_masked === undefined && <p class="soft">{t('registerAway')}</p>}
      {name_masked !== undefined && (
        <dl class="facts">
          <dt>{t('name')}</dt>
          <dd class="large">{name_masked}</dd>
          <dt>{t('lastFour')}</dt>
          <dd class="large num">{number_last4}</dd>
          <dt>{t('cardUntil')}</dt>
          <dd>{card_valid_until === 'long-term' ? t('longTerm') : card_valid_until}</dd>
        </dl>
      )}
    </section>
  );
}

function ApplicationRow({ row }: { readonly row: Application }) {
  const t = text.value;
  const isOpen = ['draft', 'sent', 'review', 'asked'].includes(row.state);
  return (
    <li>
      <div class="line">
        <strong>{row.configuration_ids.map(credentialName).join(' · ')}</strong>
        <span class={`tag ${row.state === 'approved' ? 'good' : isOpen ? 'warn' : ''}`}>
          {applicationState(row.state)}
        </span>
      </div>
      <p class="faint">
        {[
          t('startedAt', { time: when(row.created_at) }),
          ...(row.sent_at === undefined ? [] : [t('sentAt', { time: when(row.sent_at) })]),
          ...(row.decided_at === undefined ? [] : [t('decidedAt', { time: when(row.decided_at) })]),
        ].join(' · ')}
      </p>
      {(isOpen || row.state === 'refused') && <a href={`${base}/apply`}>{t('goOn')}</a>}
    </li>
  );
}

const tags = { valid: 'good', suspended: 'warn', revoked: 'bad' } as const;

export function CredentialLine({ row }: { readonly row: Credential }) {
  const t = text.value;
  return (
    <>
      <div class="line">
        <strong>{credentialName(row.configuration_id)}</strong>
        <span class={`tag ${tags[row.status]}`}>{t(`status_${row.status}`)}</span>
      </div>
      <p class="faint">{t('issuedUntil', { from: day(row.issued_at), until: day(row.expires_at) })}</p>
    </>
  );
}
