import { useEffect } from 'preact/hooks';
import { plainText } from '../../core/plain-text.ts';
import { errorText } from '../error-text.ts';
import { Consent } from '../parts/consent.tsx';
import { IconDone } from '../parts/icons.tsx';
import { Fault, Screen, Working } from '../parts/screen.tsx';
import { go } from '../router.ts';
import { leaveDeclined, type ShowStep, showStep, tellAsker } from '../show-flow.ts';
import { t } from '../strings/index.ts';

/** Showing, step by step. Until the person has confirmed on the sheet, nothing about them leaves this device. */
export function Show() {
  const step = showStep.value;
  if (step === undefined) {
    return (
      <Screen title={t('home.scan')} back={home}>
        <p>{t('scan.lead')}</p>
      </Screen>
    );
  }
  return <Step step={step} />;
}

const home = () => go({ screen: 'home' }, { replace: true });

function Step({ step }: { readonly step: ShowStep }) {
  switch (step.name) {
    case 'opening':
      return (
        <Screen title={t('show.opening')} step="opening">
          <Working text={plainText(step.host)} />
        </Screen>
      );
    case 'sheet':
      return <Consent sheet={step} fault={step.fault} />;
    case 'sending':
      return (
        <Screen title={t('show.title', { name: plainText(step.opened.party.name, 40) })} step="sending">
          <Working text={t('show.sending')} />
        </Screen>
      );
    case 'answered':
      return <Answered step={step} />;
    case 'nothing':
      return <NotShown opened={step.opened} told="no" reason="nothing" />;
    case 'declined':
      return <NotShown opened={step.opened} told={step.told} reason="declined" />;
    case 'failed':
      return (
        <Screen title={t('show.failedTitle')} step="failed">
          <Fault text={errorText(step.code)} note={`${plainText(step.host)} · ${t('show.failedNote')}`} />
          <button type="button" class="wide" onClick={home}>
            {t('action.done')}
          </button>
        </Screen>
      );
  }
}

const titles = { sent: 'show.sentTitle', refused: 'show.refusedTitle', uncertain: 'show.uncertainTitle' } as const;

function Answered({ step }: { readonly step: ShowStep & { readonly name: 'answered' } }) {
  const { opened, answered } = step;
  const name = plainText(opened.party.name, 60);
  const { redirectUri, state } = answered;
  useEffect(() => {
    if (redirectUri === undefined || state !== 'sent') return undefined;
    const timer = setTimeout(() => location.assign(redirectUri), 1500);
    return () => clearTimeout(timer);
  }, [redirectUri, state]);
  return (
    <Screen title={t(titles[state])} step={state}>
      <div class={`outcome ${state === 'sent' ? 'good' : 'warn'}`}>
        {state === 'sent' ? <IconDone /> : null}
        <p class="lead">
          {state === 'sent'
            ? t('show.sentTo', { name })
            : t(state === 'refused' ? 'show.refusedText' : 'show.uncertainText')}
        </p>
      </div>
      {opened.matchNumber === undefined ? null : (
        <p class="surface match">
          <span class="soft">
            {t('show.match')} · {t('show.matchHint')}
          </span>
          <strong class="num">{opened.matchNumber}</strong>
        </p>
      )}
      {redirectUri === undefined ? null : (
        <p role="status">
          {t('show.returning')} <a href={redirectUri}>{t('show.return')}</a>
        </p>
      )}
      <div class="stack">
        <button
          type="button"
          class="quiet wide"
          onClick={() => go({ screen: 'entry', id: answered.activityId }, { replace: true })}
        >
          {t('show.receipt')}
        </button>
        <button type="button" class="wide" onClick={home}>
          {t('action.done')}
        </button>
      </div>
    </Screen>
  );
}

/** Refused, or nothing there: the same two ways out, and the asker cannot tell one from the other. */
function NotShown(props: {
  readonly opened: Parameters<typeof tellAsker>[0];
  readonly told: 'no' | 'telling' | 'yes';
  readonly reason: 'declined' | 'nothing';
}) {
  const { opened, told, reason } = props;
  const name = plainText(opened.party.name, 60);
  const leave = () => {
    void leaveDeclined(opened, told);
    home();
  };
  return (
    <Screen title={t(reason === 'nothing' ? 'show.nothingTitle' : 'show.declinedTitle')} step={reason + told}>
      <p class="lead">{reason === 'nothing' ? t('show.nothingText', { name }) : t('show.declinedText')}</p>
      {told === 'telling' ? <Working text={t('show.telling')} /> : null}
      {told === 'yes' ? <p role="status">{t('show.told')}</p> : null}
      <div class="stack">
        {told === 'no' ? (
          <button type="button" class="quiet wide" onClick={() => void tellAsker(opened)}>
            {t('show.tell')}
          </button>
        ) : null}
        <button type="button" class="wide" onClick={leave}>
          {t('action.done')}
        </button>
      </div>
    </Screen>
  );
}
