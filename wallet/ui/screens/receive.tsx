import { useSignal } from '@preact/signals';
import type { Code } from '../../../shared/errors.ts';
import type { OpenedOffer } from '../../core/offer.ts';
import { plainText } from '../../core/plain-text.ts';
import type { Preview } from '../../core/receive.ts';
import { cardName, issuerName } from '../card-text.ts';
import { errorText } from '../error-text.ts';
import { ClaimList } from '../parts/claim-list.tsx';
import { IconDone } from '../parts/icons.tsx';
import { ActionBar, Facts, Fault, Screen, Working } from '../parts/screen.tsx';
import { decline, keep, openLink, type ReceiveStep, receiveStep, redeem } from '../receive-flow.ts';
import { go } from '../router.ts';
import { t } from '../strings/index.ts';

/** Receiving, step by step. Nobody is contacted before the first "continue", nothing stored before the last "save". */
export function Receive() {
  const step = receiveStep.value;
  if (step === undefined) {
    return (
      <Screen title={t('scan.addTitle')} back={home}>
        <p>{t('home.emptyText')}</p>
      </Screen>
    );
  }
  return <Step step={step} />;
}

const home = () => go({ screen: 'home' }, { replace: true });

function Step({ step }: { readonly step: ReceiveStep }) {
  switch (step.name) {
    case 'ask':
      return <Ask link={step.link} />;
    case 'opening':
      return <Busy title={t('receive.offerTitle')} text={t('receive.opening')} />;
    case 'offer':
      return <Offer opened={step.opened} fault={step.fault} receiptId={step.receiptId} />;
    case 'redeeming':
      return <Busy title={t('receive.offerTitle')} text={t('receive.working')} />;
    case 'preview':
      return <PreviewStep preview={step.preview} fault={step.fault} />;
    case 'storing':
      return <Busy title={t('receive.previewTitle')} text={t('receive.storing')} />;
    case 'done':
      return <Done cardIds={step.cardIds} />;
    case 'declined':
      return (
        <Screen title={t('receive.declinedTitle')} step="declined">
          <p class="lead">{t('receive.declinedText')}</p>
          <button type="button" class="wide" onClick={home}>
            {t('action.done')}
          </button>
        </Screen>
      );
    case 'failed':
      return (
        <Screen title={t('receive.failedTitle')} step="failed">
          <Fault text={errorText(step.code)} note={t('receive.failedNote')} />
          <button type="button" class="wide" onClick={home}>
            {t('action.done')}
          </button>
        </Screen>
      );
  }
}

function Busy(props: { readonly title: string; readonly text: string }) {
  return (
    <Screen title={props.title} step={props.text}>
      <Working text={props.text} />
    </Screen>
  );
}

function Ask({ link }: { readonly link: Parameters<typeof openLink>[0] }) {
  return (
    <Screen title={t('receive.askTitle')} step="ask" back={home}>
      <p class="lead">{t('receive.askText')}</p>
      <Facts facts={[{ term: t('receive.askHost'), text: <strong class="host">{plainText(link.host)}</strong> }]} />
      {link.known ? null : <Fault text={t('receive.askUnknown')} />}
      <ActionBar>
        <button type="button" class="quiet" onClick={home}>
          {t('action.cancel')}
        </button>
        <button type="button" disabled={!link.known} onClick={() => void openLink(link)}>
          {t('action.continue')}
        </button>
      </ActionBar>
    </Screen>
  );
}

function Offer(props: {
  readonly opened: OpenedOffer;
  readonly fault: Code | undefined;
  readonly receiptId: string | undefined;
}) {
  const { opened, fault, receiptId } = props;
  const { txCode } = opened;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const typed = String(new FormData(event.currentTarget).get('txcode') ?? '').trim();
    void redeem(opened, txCode === undefined ? undefined : typed, receiptId);
  };
  return (
    <Screen title={t('receive.offerTitle')} step="offer" back={home}>
      <Facts
        facts={[
          {
            term: t('receive.from'),
            text: (
              <>
                <strong>{issuerName(opened.issuer.id)}</strong>
                <span class="faint block host">{new URL(opened.issuer.id).host}</span>
                <span class="tag good">{t('receive.trusted')}</span>
              </>
            ),
          },
          { term: t('receive.what'), text: opened.credentials.map(cardName).join(', ') },
        ]}
      />
      {fault === undefined ? null : <Fault text={errorText(fault)} />}
      <form id="offer-form" class="stack" onSubmit={submit}>
        {txCode === undefined ? null : (
          <label class="surface form field">
            {t('receive.txCode')}
            <input
              name="txcode"
              class="code num"
              required
              autocomplete="one-time-code"
              inputMode={txCode.mode === 'numeric' ? 'numeric' : 'text'}
              {...(txCode.length === undefined ? {} : { maxLength: txCode.length, size: txCode.length })}
              aria-describedby="txcode-hint"
            />
            <span id="txcode-hint" class="faint">
              {txCode.length === undefined
                ? t('receive.txCodeHintAny')
                : t('receive.txCodeHint', { count: txCode.length })}
            </span>
          </label>
        )}
        <p class="faint">{t('receive.startHint')}</p>
      </form>
      <ActionBar>
        <button type="button" class="quiet" onClick={home}>
          {t('action.cancel')}
        </button>
        <button type="submit" form="offer-form">
          {t('receive.start')}
        </button>
      </ActionBar>
    </Screen>
  );
}

function PreviewStep(props: { readonly preview: Preview; readonly fault: Code | undefined }) {
  const { preview, fault } = props;
  const full = useSignal(false);
  return (
    <Screen title={t('receive.previewTitle')} step="preview">
      <p class="lead">{t('receive.previewText')}</p>
      {fault === undefined ? null : <Fault text={errorText(fault)} />}
      {preview.cards.map(({ card, copies }) => (
        <section class="stack" key={card.configurationId} aria-label={cardName(card)}>
          <div class="between">
            <h2>{cardName(card)}</h2>
            <button
              type="button"
              class="link"
              aria-pressed={full.value}
              onClick={() => {
                full.value = !full.value;
              }}
            >
              {full.value ? t('receive.hideValues') : t('receive.showValues')}
            </button>
          </div>
          <p class="faint">
            {issuerName(card.issuer)} · {t('receive.copies', { count: copies.length })}
          </p>
          <ClaimList card={card} shown={full.value ? 'full' : 'masked'} label={cardName(card)} />
        </section>
      ))}
      <ActionBar>
        <button type="button" class="quiet" onClick={() => void decline(preview)}>
          {t('receive.decline')}
        </button>
        <button type="button" onClick={() => void keep(preview)}>
          {t('receive.keep')}
        </button>
      </ActionBar>
    </Screen>
  );
}

function Done(props: { readonly cardIds: readonly string[] }) {
  const [first] = props.cardIds;
  return (
    <Screen title={t('receive.doneTitle')} step="done">
      <div class="outcome good">
        <IconDone />
        <p class="lead">{t('receive.doneText')}</p>
      </div>
      <div class="stack">
        {first === undefined ? null : (
          <button type="button" class="quiet wide" onClick={() => go({ screen: 'card', id: first }, { replace: true })}>
            {t('receive.see')}
          </button>
        )}
        <button type="button" class="wide" onClick={home}>
          {t('action.done')}
        </button>
      </div>
    </Screen>
  );
}
