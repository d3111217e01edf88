import type { Activity } from '../core/activity.ts';
import { plainText } from '../core/plain-text.ts';
import { cardName, issuerName } from './card-text.ts';
import { cards } from './holdings.ts';
import { type StringKey, t } from './strings/index.ts';

export function activityTitle(entry: Activity): string {
  switch (entry.kind) {
    case 'shown':
      return t('history.shown', { name: plainText(entry.party.name, 60) });
    case 'received':
      return t('history.received', { name: entry.cards.map(cardName).join(', ') || issuerName(entry.issuer) });
    case 'not-received':
      return t('history.notReceived', { name: plainText(entry.host, 60) });
    case 'declined':
      return t('history.declined', { name: plainText(entry.party.name, 60) });
    case 'viewed': {
      const card = cards.value?.find(({ id }) => id === entry.cardId);
      return card === undefined ? t('history.viewed') : `${t('history.viewed')} · ${cardName(card.value)}`;
    }
    case 'removed':
      return t('history.removed', { name: cardName(entry) });
  }
}

const states = {
  sent: { key: 'history.state.sent', tone: 'good' },
  refused: { key: 'history.state.refused', tone: 'bad' },
  uncertain: { key: 'history.state.uncertain', tone: 'warn' },
  sending: { key: 'history.state.sending', tone: 'warn' },
} as const satisfies Record<string, { key: StringKey; tone: string }>;

export function activityState(entry: Activity): { readonly text: string; readonly tone: string } | undefined {
  if (entry.kind !== 'shown') return undefined;
  const { key, tone } = states[entry.state];
  return { text: t(key), tone };
}
