import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { systemClock } from '../../../shared/clock.ts';
import { type Code, codeOf } from '../../../shared/errors.ts';
import type { Card } from '../../core/cards.ts';
import { cardName, cardState, checkedText, issuerName, stateText, stateTone } from '../card-text.ts';
import { errorText } from '../error-text.ts';
import { cards, lookAtStatuses, refreshHoldings, statusLooked, wantedSince } from '../holdings.ts';
import { CardFace } from '../parts/card-face.tsx';
import { ClaimList } from '../parts/claim-list.tsx';
import { Facts, Fault, Screen } from '../parts/screen.tsx';
import { go } from '../router.ts';
import { thePorts, theVault } from '../session.ts';
import { t } from '../strings/index.ts';
import { dateText, dateTimeText } from '../time-text.ts';

/** One card: masked, and in full for half a minute after the person confirmed. */
export function CardScreen(props: { readonly id: string }) {
  const entry = cards.value?.find(({ id }) => id === props.id);
  const full = useSignal(0);
  const fault = useSignal<Code | undefined>(undefined);
  const copies = useSignal<number | undefined>(undefined);
  const back = () => go({ screen: 'home' });

  useEffect(() => {
    void (async () => {
      const { copiesOf, unusedCopies } = await import('../../core/cards.ts');
      copies.value = unusedCopies(await copiesOf(theVault().records, props.id));
    })().catch(() => {});
  }, [props.id]);

  const seconds = full.value;
  useEffect(() => {
    if (seconds <= 0) return undefined;
    const timer = setTimeout(() => {
      full.value = seconds - 1;
    }, 1000);
    return () => clearTimeout(timer);
  }, [seconds]);

  if (entry === undefined) {
    return (
      <Screen title={t('home.title')} back={back}>
        <p>{cards.value === undefined ? t('app.loading') : t('error.nothing')}</p>
      </Screen>
    );
  }

  const view = async () => {
    fault.value = undefined;
    try {
      const { viewCard, viewSeconds } = await import('../../core/view.ts');
      await viewCard(props.id, await thePorts());
      full.value = viewSeconds;
      await refreshHoldings();
    } catch (error) {
      fault.value = codeOf(error);
    }
  };
  const card = entry.value;
  const shown = seconds > 0 ? 'full' : 'masked';
  return (
    <Screen title={cardName(card)} back={back}>
      <CardFace card={card} shown={shown} now={systemClock.now()} />
      {fault.value === undefined ? null : <Fault text={errorText(fault.value)} />}
      <div class="stack">
        {seconds > 0 ? (
          <button
            type="button"
            class="quiet wide"
            onClick={() => {
              full.value = 0;
            }}
          >
            {t('card.hide')}
          </button>
        ) : (
          <button type="button" class="wide" onClick={() => void view()}>
            {t('card.viewFull')}
          </button>
        )}
        <p class="faint">{seconds > 0 ? t('card.hideIn', { count: seconds }) : t('card.viewHint')}</p>
      </div>
      <Status card={card} />
      <h2>{t('card.details')}</h2>
      <ClaimList card={card} shown={shown} label={t('card.details')} />
      <About card={card} copies={copies.value} />
      <Remove id={props.id} onRemoved={back} />
    </Screen>
  );
}

function Status(props: { readonly card: Card }) {
  const now = systemClock.now();
  const state = cardState(props.card, now);
  const looking = statusLooked.value === 'looking';
  const { checkedAt } = props.card.status;
  const stale = statusLooked.value === 'done' && (checkedAt === undefined || checkedAt < wantedSince.value);
  return (
    <section class="surface status" aria-labelledby="status-title">
      <h2 id="status-title" class="unseen">
        {stateText(state)}
      </h2>
      <div class="between">
        <span class={`tag ${stateTone(state)}`}>{stateText(state)}</span>
        <span class="soft">{checkedText(props.card, now)}</span>
        <button type="button" class="link" disabled={looking} onClick={() => void lookAtStatuses(0).catch(() => {})}>
          {looking ? t('card.checking') : t('card.checkNow')}
        </button>
      </div>
      {props.card.expiresAt === undefined ? null : (
        <p class="faint">{t('card.validUntil', { date: dateText(props.card.expiresAt) })}</p>
      )}
      {stale && state !== 'revoked' ? (
        <p class="faint" role="status">
          {t('card.offlineNote')}
        </p>
      ) : null}
    </section>
  );
}

function About(props: { readonly card: Card; readonly copies: number | undefined }) {
  const { card, copies } = props;
  return (
    <>
      <h2>{t('card.facts')}</h2>
      <Facts
        label={t('card.facts')}
        facts={[
          { term: t('card.issuer'), text: issuerName(card.issuer) },
          { term: t('card.received'), text: dateTimeText(card.receivedAt) },
          {
            term: t('card.copies'),
            text: (
              <>
                {copies === undefined ? '' : t('card.copiesCount', { count: copies })}
                <span class="faint block">{t('card.copiesHint')}</span>
              </>
            ),
          },
        ]}
      />
      {card.format === 'jwt_vc_json' ? <p class="faint">{t('card.whole')}</p> : null}
    </>
  );
}

function Remove(props: { readonly id: string; readonly onRemoved: () => void }) {
  const asked = useSignal(false);
  const fault = useSignal<Code | undefined>(undefined);
  const remove = async () => {
    try {
      const { forgetCard } = await import('../../core/view.ts');
      await forgetCard(props.id, await thePorts());
      await refreshHoldings();
      props.onRemoved();
    } catch (error) {
      fault.value = codeOf(error);
    }
  };
  if (!asked.value) {
    return (
      <button
        type="button"
        class="danger"
        onClick={() => {
          asked.value = true;
        }}
      >
        {t('card.remove')}
      </button>
    );
  }
  return (
    <div class="notice bad" role="alert">
      <p>{t('card.removeAsk')}</p>
      {fault.value === undefined ? null : <p>{errorText(fault.value)}</p>}
      <div class="pair">
        <button
          type="button"
          class="quiet"
          onClick={() => {
            asked.value = false;
          }}
        >
          {t('action.cancel')}
        </button>
        <button type="button" class="danger" onClick={() => void remove()}>
          {t('card.removeYes')}
        </button>
      </div>
    </div>
  );
}
