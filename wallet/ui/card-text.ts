import type { Card } from '../core/cards.ts';
import { type Localized, localName, plainText } from '../core/plain-text.ts';
import { language } from './preferences.ts';
import { configuration } from './session.ts';
import { type StringKey, t } from './strings/index.ts';
import { agoText } from './time-text.ts';

export type CardState = 'valid' | 'expired' | 'revoked' | 'suspended' | 'unknown';

export function cardName(card: { readonly names: Localized; readonly type: string }): string {
  return localName(card.names, language.value) ?? plainText(card.type, 40);
}

/** As of now: an end that has come weighs more than a status that was good. */
export function cardState(card: Card, now: number): CardState {
  if (card.status.state === 'revoked') return 'revoked';
  if (card.expiresAt !== undefined && card.expiresAt <= now) return 'expired';
  return card.status.state;
}

const stateKeys: Readonly<Record<CardState, StringKey>> = {
  valid: 'card.state.valid',
  expired: 'card.state.expired',
  revoked: 'card.state.revoked',
  suspended: 'card.state.suspended',
  unknown: 'card.state.unknown',
};

export function stateText(state: CardState): string {
  return t(stateKeys[state]);
}

export function checkedText(card: Card, now: number): string {
  const { checkedAt } = card.status;
  return checkedAt === undefined ? t('card.neverChecked') : t('card.checkedAgo', { ago: agoText(checkedAt, now) });
}

/** "Valid · checked 2 minutes ago". */
export function stateLine(card: Card, now: number): string {
  return `${stateText(cardState(card, now))} · ${checkedText(card, now)}`;
}

export function stateTone(state: CardState): 'good' | 'warn' | 'bad' {
  if (state === 'valid') return 'good';
  return state === 'unknown' || state === 'suspended' ? 'warn' : 'bad';
}

/** The issuer's name as this wallet is configured to know it; what a credential says about its issuer is not shown. */
export function issuerName(issuerId: string): string {
  const issuer = configuration.value?.issuers.find(({ id }) => id === issuerId);
  return issuer === undefined ? new URL(issuerId).host : issuer.name[language.value];
}
