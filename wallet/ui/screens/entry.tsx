import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { codeOf } from '../../../shared/errors.ts';
import type { Activity, Shown } from '../../core/activity.ts';
import { plainText } from '../../core/plain-text.ts';
import { activityState, activityTitle } from '../activity-text.ts';
import { cardName, issuerName } from '../card-text.ts';
import { claimLabel } from '../claim-text.ts';
import { errorText } from '../error-text.ts';
import { activities } from '../holdings.ts';
import { type Fact, Facts, Screen } from '../parts/screen.tsx';
import { language } from '../preferences.ts';
import { keptText, retentionText } from '../retention-text.ts';
import { thePorts } from '../session.ts';
import { t } from '../strings/index.ts';
import { dateTimeText } from '../time-text.ts';

/** One record of the log, with the evidence of the gesture checked again. */
export function EntryScreen(props: { readonly id: string }) {
  const found = activities.value.find(({ id }) => id === props.id)?.value;
  const back = () => history.back();
  if (found === undefined) {
    return (
      <Screen title={t('entry.title')} back={back}>
        <p>{t('entry.gone')}</p>
      </Screen>
    );
  }
  return (
    <Screen title={activityTitle(found)} back={back}>
      <Facts facts={factsOf(found)} label={t('entry.title')} />
      {found.kind === 'shown' ? <ShownDetails entry={found} /> : null}
    </Screen>
  );
}

function factsOf(entry: Activity): readonly Fact[] {
  const facts: Fact[] = [{ term: t('entry.when'), text: dateTimeText(entry.at) }];
  switch (entry.kind) {
    case 'shown': {
      const state = activityState(entry);
      facts.push({ term: t('entry.who'), text: <Party party={entry.party} /> });
      if (state !== undefined) {
        facts.push({ term: t('entry.result'), text: <span class={`tag ${state.tone}`}>{state.text}</span> });
      }
      if (entry.scene !== undefined) {
        facts.push({ term: t('show.purpose'), text: plainText(entry.scene.purpose[language.value]) });
        if (entry.scene.legalBasis !== undefined) {
          facts.push({ term: t('show.basis'), text: plainText(entry.scene.legalBasis[language.value]) });
        }
        facts.push({ term: t('show.kept'), text: retentionText(entry.scene.retention) });
      }
      break;
    }
    case 'received':
      facts.push({ term: t('card.issuer'), text: issuerName(entry.issuer) });
      for (const card of entry.cards) {
        facts.push({ term: cardName(card), text: t('entry.copies', { count: card.copies }) });
      }
      break;
    case 'not-received':
      facts.push({ term: t('entry.who'), text: plainText(entry.host) });
      facts.push({
        term: t('entry.result'),
        text: entry.code === undefined ? t('receive.declinedText') : reasonText(entry.code),
      });
      break;
    case 'declined':
      facts.push({ term: t('entry.who'), text: <Party party={entry.party} /> });
      facts.push({ term: t('entry.result'), text: entry.told ? t('show.told') : t('show.declinedText') });
      break;
    case 'viewed':
    case 'removed':
      break;
  }
  return facts;
}

/** Codes in the log are ours; an older build may have known others. */
function reasonText(code: string): string {
  return errorText(code as Parameters<typeof errorText>[0]);
}

function Party(props: { readonly party: Shown['party'] }) {
  return (
    <>
      <strong>{plainText(props.party.name, 60)}</strong>
      <span class="faint block host">{plainText(props.party.host)}</span>
    </>
  );
}

function ShownDetails({ entry }: { readonly entry: Shown }) {
  return (
    <>
      {entry.cards.map((shown) => {
        return (
          <section class="stack" key={shown.cardId}>
            <div class="between">
              <h2>{t('entry.items')}</h2>
              <span class="faint">
                {cardName(shown)}
                {shown.whole ? ` · ${t('entry.whole')}` : ''}
              </span>
            </div>
            <ul class="surface fields">
              {shown.claims.map(({ path, names, retention }) => (
                <li key={path.join('.')}>
                  <span>{claimLabel(path, names)}</span>
                  <span class="faint">{retention === undefined ? '' : keptText(retention)}</span>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <Evidence entry={entry} />
    </>
  );
}

function Evidence({ entry }: { readonly entry: Shown }) {
  const result = useSignal<'checking' | 'good' | 'bad' | 'none'>('checking');
  useEffect(() => {
    void (async () => {
      const { verifyShown } = await import('../../core/evidence.ts');
      try {
        await verifyShown(entry, await thePorts());
        result.value = 'good';
      } catch (error) {
        result.value = codeOf(error) === 'passkey_missing' ? 'none' : 'bad';
      }
    })();
  }, [entry]);
  const text = {
    checking: '',
    good: t('entry.evidenceGood'),
    bad: t('entry.evidenceBad'),
    none: t('entry.evidenceNone'),
  }[result.value];
  return (
    <>
      <Facts
        facts={[
          {
            term: t('entry.evidence'),
            text: (
              <span data-evidence={result.value} role="status">
                {text}
              </span>
            ),
          },
          { term: t('entry.request'), text: <code class="wrap">{entry.requestHash}</code> },
        ]}
      />
      <p class="faint">{t('entry.evidenceNote')}</p>
    </>
  );
}
