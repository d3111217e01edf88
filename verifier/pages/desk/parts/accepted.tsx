import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ethnicGroupName } from '../../../../shared/id-card/index.ts';
import { complete, hide, reject, reveal } from '../actions.ts';
import { base } from '../api.ts';
import { isBusy, language, now, number, text, view } from '../state.ts';
import type { Claims, Result } from '../views.ts';
import { Outcome } from './outcome.tsx';

const adult = 18;
/** Seconds. */
const justNow = 5;

/** The guest's data as far as it was asked for, the portrait, and the clerk's decision. */
export function Accepted({ result }: { readonly result: Result }) {
  const t = text.value;
  const seconds = Math.max(0, now.value - result.evidence.status.checked_at);
  return (
    <section class="surface verdict" aria-labelledby="verdict-title">
      <Outcome
        kind="good"
        sign="✓"
        title={t('acceptedTitle')}
        line={seconds < justNow ? t('acceptedNow') : t('acceptedLine', { seconds })}
        tag={<span class="tag good">{t('valid')}</span>}
      />
      {result.age !== undefined && result.age < adult && (
        <p class="callout">
          <span class="tag warn">{t('minor', { age: result.age })}</span> {t('minorHint')}
        </p>
      )}
      <div class="two">
        <Facts claims={result.claims} />
        <figure class="portrait">
          {result.has_picture ? (
            <img src={`${base}/api/requests/${view.value?.id}/picture`} alt={t('portrait')} width="240" height="300" />
          ) : (
            <div class="no-portrait">{t('portraitMissing')}</div>
          )}
          <figcaption class="faint">{t('portraitHint')}</figcaption>
        </figure>
      </div>
      <Checks result={result} />
      <Decision />
    </section>
  );
}

function Facts({ claims }: { readonly claims: Claims }) {
  const t = text.value;
  const { region = '', street_address: street = '' } = claims.address ?? {};
  const group = claims.ethnicity === undefined ? undefined : ethnicGroupName(claims.ethnicity, language.value);
  return (
    <dl class="facts">
      <Fact name={t('name')}>
        <span class="guest-name">{claims.name}</span>
      </Fact>
      <Fact name={t('number')}>
        <span class="num">{number.value ?? claims.personal_administrative_number}</span>{' '}
        {number.value === undefined ? (
          <button type="button" class="quiet small" disabled={isBusy.value} onClick={() => void reveal()}>
            {t('reveal')}
          </button>
        ) : (
          <button type="button" class="quiet small" onClick={hide}>
            {t('hide')}
          </button>
        )}
      </Fact>
      <Fact name={t('sex')}>{claims.sex === 1 ? t('male') : claims.sex === 2 ? t('female') : ''}</Fact>
      <Fact name={t('birthdate')}>
        <span class="num">{claims.birthdate}</span>
      </Fact>
      <Fact name={t('address')}>
        {region}
        {street}
      </Fact>
      <Fact name={t('ethnicity')}>{group ?? <span class="soft">{t('notShown')}</span>}</Fact>
    </dl>
  );
}

function Fact(props: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function Checks({ result }: { readonly result: Result }) {
  const t = text.value;
  const { evidence } = result;
  const rows = [
    [t('checkSignature'), t('checkSignatureLine', { issuer: evidence.issuer.name[language.value] })],
    [t('checkHolder'), t('checkHolderLine')],
    [t('checkStatus'), t('checkStatusLine')],
    [t('checkMatch'), t('checkMatchLine')],
  ] as const;
  return (
    <ul class="checks">
      {rows.map(([name, line]) => (
        <li key={name}>
          <strong>{name}</strong> {line}
        </li>
      ))}
    </ul>
  );
}

/** Two steps for the sad end: it erases everything. */
function Decision() {
  const t = text.value;
  const isSure = useSignal(false);
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => safe.current?.focus(), [isSure.value]);
  if (isSure.value) {
    return (
      <div class="stack">
        <p class="bad-text">{t('differsSure')}</p>
        <div class="row">
          <button type="button" class="danger" disabled={isBusy.value} onClick={() => void reject()}>
            {t('differsYes')}
          </button>
          <button ref={safe} type="button" class="quiet" onClick={() => (isSure.value = false)}>
            {t('differsNo')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="row">
      <button type="button" disabled={isBusy.value} onClick={() => void complete(true)}>
        {t('complete')}
      </button>
      <button type="button" class="danger" onClick={() => (isSure.value = true)}>
        {t('differs')}
      </button>
    </div>
  );
}
