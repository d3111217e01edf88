import { nextGuest, nextRoom, start } from '../actions.ts';
import { completedName, guest, guests, isBusy, room, text, view } from '../state.ts';
import { type DeskTexts, whyText } from '../strings.ts';
import { Accepted } from './accepted.tsx';
import { Outcome } from './outcome.tsx';

/** Right side: what came of it, in words a clerk acts on. */
export function Verdict() {
  const t = text.value;
  const status = view.value?.status;
  switch (status) {
    case undefined:
    case 'waiting':
      return (
        <Steps title={t(status === undefined ? 'stepsTitle' : 'waitingTitle')} active={status === undefined ? 0 : 1} />
      );
    case 'scanned':
      return <Steps title={t('confirmingTitle')} active={2} />;
    case 'match':
      return <Steps title={t('matchWaiting')} active={2} />;
    case 'accepted':
      return view.value?.result === undefined ? null : <Accepted result={view.value.result} />;
    case 'completed':
      return <Completed />;
    case 'undetermined':
      return <Ending kind="warn" sign="?" title={t('undeterminedTitle')} why={t('whyUnavailable')} />;
    case 'refused':
      return (
        <Ending kind="bad" sign="✕" title={t('refusedTitle')} why={whyText(t, view.value?.reason)} again="tryAgain" />
      );
    case 'rejected':
      return <Ending kind="bad" sign="✕" title={t('rejectedTitle')} why={t('whyPortrait')} again="tryAgain" />;
    case 'declined':
      return <Ending kind="warn" sign="–" title={t('declinedTitle')} why={t('whyDeclined')} again="tryAgain" />;
    case 'expired':
    case 'cancelled':
      return <Ending kind="warn" sign="–" title={t('expiredTitle')} why={t('whyExpiredRequest')} again="tryAgain" />;
  }
}

const steps = ['stepOne', 'stepTwo', 'stepThree'] as const;

function Steps({ title, active }: { readonly title: string; readonly active: number }) {
  const t = text.value;
  return (
    <section class="verdict quiet-panel" aria-labelledby="verdict-title">
      <div role="status">
        <h1 id="verdict-title">{title}</h1>
      </div>
      <ol class="steps">
        {steps.map((step, index) => (
          <li key={step} class={stepClass(index + 1, active)} aria-current={index + 1 === active ? 'step' : undefined}>
            <span class="step-number" aria-hidden="true">
              {index + 1}
            </span>
            {t(step)}
          </li>
        ))}
      </ol>
    </section>
  );
}

function stepClass(step: number, active: number): string {
  if (active === 0 || step === active) return '';
  return step < active ? 'done' : 'later';
}

function Ending(props: {
  readonly kind: 'warn' | 'bad';
  readonly sign: string;
  readonly title: string;
  readonly why: string;
  readonly again?: 'tryAgain';
}) {
  const t = text.value;
  const reason = view.value?.reason;
  return (
    <section class="surface verdict" aria-labelledby="verdict-title">
      <Outcome kind={props.kind} sign={props.sign} title={props.title} line={props.why} />
      {props.again !== undefined && (
        <>
          <p class="soft">{t('nothingKept')}</p>
          <div class="row">
            <button type="button" disabled={isBusy.value} onClick={() => void start()}>
              {t(props.again)}
            </button>
            <NextRoom t={t} />
          </div>
        </>
      )}
      {reason !== undefined && <p class="faint">{t('code', { code: reason })}</p>}
    </section>
  );
}

function Completed() {
  const t = text.value;
  const isLast = guest.value >= guests.value;
  return (
    <section class="surface verdict" aria-labelledby="verdict-title">
      <Outcome
        kind="good"
        sign="✓"
        title={t('completedTitle')}
        line={t('completedLine', { name: completedName.value, room: room.value })}
      />
      <div class="row">
        {!isLast && (
          <button type="button" disabled={isBusy.value} onClick={() => void nextGuest()}>
            {t('nextGuest', { guest: guest.value + 1, guests: guests.value })}
          </button>
        )}
        <NextRoom t={t} isMain={isLast} />
      </div>
    </section>
  );
}

function NextRoom({ t, isMain = false }: { readonly t: DeskTexts; readonly isMain?: boolean }) {
  return (
    <button type="button" class={isMain ? '' : 'quiet'} onClick={nextRoom}>
      {t('nextRoom')}
    </button>
  );
}
