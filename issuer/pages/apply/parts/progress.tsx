import { useEffect } from 'preact/hooks';
import { applyAgain, refresh, resume, returnToWallet, takeOffer } from '../actions.ts';
import { application, flow, isBusy, offer, text, when } from '../state.ts';
import type { Application } from '../views.ts';
import { whyText } from '../why.ts';
import { QrCode } from './qr-code.tsx';

const pollMs = 4_000;

/** How far it is; asks again by itself while somebody else has to do something. */
export function Progress() {
  const t = text.value;
  const now = application.value;
  const isWaiting = now?.state === 'sent' || now?.state === 'review';
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => void refresh(), pollMs);
    return () => clearInterval(timer);
  }, [isWaiting]);
  if (now === undefined) return null;
  return (
    <main>
      <section class="surface stack">
        <h1>{t('progressTitle')}</h1>
        {now.sent_at !== null && <Stages now={now} />}
        <div class="stack" role="status">
          <Outcome now={now} />
        </div>
        {flow.value !== undefined && now.state !== 'asked' && now.state !== 'withdrawn' && (
          <button type="button" class="quiet" disabled={isBusy.value} onClick={() => void returnToWallet()}>
            {t('toWallet')}
          </button>
        )}
      </section>
    </main>
  );
}

function Stages({ now }: { readonly now: Application }) {
  const t = text.value;
  const { state, sent_at: sentAt, decided_at: decidedAt } = now;
  const stages = [
    { name: 'stageSent', is: 'done', at: sentAt },
    { name: 'stageChecks', is: state === 'sent' ? 'now' : 'done', at: null },
    // Who decided in the end is not said here; it may have been nobody of ours.
    ...(decidedAt === null
      ? [{ name: 'stagePerson', is: state === 'review' ? 'now' : 'waiting', at: null } as const]
      : []),
    { name: 'stageDone', is: decidedAt === null ? 'waiting' : 'done', at: decidedAt },
  ] as const;
  return (
    <ol class="stages">
      {stages.map(({ name, is, at }) => (
        <li key={name} class={is} aria-current={is === 'now' ? 'step' : undefined}>
          <strong>{t(name)}</strong>
          <span class="soft">{at === null ? t(is) : when(at)}</span>
        </li>
      ))}
    </ol>
  );
}

function Outcome({ now }: { readonly now: Application }) {
  const t = text.value;
  if (now.state === 'sent') return <p>{t('sentBody')}</p>;
  if (now.state === 'review') return <p>{t('reviewBody')}</p>;
  if (now.state === 'approved' && !now.replaced) return <Approved />;
  const isAsked = now.state === 'asked' || now.state === 'draft';
  return (
    <>
      <h2>{t(titleOf(now))}</h2>
      <p>{now.state === 'withdrawn' ? t('withdrawnBody') : now.state === 'approved' ? '' : whyText(now.reason)}</p>
      {now.note !== null && <p>{t('askedNote', { note: now.note })}</p>}
      <button type="button" disabled={isBusy.value} onClick={() => void (isAsked ? resume() : applyAgain())}>
        {isAsked ? t('goOn') : t('again')}
      </button>
    </>
  );
}

function titleOf({ state }: Application) {
  if (state === 'approved') return 'replacedTitle';
  if (state === 'refused') return 'refusedTitle';
  return state === 'withdrawn' ? 'withdrawnTitle' : 'askedTitle';
}

function Approved() {
  const t = text.value;
  const made = offer.value;
  return (
    <>
      <h2>
        <span class="tag good">{t('approvedTitle')}</span>
      </h2>
      <p>{t('approvedBody')}</p>
      {made !== undefined && (
        <>
          {made.wallet_url !== null && (
            <a class="button" href={made.wallet_url} rel="noreferrer">
              {t('openWallet')}
            </a>
          )}
          <a class="button quiet" href={made.link}>
            {t('openScheme')}
          </a>
          <QrCode text={made.link} label={t('offerQr')} />
          <p class="faint">{t('offerUntil', { time: when(made.expires_at) })}</p>
        </>
      )}
      <button
        type="button"
        class={made === undefined ? '' : 'quiet'}
        disabled={isBusy.value}
        onClick={() => void takeOffer()}
      >
        {made === undefined ? t('addToWallet') : t('offerAgain')}
      </button>
    </>
  );
}
