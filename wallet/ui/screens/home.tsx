import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { systemClock } from '../../../shared/clock.ts';
import type { Card } from '../../core/cards.ts';
import type { Entry } from '../../vault/index.ts';
import { cardName, cardState, checkedText, stateText, stateTone } from '../card-text.ts';
import { claimValue } from '../claim-text.ts';
import { activities, cards } from '../holdings.ts';
import { ActivityRow } from '../parts/activity-row.tsx';
import { CardFace, claimOf } from '../parts/card-face.tsx';
import { IconAdd, IconScan } from '../parts/icons.tsx';
import { Screen, Working } from '../parts/screen.tsx';
import { TryIt } from '../parts/try-it.tsx';
import { receiveStep, resumeReceipt } from '../receive-flow.ts';
import { go } from '../router.ts';
import { grade, thePorts } from '../session.ts';
import { t } from '../strings/index.ts';

/** What one has, masked; the two things one comes for; what happened last. */
export function Home() {
  const now = systemClock.now();
  const held = cards.value;
  if (held === undefined) {
    return (
      <Screen title={t('home.title')}>
        <Working text={t('app.loading')} />
      </Screen>
    );
  }
  const main = held.find(({ value }) => isIdentity(value)) ?? held[0];
  const verified = held.some(({ value }) => isIdentity(value) && cardState(value, now) === 'valid');
  return (
    <Screen title={t('home.title')} aside={held.length === 0 ? undefined : <RealName verified={verified} />}>
      {grade.value === 'passphrase' ? <p class="tag warn">{t('home.weak')}</p> : null}
      <Unfinished />
      {main === undefined ? <Empty /> : <MainCard entry={main} now={now} />}
      <div class="actions">
        <button type="button" onClick={() => go({ screen: 'scan', camera: true })}>
          <IconScan />
          {t('home.scan')}
        </button>
        <button type="button" class="quiet" onClick={() => go({ screen: 'scan', camera: false })}>
          <IconAdd />
          {t('home.add')}
        </button>
      </div>
      <OtherCards entries={held.filter((entry) => entry !== main)} now={now} />
      <Recent />
      {activities.value.some(({ value }) => value.kind === 'shown') ? null : <TryIt created />}
    </Screen>
  );
}

/** A card that says who somebody is: it carries the resident number. */
function isIdentity(card: Card): boolean {
  return card.labels.some(({ path }) => path.at(-1) === 'personal_administrative_number');
}

function holderOf(card: Card): string {
  const name = claimOf(card, 'name');
  return name === undefined ? '' : claimValue(['name'], name, 'masked');
}

function RealName(props: { readonly verified: boolean }) {
  return props.verified ? (
    <span class="tag good">{t('home.verified')}</span>
  ) : (
    <span class="tag warn">{t('home.none')}</span>
  );
}

function Empty() {
  return (
    <section class="surface empty" aria-labelledby="empty-title">
      <h2 id="empty-title">{t('home.emptyTitle')}</h2>
      <p class="soft">{t('home.emptyText')}</p>
    </section>
  );
}

/** The card itself is read out as what it is; the button that lies over it says what pressing it does. */
function MainCard(props: { readonly entry: Entry<Card>; readonly now: number }) {
  const { entry, now } = props;
  return (
    <div class="card-link">
      <CardFace card={entry.value} shown="masked" now={now} />
      <button
        type="button"
        class="bare cover"
        aria-label={t('home.open', { name: cardName(entry.value) })}
        onClick={() => go({ screen: 'card', id: entry.id })}
      />
    </div>
  );
}

function OtherCards(props: { readonly entries: readonly Entry<Card>[]; readonly now: number }) {
  if (props.entries.length === 0) return null;
  return (
    <section aria-labelledby="others-title" class="stack">
      <h2 id="others-title">{t('home.others')}</h2>
      <ul class="surface list">
        {props.entries.map(({ id, value }) => {
          const state = cardState(value, props.now);
          const name = cardName(value);
          return (
            <li key={id}>
              <button type="button" class="bare row" onClick={() => go({ screen: 'card', id })}>
                <span class="letter" aria-hidden="true">
                  {[...name][0]}
                </span>
                <span>
                  <strong>{name}</strong>
                  <span class="faint block">
                    {[holderOf(value), checkedText(value, props.now)].filter((text) => text !== '').join(' · ')}
                  </span>
                </span>
                <span class={`tag ${stateTone(state)}`}>{stateText(state)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Recent() {
  const recent = activities.value.slice(0, 3);
  if (recent.length === 0) return null;
  return (
    <section aria-labelledby="recent-title" class="stack">
      <div class="between">
        <h2 id="recent-title">{t('home.recent')}</h2>
        <button type="button" class="link" onClick={() => go({ screen: 'history' })}>
          {t('home.all')}
        </button>
      </div>
      <ul class="surface list">
        {recent.map((entry) => (
          <ActivityRow key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

/** A receipt that a crash cut off, as long as it can still be finished. */
function Unfinished() {
  const id = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (receiveStep.peek()?.name === 'redeeming' || receiveStep.peek()?.name === 'preview') return;
    void (async () => {
      const { listResumable } = await import('../../core/pending.ts');
      id.value = (await listResumable(await thePorts()))[0]?.id;
    })().catch(() => {});
  }, []);
  const found = id.value;
  if (found === undefined) return null;
  return (
    <section class="notice" aria-labelledby="resume-title">
      <h2 id="resume-title">{t('home.resumeTitle')}</h2>
      <p>{t('home.resumeText')}</p>
      <button
        type="button"
        onClick={() => {
          void resumeReceipt(found);
          go({ screen: 'receive' });
        }}
      >
        {t('home.resume')}
      </button>
    </section>
  );
}
